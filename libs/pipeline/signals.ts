import { DAYS } from '#libs/baseline/schema.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';
import { DEPARTMENTS } from '#libs/model/departments.ts';
import type { Signal } from '#libs/model/signal.ts';
import { WATCH_LEVELS } from '#libs/model/signal.ts';
import { S_MISS, S_MISS_SOURCE } from '#libs/model/streams.ts';
import type { PipelineState } from './state.ts';

/** What a partition says of its accounts for the detection of campaigns: first sights of sources, and rising scores. */

/** Tells of a source that the account never had. @param newNetwork @param newDevice which of the two is new */
export function signalSource(
  state: PipelineState,
  account: number,
  event: AccessEvent,
  newNetwork: boolean,
  newDevice: boolean,
): void {
  const hasNetwork = event.networkLo !== 0 || event.networkHi !== 0;
  const hasDevice = event.deviceLo !== 0 || event.deviceHi !== 0;
  state.outputs.push({
    kind: 'signal',
    signal: {
      signal: 'source',
      timeMs: state.newestMs,
      account: whose(state, account),
      network: newNetwork ? hex(event.networkLo, event.networkHi) : '',
      device: newDevice ? hex(event.deviceLo, event.deviceHi) : '',
      whole: (newNetwork || !hasNetwork) && (newDevice || !hasDevice),
      asn: event.asn,
      client: hex(event.userAgentLo, event.userAgentHi),
    },
  });
}

/** Levels are let down in the first hour of a day (UTC), so that what falls and rises again tells of it once a day. */
const LET_DOWN_MINUTES = 60;

/**
 * Notes a row's score, just worked out; tells when it has risen past a watch level. Misses are left out: when an insurer
 * does not answer everybody misses at once, and a sweep by many shows in adjacency all the same.
 * @param total nats @param minute event time
 */
export function signalRise(state: PipelineState, row: number, total: number, minute: number): void {
  const { channels } = state;
  const { worth } = state.score;
  const watched = Math.max(0, Math.round((total - worth[S_MISS]! - worth[S_MISS_SOURCE]!) * 1000) / 1000);
  let level = 0;
  while (level < WATCH_LEVELS.length && watched >= WATCH_LEVELS[level]!) level++;
  const before = channels.watch[row]!;
  if (level <= before) {
    if (level < before && minute % 1440 < LET_DOWN_MINUTES) channels.watch[row] = level;
    return;
  }
  channels.watch[row] = level;
  state.outputs.push({
    kind: 'signal',
    signal: {
      signal: 'rise',
      timeMs: state.newestMs,
      account: whose(state, channels.account[row]!),
      level: level - 1,
      score: watched,
      newPeople: channels.dayNew[row * DAYS + (Math.floor(minute / 1440) & (DAYS - 1))]!,
      expectedPeople: Math.round(channels.perDay[row]! * 1000) / 1000,
    },
  });
}

function whose({ accounts, accountIds }: PipelineState, account: number): Signal['account'] {
  return {
    id: accountIds[account]!,
    class: ACCOUNT_CLASSES[accounts.accountClass[account]!]!,
    profession: PROFESSIONS[accounts.profession[account]!]!,
    department: DEPARTMENTS[accounts.department[account]!]!,
    org: hex(accounts.orgLo[account]!, accounts.orgHi[account]!),
  };
}

/** A 64-bit hash as 16 hex digits, '' where it is absent. */
const hex = (lo: number, hi: number): string =>
  lo === 0 && hi === 0 ? '' : (lo >>> 0).toString(16).padStart(8, '0') + (hi >>> 0).toString(16).padStart(8, '0');
