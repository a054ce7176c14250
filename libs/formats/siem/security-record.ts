import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';

/**
 * What a person or a SIEM needs of one record of `vigie.alerts` or `vigie.actions`, whatever its OCSF class: the other
 * formats are made from this. It holds the account's id and no other personal data.
 */
export interface SecurityRecord {
  /** The record's own id: the same when it is read again. */
  readonly id: string;
  readonly kind: 'alert' | 'notice' | 'action';
  /** What it is of its kind, for rules: `mass_enumeration`, `breaker_opened`, `suspend`. */
  readonly name: string;
  /** Where it is in its life: `created`, `verified`. */
  readonly state: string;
  readonly message: string;
  readonly timeMs: number;
  /** 0 unknown. */
  readonly startedMs: number;
  /** '' where it is about no single account. */
  readonly accountId: string;
  /** OCSF severity_id: 1 informational to 5 critical. */
  readonly severity: 1 | 2 | 3 | 4 | 5;
  /** The incident, '' none. */
  readonly incident: string;
  readonly score: number;
  readonly exposed: number;
  /** SHA-256 of the policy that decided, '' none. */
  readonly policy: string;
  readonly productVersion: string;
}

type Fields = { readonly [name: string]: unknown };
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const figure = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Reads a record of ours. Errors: why it is none, without its content. */
export function securityRecord(json: string): Result<SecurityRecord, string> {
  let read: Fields;
  try {
    read = fields(JSON.parse(json));
  } catch {
    return err('not JSON');
  }
  const metadata = fields(read.metadata);
  const unmapped = fields(read.unmapped);
  const id = text(metadata.uid);
  if (id === '' || read.class_uid === undefined) return err('no record of Vigie');
  const severity = Math.min(5, Math.max(1, Math.round(figure(read.severity_id)))) as SecurityRecord['severity'];
  const common = {
    id,
    message: text(read.message),
    timeMs: figure(read.time),
    startedMs: figure(read.start_time),
    severity,
    productVersion: text(fields(metadata.product).version),
  };
  if (read.class_uid === 2004 && unmapped.alert !== undefined) {
    const alert = fields(unmapped.alert);
    return ok({
      ...common,
      kind: 'alert',
      name: text(alert.kind),
      state: text(alert.status),
      accountId: text(fields(alert.account).id),
      incident: text(alert.id),
      score: figure(alert.score),
      exposed: figure(alert.exposed),
      policy: text(alert.policy),
    });
  }
  const none = { incident: '', score: 0, exposed: 0, policy: '' };
  if (read.class_uid === 2004 && unmapped.notice !== undefined) {
    const notice = fields(unmapped.notice);
    const name = text(notice.notice);
    return ok({ ...common, ...none, kind: 'notice', name, state: 'created', accountId: text(notice.accountId) });
  }
  // A finding about many accounts: a campaign.
  const finding = fields(read.finding_info);
  if (read.class_uid === 2004 && text(finding.uid) !== '') {
    return ok({
      ...common,
      ...none,
      kind: 'alert',
      name: text(fields(finding.analytic).name) || 'finding',
      state: read.activity_id === 1 ? 'created' : 'updated',
      accountId: '',
      incident: text(finding.uid),
    });
  }
  if (read.class_uid === 3001 || read.class_uid === 7001) {
    return ok({
      ...common,
      ...none,
      kind: 'action',
      name: text(unmapped.rung),
      state: text(unmapped.state),
      accountId: text(unmapped.account),
      incident: text(unmapped.alert),
      score: figure(unmapped.score),
      exposed: figure(unmapped.exposed),
    });
  }
  return err('a class that is not known');
}
