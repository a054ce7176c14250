import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import { isAccountId } from '#libs/model/account-id.ts';
import type { Alert } from '#libs/model/alert.ts';
import { ALERT_KINDS, RUNGS, SEVERITIES } from '#libs/model/alert.ts';
import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';

type Fields = { readonly [name: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What must hold before an alert may disable somebody: path, and whether it does. */
function wrongField(alert: Fields): string | undefined {
  const account = isFields(alert.account) ? alert.account : {};
  // No control characters: a database refuses some of them (NUL), and one alert would hold up all that follow.
  const isText = (v: unknown) => typeof v === 'string' && /^\P{Cc}+$/u.test(v);
  const isFigure = (v: unknown) => typeof v === 'number' && Number.isFinite(v);
  const isOneOf = (list: readonly string[], v: unknown) => typeof v === 'string' && list.includes(v);
  const checks: readonly (readonly [string, boolean])[] = [
    ['id', isText(alert.id)],
    ['revision', Number.isInteger(alert.revision) && (alert.revision as number) >= 1],
    ['status', isOneOf(['created', 'updated', 'closed'], alert.status)],
    ['kind', isOneOf(ALERT_KINDS, alert.kind)],
    ['severity', isOneOf(SEVERITIES, alert.severity)],
    ['rung', isOneOf(RUNGS, alert.rung)],
    ['timeMs', isFigure(alert.timeMs)],
    ['startedMs', isFigure(alert.startedMs)],
    ['account.id', isAccountId(account.id)],
    ['account.class', isOneOf(ACCOUNT_CLASSES, account.class)],
    ['account.profession', isOneOf(PROFESSIONS, account.profession)],
    ['account.department', typeof account.department === 'string'],
    ['channel', isOneOf(CHANNELS, alert.channel)],
    ['score', isFigure(alert.score)],
    ['exposed', isFigure(alert.exposed)],
    ['evidence', Array.isArray(alert.evidence)],
    ['exposedByInsurer', Array.isArray(alert.exposedByInsurer)],
  ];
  return checks.find(([, holds]) => !holds)?.[0];
}

/**
 * Reads the alert back from a Detection Finding that `detectionFinding` wrote. A record that is no such thing is a
 * value: the reason, in words. A finding without an alert in it (a notice, a campaign) is `undefined`.
 */
export function alertOfFinding(text: string): Result<Alert | undefined, string> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  if (!isFields(read) || read.class_uid !== 2004) return err('not a Detection Finding (class_uid 2004)');
  const unmapped = isFields(read.unmapped) ? read.unmapped : {};
  const alert = unmapped.alert;
  if (alert === undefined && (isFields(unmapped.notice) || isFields(unmapped.campaign))) return ok(undefined);
  if (!isFields(alert)) return err('unmapped.alert is missing');
  const wrong = wrongField(alert);
  return wrong ? err(`unmapped.alert.${wrong} is missing or wrong`) : ok(alert as unknown as Alert);
}
