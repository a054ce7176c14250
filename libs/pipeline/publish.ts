import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import type { Score } from '#libs/decide/index.ts';
import { rungName, severityOf } from '#libs/decide/index.ts';
import type { Alert, Evidence, InsurerExposure } from '#libs/model/alert.ts';
import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import { DEPARTMENTS } from '#libs/model/departments.ts';
import { S_DORMANT, S_NEW_SOURCE, STREAM_COUNT, STREAM_NAMES } from '#libs/model/streams.ts';
import { bestBenign } from './benign.ts';
import type { Incident } from './incident.ts';
import { newInDay, newInHour, unnamedInDay } from './shown.ts';
import type { PipelineState } from './state.ts';

/** From a row's state to what is said of it: the alert, its evidence and the people exposed by insurer. */

/** Publishes a revision of a row's incident as an alert. @param rung reached by it @param total its score */
export function publish(
  state: PipelineState,
  row: number,
  incident: Incident,
  status: Alert['status'],
  rung: number,
  timeMs: number,
  minute: number,
  total: number,
  score: Score,
): void {
  const { channels, accounts } = state;
  const account = channels.account[row]!;
  incident.revision++;
  incident.lastScore = total;
  const hour = newInHour(state, row, minute);
  const day = newInDay(state, row, minute);
  const alert: Alert = {
    id: incident.id,
    revision: incident.revision,
    status,
    kind: incident.kind,
    severity: severityOf(rung),
    rung: rungName(rung),
    timeMs,
    startedMs: incident.startedMs,
    account: {
      id: state.accountIds[account]!,
      class: ACCOUNT_CLASSES[accounts.accountClass[account]!]!,
      profession: PROFESSIONS[accounts.profession[account]!]!,
      department: DEPARTMENTS[accounts.department[account]!]!,
    },
    channel: CHANNELS[channels.channel[row]!]!,
    score: total,
    exposed: incident.exposed,
    exposedByInsurer: byInsurer(incident),
    evidence: evidenceOf(state, row, score, hour, day, minute),
    ...(status !== 'closed' &&
      incident.kind === 'mass_enumeration' && { benign: bestBenign(state, row, score, minute) }),
    quota: { hour, hourLimit: channels.quotaHour[row]!, day, dayLimit: channels.quotaDay[row]! },
    policy: state.policy.source.digest,
  };
  state.outputs.push({ kind: 'alert', alert });
}

const byInsurer = (incident: Incident): InsurerExposure[] =>
  [...incident.byInsurer]
    .map(([amc, people]) => ({ amc, people }))
    .sort((a, b) => b.people - a.people || (a.amc < b.amc ? -1 : 1));

export const thousandths = (value: number): number => Math.round(value * 1000) / 1000;

function evidenceOf(
  state: PipelineState,
  row: number,
  score: Score,
  hour: number,
  day: number,
  minute: number,
): Evidence[] {
  const channels = state.channels;
  const list: Evidence[] = [];
  for (let s = 0; s < STREAM_COUNT; s++) {
    const nats = thousandths(score.worth[s]!);
    if (nats <= 0) continue;
    const at = row * STREAM_ROOM + s;
    const source = s === S_NEW_SOURCE || s === S_DORMANT;
    list.push({
      name: STREAM_NAMES[s]!,
      observed: source ? 1 : channels.observed[at]!,
      of: source ? 1 : channels.of[at]!,
      expected: source ? 0 : thousandths(channels.expected[at]!),
      nats,
    });
  }
  list.sort((a, b) => b.nats - a.nats || (a.name < b.name ? -1 : 1));
  const quota = (name: string, observed: number, limit: number, usual: number) => {
    if (observed >= limit) list.push({ name, observed, of: limit, expected: thousandths(usual), nats: 0 });
  };
  quota('quota_hour', hour, channels.quotaHour[row]!, channels.perHour[row]!);
  quota('quota_day', day, channels.quotaDay[row]!, channels.perDay[row]!);
  quota('quota_unnamed', unnamedInDay(state, row, minute), channels.quotaUnnamed[row]!, channels.unnamedPerDay[row]!);
  const unfollowed = Math.floor(channels.unfollowed[row]! - channels.spent[row]!);
  quota('quota_unfollowed', unfollowed, channels.quotaUnfollowed[row]!, channels.unfollowed28[row]!);
  return list;
}
