import type { z } from 'zod';
import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { Containment, ContainmentPreview } from '#libs/model/containment.ts';
import type { AuditRecord } from '#libs/ports/store.ts';
import type { Confirmation } from '#services/responder/confirmation.ts';
import type { IncidentVerdict } from '#services/responder/verdict.ts';
import type * as schemas from './schemas.ts';

/** What is kept, as the API shows it. */

type Shown<T extends keyof typeof schemas> = (typeof schemas)[T] extends z.ZodType
  ? z.infer<(typeof schemas)[T]>
  : never;

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNone = (ms: number): string | null => (ms > 0 ? iso(ms) : null);

/** `found` is absent where nothing restricts the account. */
export const restrictionView = (account: string, found: AccountRestriction | undefined): Shown<'restriction'> => ({
  account,
  restriction: found?.restriction ?? 'none',
  since: isoOrNone(found?.sinceMs ?? 0),
  until: isoOrNone(found?.untilMs ?? 0),
  new_per_hour: found?.newPerHour ?? 0,
  action: found?.actionId ?? '',
  seq: found?.seq ?? 0,
});

export const actionView = (r: ActionRecord): Shown<'action'> => ({
  id: r.plan.id,
  incident: r.plan.alertId,
  account: r.plan.accountId,
  channel: r.plan.channel,
  rung: r.plan.rung,
  decision: r.plan.decision,
  reason: r.plan.reason,
  state: r.state,
  step: r.step,
  detail: r.detail,
  undo: r.undo,
  attempts: r.attempts,
  score: r.plan.score,
  exposed: r.plan.exposed,
  decided: iso(r.plan.timeMs),
  until: isoOrNone(r.plan.untilMs),
  created: iso(r.createdMs),
  updated: iso(r.updatedMs),
  verified: isoOrNone(r.verifiedMs),
});

export const verdictView = (v: IncidentVerdict): Shown<'verdict'> => ({
  verdict: v.verdict,
  reason: v.reason,
  until: isoOrNone(v.untilMs),
  by: v.by,
  time: iso(v.atMs),
});

export const incidentView = (
  alert: Alert,
  restriction: AccountRestriction | undefined,
  verdict: IncidentVerdict | undefined,
): Shown<'incident'> => ({
  id: alert.id,
  revision: alert.revision,
  status: alert.status,
  kind: alert.kind,
  severity: alert.severity,
  rung: alert.rung,
  time: iso(alert.timeMs),
  started: iso(alert.startedMs),
  account: alert.account,
  channel: alert.channel,
  score: alert.score,
  exposed: alert.exposed,
  exposed_by_insurer: [...alert.exposedByInsurer],
  evidence: alert.evidence.map(({ name, observed, of, expected, nats }) => ({ name, observed, of, expected, nats })),
  restriction: restriction?.restriction ?? 'none',
  verdict: verdict ? verdictView(verdict) : null,
});

export const campaignView = (c: Campaign): Shown<'campaign'> => ({
  id: c.id,
  revision: c.revision,
  kind: c.kind,
  named: iso(c.namedMs),
  started: iso(c.startedMs),
  accounts: c.members.map((m) => m.account.id),
  evidence: c.evidence.map(({ key, value, observed, expected, days, nats }) => ({
    key,
    value,
    observed,
    expected,
    days,
    nats,
  })),
  by_chance: c.fdr,
});

export const confirmationView = (c: Confirmation): Shown<'confirmation'> => ({
  incident: c.alertId,
  asked: iso(c.askedMs),
  expires: iso(c.expiresMs),
  answer: c.answer,
  answered: isoOrNone(c.answeredMs),
});

export const previewView = (p: ContainmentPreview): Shown<'preview'> => ({
  digest: p.digest,
  total: p.accounts.length,
  already_restricted: p.alreadyRestricted,
  spared: [...p.spared],
  groups: [...p.groups],
  emptied: [...p.emptied],
  accounts: [...p.accounts],
});

export const containmentView = (c: Containment): Shown<'containment'> => ({
  id: c.id,
  selector: { ...c.selector },
  rung: c.rung,
  reason: c.reason,
  state: c.state,
  digest: c.digest,
  total: c.accounts.length,
  begun: c.begun,
  skipped: c.skipped,
  given_back: c.givenBack,
  spared: [...c.spared],
  slice_size: c.sliceSize,
  slice_every_minutes: c.sliceEveryMs / 60_000,
  length_hours: c.lengthMs / 3_600_000,
  asked_by: c.askedBy,
  approved_by: c.approvedBy === '' ? null : c.approvedBy,
  created: iso(c.createdMs),
  detail: c.detail,
});

export const auditView = (r: AuditRecord): Shown<'auditLine'> => ({
  seq: r.seq,
  time: iso(r.atMs),
  at_ms: r.atMs,
  actor: r.actor,
  verb: r.verb,
  subject: r.subject,
  detail: r.detail,
  previous: r.previous,
  hash: r.hash,
});
