/**
 * The re-check pass: practices look up all their known patients' rights at the turn of the year. An hour full of known
 * people is that, not theft; what it did to the streams is put aside, and an alert and the quotas remain.
 */
const FACTOR = 4;
const OFFSET = 8;
/** Share of known people that makes a re-check. */
export const MIN_RECHECK_SHARE = 0.2;
/**
 * Such days granted in 28: a thief who pads with the victim's own patients has them twice, not for ever. Where known
 * people are four in five, the year's re-check may take its week; the quotas on new people hold all the same.
 */
const DAYS_IN_28 = 2;
const DAYS_IN_28_OF_KNOWN = 7;
const MAINLY_KNOWN = 0.8;

/** Re-check days granted in 28, by the hour's distinct known and new people. */
export const recheckDaysGranted = (known: number, fresh: number): number =>
  known >= MAINLY_KNOWN * (known + fresh) ? DAYS_IN_28_OF_KNOWN : DAYS_IN_28;

/** Whether this hour looks like a re-check: distinct known and new people so far, known people usual an hour. */
export const isRecheckHour = (known: number, fresh: number, usualKnown: number): boolean =>
  known > OFFSET + FACTOR * usualKnown && known >= MIN_RECHECK_SHARE * (known + fresh) && known >= MIN_KNOWN;
/** How well an hour fits a re-check: as a share of known people, held against {@link MIN_RECHECK_SHARE}. */
export const recheckFit = (known: number, fresh: number, usualKnown: number): number =>
  Math.min(known / Math.max(1, known + fresh), (MIN_RECHECK_SHARE * known) / (OFFSET + FACTOR * usualKnown));
/** An hour worth telling the analyst of: the pass alone is given for less. */
export const isNotableRecheck = (known: number, usualKnown: number): boolean =>
  known >= 30 && known > 10 + 5 * usualKnown;

/** An hour with fewer known people than this explains nothing. */
const MIN_KNOWN = 8;
