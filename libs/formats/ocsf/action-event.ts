import type { ActionState } from '#libs/model/action.ts';
import type { ActionRecord } from '#libs/model/action-record.ts';
import type { Json, OcsfSource } from './common.ts';
import { classified, metadata, ocsfUser, userObservable } from './common.ts';

const IAM = { uid: 3, name: 'Identity & Access Management' };
const ACCOUNT_CHANGE = { uid: 3001, name: 'Account Change' };
const REMEDIATION = { uid: 7, name: 'Remediation' };
const REMEDIATION_ACTIVITY = { uid: 7001, name: 'Remediation Activity' };

/** What is done, or taken back, on each rung. */
const DISABLE = { id: 5, name: 'Disable' };
const ENABLE = { id: 2, name: 'Enable' };
const HARDEN = { id: 4, name: 'Harden' };
const ISOLATE = { id: 1, name: 'Isolate' };
const RESTORE = { id: 3, name: 'Restore' };

/** Success only when it was read back. Everything on the way is `Other`, named in `status`. */
function status(state: ActionState, undo: ActionRecord['undo']): Json {
  if (state === 'verified') return { status_id: 1, status: 'Success' };
  if (state === 'reverted' && undo !== 'pending') return { status_id: 1, status: 'Success' };
  if (state === 'failed') return { status_id: 2, status: 'Failure' };
  return { status_id: 99, status: state };
}

const SEVERITY = { severity_id: 1, severity: 'Informational' };

/** What a SIEM needs to follow one action; the id is the same in all of its records. */
const details = (record: ActionRecord): Json => ({
  action: record.plan.id,
  account: record.plan.accountId,
  alert: record.plan.alertId,
  channel: record.plan.channel,
  rung: record.plan.rung,
  decision: record.plan.decision,
  reason: record.plan.reason,
  state: record.state,
  until: record.plan.untilMs ? new Date(record.plan.untilMs).toISOString() : null,
  score: record.plan.score,
  exposed: record.plan.exposed,
});

/**
 * One state of an action as OCSF: Account Change (3001) where the account is disabled or enabled, Remediation Activity
 * (7001) for the restrictions that leave it open. The record's id is the action's id and its version.
 */
export function actionEvent(record: ActionRecord, source: OcsfSource): Json {
  const { plan } = record;
  const back = record.state === 'reverted';
  const common: Json = {
    ...SEVERITY,
    ...status(record.state, record.undo),
    ...(record.detail ? { status_detail: record.detail } : {}),
    time: record.updatedMs,
    start_time: record.createdMs,
    message: `${plan.rung} ${record.state} for ${plan.accountId}: ${plan.reason}`,
    metadata: {
      ...metadata(source, `${plan.id}:${record.version}`, record.version, 'actions'),
      correlation_uid: plan.alertId,
    },
    unmapped: details(record),
  };
  if (plan.rung === 'suspend') {
    return {
      ...classified(IAM, ACCOUNT_CHANGE, back ? ENABLE : DISABLE),
      ...common,
      actor: { app_name: 'Vigie' },
      user: ocsfUser(plan.accountId),
      observables: [userObservable('user.uid', plan.accountId)],
    };
  }
  const activity = plan.rung === 'step_up' ? HARDEN : ISOLATE;
  const desc = plan.rung === 'step_up' ? 'Second factor demanded, sessions ended' : 'New beneficiaries limited';
  return {
    ...classified(REMEDIATION, REMEDIATION_ACTIVITY, back ? RESTORE : activity),
    ...common,
    command_uid: plan.id,
    remediation: { desc },
    observables: [userObservable('unmapped.account', plan.accountId)],
  };
}
