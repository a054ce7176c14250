/** Declared limits of one partition's state. Reaching one is a loud failure or a counted, reported saturation; never silence. */
export const MAX_ACCOUNTS = 4_000_000;
export const MAX_PAIRS = 400_000_000;
export const MAX_PERSONS = 400_000_000;
/** Networks and devices of all accounts, each remembered for `MEMORY_DAYS` after it was last met anew. */
export const MAX_SIGHTINGS = 100_000_000;
/** Distinct event ids remembered a generation of 24 h. */
export const MAX_EVENT_IDS = 200_000_000;
/** Recent look-ups kept for stating an incident's exposure (16 bytes each); older ones are counted as `lookups_forgotten`. */
export const MAX_RECENT_LOOKUPS = 4_194_304;
export const MAX_INSURERS = 65_535;

/** How far out of order an event may come, and how far ahead of its arrival. */
export const MAX_LATE_MS = 24 * 3_600_000;
export const MAX_AHEAD_MS = 5 * 60_000;
export const DUPLICATE_WINDOW_MS = 24 * 3_600_000;

/** Pairs and people are remembered twelve months. */
export const MEMORY_DAYS = 366;
/** Learning waits this long, so that a theft found within a week has taught nothing. */
export const LEARNING_LAG_DAYS = 7;
/** An incident's start is looked for at most this far back. */
export const MAX_LOOKBACK_MINUTES = 14 * 1440;
