/**
 * How much an account normally does: new people a day and an hour, known people an hour, people left without follow-up
 * in 28 days. Everything that depends on volume is measured in the account's own scale.
 */

/** One closed, learnable day of an account. */
export interface WorkedDays {
  /** Days with at least one look-up among those learnt from. */
  days: number;
  /** Hours with at least one look-up, over those days. */
  hours: number;
  /** New people over those days, each day winsorised. */
  people: number;
  /** Known people over those days (distinct an hour). */
  known: number;
}

/** Weight of the group's expectation, in days: after four working weeks the account's own figure rules. */
const PRIOR_DAYS = 5;
/** Working hours a day assumed where nothing is known. */
const PRIOR_HOURS = 8;
/** A day counts for at most this many times the current mean, plus ten. */
const WINSOR_FACTOR = 3;
const WINSOR_OFFSET = 10;
/** The scale may grow at most this much a day once it is learnt, so that nobody walks it up in a month. */
const MAX_DAILY_GROWTH = 1.03;
const LEARNT_DAYS = 20;

/** The first days of an account are believed sooner: else a giant would stay small for weeks. */
const EARLY_DAYS = 5;
const EARLY_FACTOR = 10;

/** What a day's count contributes, given the current mean a day and the days learnt so far. */
export const winsorised = (count: number, meanPerDay: number, learntDays: number): number =>
  Math.min(count, (learntDays < EARLY_DAYS ? EARLY_FACTOR : WINSOR_FACTOR) * meanPerDay + WINSOR_OFFSET);

/** New people a worked day: posterior mean of own days and the group's expectation. */
export function newPerDay(worked: WorkedDays, priorPerDay: number): number {
  return (PRIOR_DAYS * priorPerDay + worked.people) / (PRIOR_DAYS + worked.days);
}

/** New people a worked hour, likewise. */
export function newPerHour(worked: WorkedDays, priorPerDay: number): number {
  return (PRIOR_DAYS * priorPerDay + worked.people) / (PRIOR_DAYS * PRIOR_HOURS + worked.hours);
}

/** Known people (distinct an hour) a worked day; nothing is assumed beforehand. */
export function knownPerDay(worked: WorkedDays): number {
  return worked.known / (1 + worked.days);
}

/** Next value of a scale whose estimate moved: free while it is being learnt, at most 3 % a day upwards afterwards. */
export function limitedGrowth(previous: number, estimate: number, learntDays: number): number {
  if (learntDays < LEARNT_DAYS || previous === 0) return estimate;
  return Math.min(estimate, previous * MAX_DAILY_GROWTH + 0.05);
}

/**
 * How much larger than expected an account of which little is known may well be: sizes within a profession spread over
 * a factor of ten. 4 for an unknown account, 1 once five days were learnt.
 */
export const coldFactor = (learntDays: number): number => 1 + 3 * Math.max(0, 1 - learntDays / 5);

/** How much a day the long run may grow (a third in a quarter), how far the scale may stand above it, and people for chance. */
const ANCHOR_GROWTH = 1.003;
const ABOVE_ANCHOR = 1.3;
const ABOVE_ANCHOR_PEOPLE = 1;

/**
 * Next value of the long run that a scale is held to: a thief who bills what he takes, and takes five in a hundred more each
 * day, would otherwise make his own quota.
 */
export function nextAnchor(anchor: number, estimate: number, learntDays: number): number {
  if (learntDays < LEARNT_DAYS || anchor === 0) return estimate;
  return Math.max(Math.min(estimate, anchor * ANCHOR_GROWTH), anchor / ANCHOR_GROWTH);
}

/** Most that the scale may be, given the long run. */
export const heldTo = (anchor: number): number => ABOVE_ANCHOR * anchor + ABOVE_ANCHOR_PEOPLE;
