import { HOURS, STREAM_ROOM, TRIED } from '#libs/baseline/schema.ts';
import { T_CLOSED_CONTRACT, T_NO_PEC, T_OTHER_INSURER, T_REGULAR, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import {
  bernoulliLogRatio,
  CADENCE_ATTACK,
  CADENCE_FLOOR,
  CADENCE_PAUSE_MS,
  CLOSED_CONTRACT_ATTACK,
  CLOSED_CONTRACT_FLOOR,
  HONEYTOKEN_NATS,
  IDENTITIES_ATTACK,
  IDENTITIES_NULL,
  IDENTITIES_OF_A_FAMILY,
  isRegular,
  NO_PEC_ATTACK,
  OTHER_INSURER_ATTACK,
  OTHER_INSURER_SURE,
} from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { CHANNEL_WEB, CLASS_MANAGER } from '#libs/model/codes.ts';
import {
  S_CADENCE,
  S_CLOSED_CONTRACT,
  S_HONEYTOKEN,
  S_IDENTITIES,
  S_NO_PEC,
  S_OTHER_INSURER,
} from '#libs/model/streams.ts';
import { observe, observeHit } from './evidence-step.ts';
import { INCIDENT_SCORED } from './incident.ts';
import { isUsualInsurer, learnInsurer } from './insurers.ts';
import { hasPec } from './persons.ts';
import { notePortalContract, portalClosedShare } from './portal-contracts.ts';
import { increment, slotOfTrait } from './slots.ts';
import type { PipelineState } from './state.ts';

/** What a look-up says beside where people come from and whether they are served. Each function moves one stream. */

/** A planted person was looked up. True if so. */
export function stepHoneytoken(state: PipelineState, row: number, event: AccessEvent, minute: number): boolean {
  const planted = state.policy.honeytokens;
  if (planted.size === 0 || planted.get(event.personLo) !== event.personHi) return false;
  observe(state, row, S_HONEYTOKEN, HONEYTOKEN_NATS, true, 0, minute);
  return true;
}

/** A NIR under one more birth date or rank. True if that was new and evidence moved. */
export function stepIdentities(state: PipelineState, row: number, event: AccessEvent, minute: number): boolean {
  if (event.identity === 0) return false;
  const { triedPerson, triedIdentities, triedAt } = state.channels;
  const base = row * TRIED;
  const bit = 1 << (event.identity & 31);
  let at = -1;
  for (let i = base; i < base + TRIED; i++) if (triedPerson[i] === event.personLo) at = i;
  if (at < 0) {
    at = base + triedAt[row]!;
    triedAt[row] = (triedAt[row]! + 1) & (TRIED - 1);
    triedPerson[at] = event.personLo;
    triedIdentities[at] = 0;
  }
  if ((triedIdentities[at]! & bit) !== 0) return false;
  triedIdentities[at] = triedIdentities[at]! | bit;
  const many = bitCount(triedIdentities[at]!) > IDENTITIES_OF_A_FAMILY;
  observe(state, row, S_IDENTITIES, many ? MANY_IDENTITIES : FEW_IDENTITIES, many, IDENTITIES_NULL, minute);
  return many;
}
const MANY_IDENTITIES = bernoulliLogRatio(true, IDENTITIES_NULL, IDENTITIES_ATTACK);
const FEW_IDENTITIES = bernoulliLogRatio(false, IDENTITIES_NULL, IDENTITIES_ATTACK);

function bitCount(bits: number): number {
  let n = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) n++;
  return n;
}

/** The interval to the new identity before this one. */
export function stepCadence(state: PipelineState, row: number, event: AccessEvent, minute: number): void {
  if (event.channel !== CHANNEL_WEB) return;
  const channels = state.channels;
  const now = event.timeMs % 4_294_967_296;
  const gap = (now - channels.lastNewMs[row]!) >>> 0;
  const before = channels.lastGapMs[row]!;
  const first = channels.lastNewMs[row] === 0;
  channels.lastNewMs[row] = now;
  if (first || gap >= CADENCE_PAUSE_MS) {
    channels.lastGapMs[row] = 0;
    return;
  }
  channels.lastGapMs[row] = Math.max(gap, 1);
  // Where the log shows whole minutes every interval is like another.
  if (before === 0 || event.timeMs % 60_000 === 0) return;
  const regular = isRegular(gap, before);
  if (regular) increment(state, channels.dayRegular, slotOfTrait(row, minute));
  const p0 = Math.max(channels.p0[row * TRAIT_COUNT + T_REGULAR]!, CADENCE_FLOOR);
  if (p0 < CADENCE_ATTACK - 0.1) {
    observeHit(state, row, S_CADENCE, regular, p0, CADENCE_ATTACK, minute);
  }
}

/** People an hour with whom an account speaks for the portal's share of ended contracts. */
const CONTRACT_VOICES = 3;

/** Whether the person was still covered. */
export function stepContract(state: PipelineState, row: number, event: AccessEvent, minute: number): void {
  const { channels, groups } = state;
  const group = channels.group[row]!;
  if (event.coverageEndDay >= 0) groups.covered[group] = 1;
  if (groups.covered[group] === 0) return;
  const closed = event.coverageEndDay >= 0 && event.coverageEndDay < Math.floor(minute / 1440);
  if (closed) increment(state, channels.dayClosed, slotOfTrait(row, minute));
  const hour = row * HOURS + (Math.floor(minute / 60) & (HOURS - 1));
  if (channels.hourNew[hour]! < CONTRACT_VOICES) notePortalContract(state, closed, minute);
  const own = channels.p0[row * TRAIT_COUNT + T_CLOSED_CONTRACT]!;
  const p0 = Math.max(own, CLOSED_CONTRACT_FLOOR, portalClosedShare(state));
  if (p0 >= CLOSED_CONTRACT_ATTACK) return;
  observeHit(state, row, S_CLOSED_CONTRACT, closed, p0, CLOSED_CONTRACT_ATTACK, minute);
}

/** People of a day whose insurers an account's usual ones are learnt from, and evidence above which none are. */
const INSURER_VOICES = 20;
const LEARN_BELOW_NATS = 4;

/** Whether the person is with one of the usual insurers. @param insurer see `insurerNumber` @param voice people found today */
export function stepInsurer(state: PipelineState, row: number, insurer: number, voice: number, minute: number): void {
  const channels = state.channels;
  if (insurer === 0 || state.accounts.accountClass[channels.account[row]!] !== CLASS_MANAGER) return;
  const usual = isUsualInsurer(state, row, insurer);
  if (usual !== undefined) {
    const slot = slotOfTrait(row, minute);
    increment(state, channels.dayInsured, slot);
    if (!usual) increment(state, channels.dayElsewhere, slot);
    const p0 = channels.p0[row * TRAIT_COUNT + T_OTHER_INSURER]!;
    if (p0 <= OTHER_INSURER_SURE) {
      observeHit(state, row, S_OTHER_INSURER, !usual, p0, OTHER_INSURER_ATTACK, minute);
    }
  }
  if (voice > INSURER_VOICES || channels.incident[row] === INCIDENT_SCORED) return;
  if (channels.nats[row * STREAM_ROOM + S_OTHER_INSURER]! < LEARN_BELOW_NATS) learnInsurer(state, row, insurer);
}

/** Follow-ups the portal must have shown before their absence says anything. */
const MIN_FOLLOW_UPS = 200;

/** Whether a manager has any business with the person. @param person payload of the person before this look-up */
export function stepPec(state: PipelineState, row: number, person: number, minute: number): void {
  const channels = state.channels;
  if (state.accounts.accountClass[channels.account[row]!] !== CLASS_MANAGER) return;
  const without = !hasPec(person, Math.floor(minute / 1440));
  if (without) increment(state, channels.dayNoPec, slotOfTrait(row, minute));
  const p0 = channels.p0[row * TRAIT_COUNT + T_NO_PEC]!;
  if (p0 >= NO_PEC_ATTACK || state.counters.followUps < MIN_FOLLOW_UPS) return;
  observeHit(state, row, S_NO_PEC, without, p0, NO_PEC_ATTACK, minute);
}
