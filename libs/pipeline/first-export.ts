import { DAY_SUSPECT, DAYS } from '#libs/baseline/schema.ts';
import { EXPORT_DOUBLINGS, EXPORT_ROWS, exportClass, firstExportNats } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_EXPORT, CLASS_PROFESSIONAL, OUTCOME_FOUND, OUTCOME_SUCCESS } from '#libs/model/codes.ts';
import { S_FIRST_EXPORT } from '#libs/model/streams.ts';
import { observe } from './evidence-step.ts';
import { LEARNING_LAG_DAYS } from './limits.ts';
import type { PipelineState } from './state.ts';

/**
 * What an account exports. An export is learnt when it is a week old (four weeks if it filled the day's quota) and no day
 * since is under suspicion, or when a person finds it honest: a thief's first export does not excuse the second. Until then
 * each day with one speaks once.
 */

/** Accounts watched for less have no habits to depart from. */
const LEARNT_DAYS = 5;
/** After this long a theft of a whole file has been found by other means, or never will be. */
const LARGE_LAG_DAYS = 28;
/** Worked days with which a group's rate of first exports begins. */
const PRIOR_DAYS = 50;

/**
 * Whether an export is the account's habit: no more than twice the largest one learnt, and the first of its day. Its rows are
 * shown and count as exposed, but the quotas are for what is not usual: a weekly list would use them up each week.
 */
export function isUsualExport(state: PipelineState, row: number, event: AccessEvent, minute: number): boolean {
  if (event.rows < EXPORT_ROWS) return false;
  const { channels } = state;
  const learnt = channels.exportLearnt[row]!;
  const day = Math.floor(minute / 1440);
  if (learnt === 0 || exportClass(event.rows) > learnt + 1 || channels.exportUsual[row] === day) return false;
  channels.exportUsual[row] = day;
  return true;
}

/** Takes an event that may be an export. True where its account never exported, or never nearly as much. */
export function stepFirstExport(state: PipelineState, row: number, event: AccessEvent, minute: number): boolean {
  if (event.action !== ACTION_EXPORT || event.rows < EXPORT_ROWS) return false;
  if (event.outcome !== OUTCOME_FOUND && event.outcome !== OUTCOME_SUCCESS) return false;
  const { channels, groups, accounts } = state;
  const isProfessional = accounts.accountClass[channels.account[row]!] === CLASS_PROFESSIONAL;
  const day = Math.floor(minute / 1440);
  learnExport(state, row, day, isProfessional);
  const size = exportClass(event.rows);
  const learnt = channels.exportLearnt[row]!;
  if (learnt !== 0 && size <= learnt + EXPORT_DOUBLINGS) {
    noteSize(state, row, size, day);
    return false;
  }
  const group = channels.group[row]!;
  // One account is one vote, however often it exports, and none for itself.
  const voted = channels.exportDay[row] !== 0;
  const others = Math.max(0, groups.firstExports[group]! - (voted ? 1 : 0));
  const rate = (others + 1) / (groups.workedDays[group]! + PRIOR_DAYS);
  if (!voted) groups.firstExports[group] = groups.firstExports[group]! + 1;
  noteSize(state, row, size, day);
  // Managers and programs export by profession: it is learnt, and says nothing.
  if (!isProfessional || channels.learntDays[row]! < LEARNT_DAYS) return false;
  if (channels.exportSaid[row] !== day) {
    channels.exportSaid[row] = day;
    observe(state, row, S_FIRST_EXPORT, firstExportNats(rate), true, rate, minute);
  }
  return true;
}

/** A size that is larger than what is usual waits to be learnt, also where it is not so much larger that it speaks. */
function noteSize({ channels }: PipelineState, row: number, size: number, day: number): void {
  if (size <= Math.max(channels.exportLearnt[row]!, channels.exportNew[row]!)) return;
  channels.exportNew[row] = size;
  channels.exportDay[row] = day;
}

/** Takes what was new some time ago for usual, unless a day since then is under suspicion. */
function learnExport(state: PipelineState, row: number, day: number, isProfessional: boolean): void {
  const channels = state.channels;
  const since = channels.exportDay[row]!;
  const size = channels.exportNew[row]!;
  if (size === 0) return;
  const large = isProfessional && smallestOf(size) >= channels.quotaDay[row]!;
  if (day - since < (large ? LARGE_LAG_DAYS : LEARNING_LAG_DAYS)) return;
  let suspect = false;
  // Days that the ring has lost were long ago: their suspicion, if any, is over.
  for (let d = Math.max(since, day - DAYS + 1); d < day; d++) {
    if ((channels.dayFlags[row * DAYS + (d & (DAYS - 1))]! & DAY_SUSPECT) !== 0) suspect = true;
  }
  if (!suspect) trustExport(state, row);
  channels.exportNew[row] = 0;
}

/** Takes the row's new export for usual now. */
export function trustExport(state: PipelineState, row: number): void {
  const { exportLearnt, exportNew } = state.channels;
  exportLearnt[row] = Math.max(exportLearnt[row]!, exportNew[row]!);
  exportNew[row] = 0;
}

/** Rows of the smallest export of a size class. */
const smallestOf = (size: number): number => 2 ** (size - 1);
