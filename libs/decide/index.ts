export { type CompiledPolicy, compilePolicy } from './compiled-policy.ts';
export { dayQuota, hourQuota, unfollowedQuota } from './quota.ts';
export { isRecheckHour, RECHECK_DAYS_IN_28 } from './recheck.ts';
export { RUNG_ALERT, RUNG_STEP_UP, RUNG_SUSPEND, RUNG_THROTTLE, rungName, rungsReached, severityOf } from './rung.ts';
export { createScore, type Score, scoreInto } from './score.ts';
export { sizeAllowance } from './tail.ts';
