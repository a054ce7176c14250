export { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
export { dayQuota, hourQuota, unfollowedQuota } from './quota.ts';
export { isNotableRecheck, isRecheckHour, MIN_RECHECK_SHARE, recheckDaysGranted, recheckFit } from './recheck.ts';
export { RUNG_ALERT, RUNG_STEP_UP, RUNG_SUSPEND, RUNG_THROTTLE, rungName, rungsReached, severityOf } from './rung.ts';
export {
  createScore,
  mostOf,
  NEVER_BILLS_NATS,
  type Score,
  SWITCH_EXPLAINS,
  scoreInto,
  UNKNOWN_TERRITORY_NATS,
  UNREFUNDED_TERRITORY_NATS,
} from './score.ts';
export { STREAM_CAP_NATS, sizeAllowance } from './tail.ts';
