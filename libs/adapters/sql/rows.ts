import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import type { CaseDocument, CaseKind } from '#libs/ports/store.ts';
import type { ActionRow, CaseRow, RestrictionRow } from './schema.ts';

/** An action as its row. */
export function actionRow(record: ActionRecord): ActionRow {
  const { plan } = record;
  return {
    id: plan.id,
    alert_id: plan.alertId,
    account_id: plan.accountId,
    channel: plan.channel,
    rung: plan.rung,
    decision: plan.decision,
    reason: plan.reason,
    time_ms: plan.timeMs,
    until_ms: plan.untilMs,
    score: plan.score,
    exposed: plan.exposed,
    state: record.state,
    step: record.step,
    version: record.version,
    attempts: record.attempts,
    due_ms: record.dueMs,
    detail: record.detail,
    earlier: record.earlier === '' ? '' : JSON.stringify(record.earlier),
    undo: record.undo,
    created_ms: record.createdMs,
    updated_ms: record.updatedMs,
    verified_ms: record.verifiedMs,
  };
}

/** A row as its action. The casts hold because only `actionRow` writes these columns. */
export function actionOfRow(row: ActionRow): ActionRecord {
  return {
    plan: {
      id: row.id,
      alertId: row.alert_id,
      accountId: row.account_id,
      channel: row.channel,
      rung: row.rung as ActionRecord['plan']['rung'],
      decision: row.decision as ActionRecord['plan']['decision'],
      reason: row.reason,
      timeMs: row.time_ms,
      untilMs: row.until_ms,
      score: row.score,
      exposed: row.exposed,
    },
    state: row.state as ActionRecord['state'],
    step: row.step as ActionRecord['step'],
    version: row.version,
    attempts: row.attempts,
    dueMs: row.due_ms,
    detail: row.detail,
    earlier: row.earlier === '' ? '' : JSON.parse(row.earlier),
    undo: row.undo as ActionRecord['undo'],
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    verifiedMs: row.verified_ms,
  };
}

export const restrictionRow = (r: AccountRestriction): RestrictionRow => ({
  account_id: r.accountId,
  restriction: r.restriction,
  until_ms: r.untilMs,
  new_per_hour: r.newPerHour,
  since_ms: r.sinceMs,
  action_id: r.actionId,
  seq: r.seq,
});

export const restrictionOfRow = (row: RestrictionRow): AccountRestriction => ({
  accountId: row.account_id,
  restriction: row.restriction as AccountRestriction['restriction'],
  untilMs: row.until_ms,
  newPerHour: row.new_per_hour,
  sinceMs: row.since_ms,
  actionId: row.action_id,
  seq: row.seq,
});

export const caseRow = (c: CaseDocument): CaseRow => ({
  kind: c.kind,
  id: c.id,
  account_id: c.accountId,
  open: c.open ? 1 : 0,
  version: c.version,
  updated_ms: c.updatedMs,
  body: c.body,
});

export const caseOfRow = (row: CaseRow): CaseDocument => ({
  kind: row.kind as CaseKind,
  id: row.id,
  accountId: row.account_id,
  open: row.open === 1,
  version: row.version,
  updatedMs: row.updated_ms,
  body: row.body,
});
