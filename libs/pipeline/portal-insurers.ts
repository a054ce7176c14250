import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import { CLASS_PROFESSIONAL } from '#libs/model/codes.ts';
import { S_TERRITORY } from '#libs/model/streams.ts';
import type { PipelineState } from './state.ts';

/**
 * Whether many practices check the people of one insurer just now: it moves its members, and for a week everybody goes
 * through their own file, whoever is in it, without billing. Then that such people were not seen for long, come in
 * numbers and are not followed up is likelier that than theft, and is worth no more than the share of such practices
 * leaves of it (as in `portal-billing.ts`). Only the people of that insurer are explained, and neither where they were born
 * nor misses, order and sources are. Quotas throttle whatever is explained; only that one is used up again asks for no
 * second factor then.
 *
 * What keeps thieves from explaining themselves: an account is one vote a day, its own does not count for it, and it takes
 * five others. Look-ups from a source of this week count against it, and no vote has who meets people from elsewhere, as
 * thieves do and practices with their own file don't. What is usual of an insurer is no migration. Whoever holds many
 * accounts at their own machines, with lists of local people, can make the explanation, and gains their quotas by it, no more.
 */

/** Days held, and as many that an explanation lasts at most: no-follow-up is judged nine days later. */
const RING = 16;
const LASTS_DAYS = 12;
/** People of the day beyond all other insurers' together with whom an account raises one. */
const MAJORITY = 8;
/** Found people of the day with whom an account is there to be counted; days of learning before it has a vote. */
const ACTIVE_PEOPLE = 3;
const LEARNT_DAYS = 5;
const HOME_NATS = 1.5;
/** Accounts of a day below which, other votes below which, nothing is said of the portal; account-days that make a usual. */
const MIN_ACTIVE = 20;
const MIN_OTHERS = 5;
const MIN_USUAL = 100;
/** What is usual forgets a twentieth a day, and begins with one vote in forty account-days; beyond twice that it is more. */
const USUAL_FADE = 0.95;
const PRIOR_VOTES = 1;
const PRIOR_ACTIVE = 40;
const USUAL_FACTOR = 2;
const MAX_SHARE = 0.9;
/** Beyond this many people an account's past fades. */
const MEMORY_PEOPLE = 400;

/** Votes for one insurer by day, and those of the days before (fading). */
interface InsurerVotes {
  votes: number[];
  usual: number;
}

/** Bounded by the insurers that were raised of late, times the days held. */
export interface PortalInsurers {
  day: number;
  /** Accounts met by day, and account-days before (fading). */
  active: number[];
  usualActive: number;
  byInsurer: Map<number, InsurerVotes>;
}

const days = (): number[] => new Array<number>(RING).fill(0);
export const noPortalInsurers = (): PortalInsurers => ({
  day: 0,
  active: days(),
  usualActive: 0,
  byInsurer: new Map(),
});

/**
 * Notes a person found for the first time by an account.
 * @param insurer see `insurerNumber` @param found people found by it today, this one included
 * @param newSource whether the look-up came from a source of this week
 */
export function notePortalInsurer(
  state: PipelineState,
  row: number,
  insurer: number,
  found: number,
  newSource: boolean,
  minute: number,
): void {
  const { channels, portalInsurers: portal } = state;
  if (insurer === 0 || state.accounts.accountClass[channels.account[row]!] !== CLASS_PROFESSIONAL) return;
  const day = Math.floor(minute / 1440);
  if (day > portal.day) advance(portal, day);
  // Of a late event the count of its day may be gone; it has no vote then.
  if (portal.day - day >= RING || day < channels.majorityDay[row]!) return;
  if (day > channels.majorityDay[row]!) {
    channels.majorityDay[row] = day;
    channels.majority[row] = 0;
  }
  if (found === ACTIVE_PEOPLE) portal.active[day % RING]!++;
  // Whoever comes from somewhere new goes through no file of the practice's.
  countRaised(state, row, !newSource && channels.raisedInsurer[row] === insurer, day);
  if (newSource) return;
  // The majority of a sequence in one pass (Boyer and Moore 1981): what is left when unlike people cancel out.
  const margin = channels.majority[row]!;
  if (margin === 0) channels.majorityInsurer[row] = insurer;
  const agrees = channels.majorityInsurer[row] === insurer;
  channels.majority[row] = Math.min(65_535, agrees ? margin + 1 : margin - 1);
  if (!agrees || margin + 1 < MAJORITY) return;
  if (channels.raisedDay[row] === day && channels.raisedInsurer[row] === insurer) return;
  raise(state, row, insurer, found, margin + 1, day);
}

/** The account's people are mostly of one insurer today. */
function raise(state: PipelineState, row: number, insurer: number, found: number, margin: number, day: number): void {
  const { channels, portalInsurers: portal } = state;
  if (channels.learntDays[row]! < LEARNT_DAYS || found < ACTIVE_PEOPLE) return;
  if (channels.nats[row * STREAM_ROOM + S_TERRITORY]! >= HOME_NATS) return;
  const again = channels.raisedInsurer[row] === insurer && day - channels.raisedDay[row]! <= LASTS_DAYS;
  // A second insurer on the same day is no second vote.
  const voted = channels.raisedDay[row] === day;
  if (!again) {
    channels.raisedPeople[row] = Math.min(65_535, Math.ceil((found + margin) / 2));
    channels.raisedOthers[row] = Math.min(65_535, Math.floor((found - margin) / 2));
  }
  channels.raisedInsurer[row] = insurer;
  channels.raisedDay[row] = day;
  if (voted) return;
  let votes = portal.byInsurer.get(insurer);
  if (votes === undefined) {
    votes = { votes: days(), usual: 0 };
    portal.byInsurer.set(insurer, votes);
  }
  votes.votes[day % RING]!++;
}

/** Counts one more of the account's people, who is `explained` by the insurer that it raised or not. */
function countRaised(state: PipelineState, row: number, explained: boolean, day: number): void {
  const { raisedInsurer, raisedDay, raisedPeople, raisedOthers } = state.channels;
  if (raisedInsurer[row] === 0 || day - raisedDay[row]! > LASTS_DAYS) return;
  const counts = explained ? raisedPeople : raisedOthers;
  counts[row] = counts[row]! + 1;
  if (raisedPeople[row]! + raisedOthers[row]! < MEMORY_PEOPLE) return;
  raisedPeople[row] = raisedPeople[row]! >> 1;
  raisedOthers[row] = raisedOthers[row]! >> 1;
}

/** Opens the days up to `day`; what falls out of the ring becomes part of what is usual. */
function advance(portal: PortalInsurers, day: number): void {
  for (let d = Math.max(portal.day + 1, day - RING + 1); d <= day; d++) {
    const slot = d % RING;
    portal.usualActive = USUAL_FADE * portal.usualActive + portal.active[slot]!;
    portal.active[slot] = 0;
    for (const [insurer, votes] of portal.byInsurer) {
      votes.usual = USUAL_FADE * votes.usual + votes.votes[slot]!;
      votes.votes[slot] = 0;
      if (votes.usual < 0.01 && votes.votes.every((n) => n === 0)) portal.byInsurer.delete(insurer);
    }
  }
  portal.day = day;
}

/** Share of the portal's other accounts that raised, in these days, the insurer that the account raised; 0 where it raised none. */
export function migrationShare(state: PipelineState, row: number, minute: number): number {
  const { channels, portalInsurers: portal } = state;
  const insurer = channels.raisedInsurer[row]!;
  if (insurer === 0) return 0;
  const today = Math.floor(minute / 1440);
  if (today - channels.raisedDay[row]! > LASTS_DAYS || portal.usualActive < MIN_USUAL) return 0;
  const votes = portal.byInsurer.get(insurer);
  if (votes === undefined) return 0;
  const usual = (votes.usual + PRIOR_VOTES) / (portal.usualActive + PRIOR_ACTIVE);
  // In the morning few were met yet: the busiest of these days says how many there are.
  const active = Math.max(...portal.active) - 1;
  if (active < MIN_ACTIVE) return 0;
  let most = 0;
  for (let d = Math.max(today - LASTS_DAYS, portal.day - RING + 1); d <= portal.day; d++) {
    const others = votes.votes[d % RING]! - 1;
    if (others >= MIN_OTHERS) most = Math.max(most, others / Math.max(active, others) - USUAL_FACTOR * usual);
  }
  return Math.min(most, MAX_SHARE);
}

/** Share of the account's people of these days who are of the insurer that it raised. */
export function raisedShare(state: PipelineState, row: number): number {
  const { raisedPeople, raisedOthers } = state.channels;
  return raisedPeople[row]! / Math.max(1, raisedPeople[row]! + raisedOthers[row]!);
}
