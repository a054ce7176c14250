/** Figures of the detection of campaigns that are choices, in one place, and the declared limits of its state. */

/** Signals are taken and counted a quarter of an hour at a time, so that their order within it does not matter. */
export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;

/** Days over which accounts are counted together; the last is also how long a count waits until it is learnt. */
export const WINDOWS_DAYS = [1, 2, 7] as const;
export const LAG_DAYS = 7;
/** The first days of a log teach nothing: everything in them is new. */
export const WARM_DAYS = 7;
/** Days of history before a count may say anything: the first week teaches nothing, the next one waits a week to be learnt. */
export const MIN_DAYS = 16;
/** The same for groups of peers: in a log's first weeks little rises, since little is known; two weeks of theirs are learnt by then. */
export const GROUPS_MIN_DAYS = 29;
/** Fewer accounts are no campaign. An establishment's accounts count once. */
export const MIN_UNITS = 3;

/** False campaigns a month (30 days) that the thresholds are set for, if the learnt nulls hold. */
export const FALSE_A_MONTH = 0.1;
/** Largest estimated share of members who are there by chance. */
export const FALSE_DISCOVERY_RATE = 0.1;

/** What was learnt fades by this factor a day: a half-life of about five weeks. */
export const FADE = 0.98;
/** Members that are conspicuous on one day, as a share, from which a campaign is going on. */
export const ACTIVE_SHARE = 0.05;
/** Over so many days an open campaign looks for more members: today's, and last night's. */
export const RECENT_DAYS = 2;
/** A campaign in which so few go on for so long is over: a weekend and the night behind it, since thieves rest then too. */
export const QUIET_DAYS = 3;

/** Declared limits. Signals that wait for a watermark end the process (it stands still); what else goes beyond is counted. */
export const MAX_PENDING = 2_000_000;
export const MAX_KEYS = 500_000;
export const MAX_ENTRIES_OF_A_KEY = 20_000;
/** Unknown numbers of a week. */
export const MAX_MISSES = 500_000;
export const MAX_UNITS = 2_000_000;
