import type { Schema } from '#libs/base/columns.ts';
import { DEPARTMENT_COUNT } from '#libs/model/departments.ts';
import { TRAIT_COUNT } from './traits.ts';

/** Rings over days, hours and ten-minute bins, indexed by (number & mask). */
export const DAYS = 32;
/** Shorter ring of what is only kept until its day is learnt, a week later. */
export const TRAIT_DAYS = 16;
export const HOURS = 32;
export const BINS = 8;
export const SOURCES = 8;
export const RECENT = 32;
export const NEIGHBOURS = 16;
export const BIRTHS = 16;
/** Room for streams; how many are in use is `STREAM_COUNT`. */
export const STREAM_ROOM = 24;
/** Insurers an account's people usually have; NIR lately tried under several identities. */
export const INSURERS_KEPT = 8;
export const TRIED = 8;
/** Orders in which people may come (`sorted-order.ts`). */
const ORDERS = 3;
/** Misses that may turn out to be typing mistakes. */
export const TYPED = 3;

/** What is known of an account over all its channels. */
export const ACCOUNT_SCHEMA = {
  keyLo: ['i32', 1],
  keyHi: ['i32', 1],
  accountClass: ['u8', 1],
  profession: ['u8', 1],
  department: ['u8', 1],
  /** Where it was seen to serve, while the log declares no department. */
  learntHome: ['u8', 1],
  orgLo: ['i32', 1],
  orgHi: ['i32', 1],
  createdDay: ['i32', 1],
  firstDay: ['i32', 1],
  lastDay: ['i32', 1],
  /** Hashes of networks and devices, the days each was last seen (0: free) and first seen (0: with the account). */
  network: ['i32', SOURCES],
  networkDay: ['u16', SOURCES],
  networkFirst: ['u16', SOURCES],
  device: ['i32', SOURCES],
  deviceDay: ['u16', SOURCES],
  deviceFirst: ['u16', SOURCES],
  /** Hash of the last event's source and day, and whether that source is recent: most events come from where the last did. */
  lastSource: ['i32', 1],
  lastRecent: ['u8', 1],
  /** When the last new source came, minutes since the epoch; how much it says, nats. */
  sourceMinute: ['u32', 1],
  sourceNats: ['f32', 1],
  /** A source that only bills came from so far, hashed, and in the lowest bits what of it was new (1 network, 2 device); 0 none. */
  untoldSource: ['i32', 1],
  /** Days (16 bits) on which the account last spoke for the portal's sources: with one it had, with a new one. */
  voiceDay: ['u16', 1],
  freshVoiceDay: ['u16', 1],
  /** When the account came back after a long silence, minutes since the epoch; how much that says, nats. */
  wokeMinute: ['u32', 1],
  wokeNats: ['f32', 1],
  /** Row of the account's channels + 1; 0 where it has none. */
  channelRow: ['u32', 2],
  /** No evidence before this minute counts (a person re-enabled the account, or judged it benign until then). */
  graceMinute: ['u32', 1],
} as const satisfies Schema;

/** What is known of one account on one channel. */
export const CHANNEL_SCHEMA = {
  account: ['u32', 1],
  channel: ['u8', 1],
  group: ['u16', 1],
  /** Latest day, hour and ten-minute bin (since the epoch) that the rings reach to. */
  day: ['i32', 1],
  hour: ['i32', 1],
  bin: ['i32', 1],
  /** By day: new people (rows of exports included), of them found, followed up by horizon, misses, and what the traits are learnt from. */
  dayNew: ['u16', DAYS],
  dayFound: ['u16', DAYS],
  /** Look-ups that name nobody. */
  dayUnnamed: ['u16', DAYS],
  dayFollowed30m: ['u16', TRAIT_DAYS],
  dayFollowed3h: ['u16', TRAIT_DAYS],
  dayFollowed1d: ['u16', TRAIT_DAYS],
  dayFollowed9d: ['u16', DAYS],
  dayMiss: ['u16', TRAIT_DAYS],
  /** New people of the busiest hour. */
  dayPeak: ['u16', TRAIT_DAYS],
  dayUnseen: ['u16', TRAIT_DAYS],
  dayOutside: ['u16', TRAIT_DAYS],
  dayKnown: ['u16', DAYS],
  dayKnownFollowed: ['u16', TRAIT_DAYS],
  dayClosed: ['u16', TRAIT_DAYS],
  dayInsured: ['u16', TRAIT_DAYS],
  dayElsewhere: ['u16', TRAIT_DAYS],
  dayNoPec: ['u16', TRAIT_DAYS],
  dayRegular: ['u16', TRAIT_DAYS],
  dayOffHours: ['u8', TRAIT_DAYS],
  dayHours: ['u8', DAYS],
  dayFlags: ['u8', DAYS],
  /** By hour: new people, found ones in cohorts and those followed within three hours. */
  hourNew: ['u16', HOURS],
  hourKnown: ['u16', HOURS],
  hourFound: ['u16', HOURS],
  hourFollowed: ['u16', HOURS],
  hourKnownFollowed: ['u16', HOURS],
  hourFlags: ['u8', HOURS],
  /** By ten minutes: found people and those followed within half an hour. */
  binFound: ['u16', BINS],
  binFollowed: ['u16', BINS],
  /** Evidence by stream: nats now, nats when the hour began, minute of the last rise from rest, counts since then. */
  nats: ['f32', STREAM_ROOM],
  hourNats: ['f32', STREAM_ROOM],
  riseMinute: ['u32', STREAM_ROOM],
  observed: ['u16', STREAM_ROOM],
  of: ['u16', STREAM_ROOM],
  expected: ['f32', STREAM_ROOM],
  /** Traits: learnt observations and hits, and the probability in use. */
  traitN: ['f32', TRAIT_COUNT],
  traitX: ['f32', TRAIT_COUNT],
  p0: ['f32', TRAIT_COUNT],
  /** Scales in use, and the days they were learnt from. */
  perDay: ['f32', 1],
  perHour: ['f32', 1],
  knownPerDay: ['f32', 1],
  /** New people of a usual day's busiest hour. */
  peakHour: ['f32', 1],
  unnamedPerDay: ['f32', 1],
  unfollowed28: ['f32', 1],
  /** New people a day over the long run: what the scale may not run away from. */
  anchor: ['f32', 1],
  learntDays: ['u16', 1],
  /** Nats taken off each stream for the account's size. */
  allowance: ['f32', 1],
  /** Follow-ups ever credited (stops at its end), and evidence that billing goes another way now, nats. */
  followedEver: ['u16', 1],
  switchNats: ['f32', 1],
  /** Follow-ups that refunded evidence today. */
  refunds: ['u16', 1],
  /** Hour (since the epoch) in which the row last spoke for the portal's share of misses, and how often in it. */
  voiceHour: ['u32', 1],
  foundVoices: ['u8', 1],
  missVoices: ['u8', 1],
  /** People without follow-up in the last 28 days, and quotas in force (people). */
  unfollowed: ['u32', 1],
  /** Of them, those for whom the account was restricted already: a busy day is held against it once. */
  spent: ['f32', 1],
  quotaHour: ['u16', 1],
  quotaDay: ['u16', 1],
  quotaUnnamed: ['u16', 1],
  quotaUnfollowed: ['u16', 1],
  /** Learnt birth departments, and those of the last people. */
  departmentCount: ['u16', DEPARTMENT_COUNT],
  departmentTotal: ['u32', 1],
  /** Share of those billed of late who came from everywhere. */
  visitors: ['f32', 1],
  recentDepartment: ['u8', RECENT],
  recentAt: ['u8', 1],
  recentLength: ['u8', 1],
  /** How well the long run, the area, the last people and one age group foretold whom the account meets. */
  forecasters: ['f32', 4],
  /** People whom "one age group came" foretold of late (fading), and the day up to which they have faded. */
  ageGroupPeople: ['f32', 1],
  ageGroupDay: ['i32', 1],
  /** Births (year x 12 + month) of the last people with a NIR. */
  recentBirth: ['u16', BIRTHS],
  birthAt: ['u8', 1],
  birthLength: ['u8', 1],
  /** NIR prefixes (hashed) and orders of the last people. */
  neighbour: ['i32', NEIGHBOURS],
  neighbourAt: ['u8', 1],
  /** The last misses that may have been mistyped: number (ten digits, then three), when, and what it brought (nats; 0 free). */
  slipPrefix: ['f64', TYPED],
  slipOrder: ['u16', TYPED],
  slipMinute: ['u32', TYPED],
  slipNats: ['f32', TYPED],
  slipAt: ['u8', 1],
  /** Usual insurers (number + 1; 0 free) with their people, and people counted in all. */
  usualInsurer: ['u16', INSURERS_KEPT],
  usualPeople: ['u16', INSURERS_KEPT],
  usualTotal: ['u16', 1],
  /** Insurer that prevails among the day's people, by how many, on which day; the one raised (number; 0 none), when, its people and others since. */
  majorityInsurer: ['u16', 1],
  majority: ['u16', 1],
  majorityDay: ['i32', 1],
  raisedInsurer: ['u16', 1],
  raisedDay: ['i32', 1],
  raisedPeople: ['u16', 1],
  raisedOthers: ['u16', 1],
  /** NIR of the last people (hashed) and the identities tried under each, as a set of 32 classes. */
  triedPerson: ['i32', TRIED],
  triedIdentities: ['u32', TRIED],
  triedAt: ['u8', 1],
  /** By order: the last person's place in it, people in the run so far (0: none), whether it goes down. */
  orderLast: ['f64', ORDERS],
  orderRun: ['u8', ORDERS],
  orderDown: ['u8', ORDERS],
  /** Size class of the largest export learnt (0: none), of the largest new one that waits to be learnt, since when; day on which it last spoke. */
  exportLearnt: ['u8', 1],
  exportNew: ['u8', 1],
  exportDay: ['i32', 1],
  exportSaid: ['i32', 1],
  /** Day of the latest export that was taken for usual. */
  exportUsual: ['i32', 1],
  /** Time of the last new identity and the gap before it, ms (wrapping; gap 0: none). */
  lastNewMs: ['u32', 1],
  lastGapMs: ['u32', 1],
  /** Latest entry of this row in the list of recent look-ups; 0 none. */
  lastLookup: ['u32', 1],
  /** Highest score so far (all time), and whether an incident is open. */
  peakScore: ['f32', 1],
  incident: ['u8', 1],
  /** Watch levels passed since the day began (`signals.ts`). */
  watch: ['u8', 1],
} as const satisfies Schema;

export const DAY_SUSPECT = 1;
export const DAY_RECHECK = 2;
export const DAY_LEARNT = 4;
/** The day's re-check was told to the analyst. */
export const DAY_TOLD = 8;
/** A quota of people was used up. */
export const DAY_QUOTA = 16;
export const HOUR_RECHECK = 1;
export const HOUR_ACTIVE = 2;
