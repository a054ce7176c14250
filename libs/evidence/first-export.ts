import type { StreamSpec } from './stream.ts';

/**
 * An export by an account that never made one, or never one nearly as large: one answer carries as many people as weeks of
 * look-ups, and nothing that follows can take it back. Practices do export, when they change their program or do their
 * accounts, so it suspends nobody alone; together with a used-up quota it asks for a second factor.
 */
export const FIRST_EXPORT: StreamSpec = {
  name: 'first_export',
  sees: 'an export of ten rows or more by a professional’s account that never exported, or never an eighth as much',
  nullModel: 'an account exports for the first time on a day with its group’s frequency',
  blindSpots: [
    'accounts that export as much anyway',
    'copies made one person at a time',
    'the first week of an account',
    'exports that the log shows as single look-ups',
  ],
  decayPerDay: 2,
};
/** Probability that a thief exports on a day of a theft; evidence is ln(this / the group's rate). */
const ATTACK_RATE = 0.2;
const MAX_NATS = 4;
/** Fewer rows are a page of the portal, whatever the log calls it. */
export const EXPORT_ROWS = 10;
/** As many times the largest export learnt are another kind of export; in doublings. */
export const EXPORT_DOUBLINGS = 3;

/** Nats for the first export of an account. @param groupDailyRate first exports an account and worked day of its group */
export const firstExportNats = (groupDailyRate: number): number =>
  Math.max(0, Math.min(MAX_NATS, Math.log(ATTACK_RATE / Math.max(groupDailyRate, 1e-4))));

/** Size class of an export: one a doubling, from 1. @param rows at least 1 */
export const exportClass = (rows: number): number => 1 + Math.floor(Math.log2(Math.max(1, rows)));
