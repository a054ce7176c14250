import { ADJACENCY_ATTACK, ADJACENCY_NULL, bernoulliLogRatio } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACCOUNT_CLASSES, NIR_KEY_VALID, PROFESSIONS } from '#libs/model/codes.ts';
import { DEPARTMENTS } from '#libs/model/departments.ts';
import type { Signal } from '#libs/model/signal.ts';
import { REGISTER_BUCKETS, WATCH_LEVELS } from '#libs/model/signal.ts';
import {
  S_ADJACENCY,
  S_HONEYTOKEN,
  S_IDENTITIES,
  S_NEW_SOURCE,
  S_NO_PEC,
  S_TERRITORY,
  S_TERRITORY_SOURCE,
} from '#libs/model/streams.ts';
import { newInDay } from './shown.ts';
import type { PipelineState } from './state.ts';

/** What a partition says of its accounts for the detection of campaigns: first sights of sources, rising scores, unknown numbers. */

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

/**
 * Tells of a NIR that nobody has, where its key is right. One account's sweep shows in its own adjacency; a sweep that many
 * share out number by number shows only in that they all miss in the same registers.
 */
export function signalMiss(state: PipelineState, account: number, event: AccessEvent): void {
  if (event.nirPrefix < 0 || event.nirKey !== NIR_KEY_VALID) return;
  const high = Math.floor(event.nirPrefix / 4_294_967_296);
  state.outputs.push({
    kind: 'signal',
    signal: {
      signal: 'miss',
      timeMs: state.newestMs,
      account: whose(state, account),
      register: Math.imul(event.nirPrefix ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> (32 - REGISTER_BITS),
      number: event.personLo & 0xffff,
    },
  });
}
const REGISTER_BITS = Math.log2(REGISTER_BUCKETS);

/** Levels are let down in the first hour of a day (UTC), so that what falls and rises again tells of it once a day. */
const LET_DOWN_MINUTES = 60;

/**
 * What accounts are counted together by: evidence that no shared cause moves. A billing program's outage takes follow-ups from
 * hundreds of practices at once, an insurer that does not answer makes all of them miss, its migration ends contracts, brings
 * another insurer's number and has whole files asked for again (unseen, rate, hours). Where people were born, numbers in
 * order, guessed birth dates, planted people and new machines come from who asks.
 */
const APART_FROM_TERRITORY = [S_NEW_SOURCE, S_IDENTITIES, S_NO_PEC, S_HONEYTOKEN] as const;
/** One number beside another is a mistyped one, or two cousins: a portal sees many a day. More than one hit counts. */
const MORE_THAN_ONE_HIT = 1.05 * bernoulliLogRatio(true, ADJACENCY_NULL, ADJACENCY_ATTACK);
/** Less than this beside the territory says nothing. */
const SAYS_SOMETHING = 1;

/**
 * Notes a row's score, just worked out; tells when what is watched of it has risen past a watch level.
 * @param inGrace a person has just said that the account is all right: nothing of it counts
 * @param minute event time
 */
export function signalRise(state: PipelineState, row: number, inGrace: boolean, minute: number): void {
  const { channels } = state;
  const { worth } = state.score;
  let apart = worth[S_ADJACENCY]! > MORE_THAN_ONE_HIT ? worth[S_ADJACENCY]! : 0;
  for (const stream of APART_FROM_TERRITORY) apart += worth[stream]!;
  const territory = worth[S_TERRITORY]! + worth[S_TERRITORY_SOURCE]!;
  const watched = inGrace ? 0 : Math.round((territory + apart) * 1000) / 1000;
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
      territoryOnly: apart < SAYS_SOMETHING,
      newPeople: newInDay(state, row, minute),
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
