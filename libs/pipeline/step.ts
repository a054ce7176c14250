import { unreachable } from '#libs/base/assert.ts';
import { Table64 } from '#libs/base/table64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_EXPORT, CHANNEL_API, isFollowUp, isLookup } from '#libs/model/codes.ts';
import type { Control, Input, Output } from '#libs/model/input.ts';
import { accountRow, channelRow } from './accounts.ts';
import { advanceClock } from './clock.ts';
import { stepFirstExport, trustExport } from './first-export.ts';
import { takeFollowUp } from './follow-up.ts';
import { assess, clearEvidence, endIncident, trustDays } from './incidents.ts';
import { DUPLICATE_WINDOW_MS, MAX_AHEAD_MS, MAX_EVENT_IDS, MAX_LATE_MS } from './limits.ts';
import { takeLookup } from './lookup.ts';
import { advanceRow } from './rows.ts';
import { noteSource } from './sources.ts';
import type { PipelineState } from './state.ts';

const NOTHING: readonly Output[] = [];
const DUPLICATE: readonly Output[] = [{ kind: 'duplicate' }];
const TOO_OLD: readonly Output[] = [{ kind: 'rejected', reason: 'time_too_old' }];
const AHEAD: readonly Output[] = [{ kind: 'rejected', reason: 'time_ahead' }];

/**
 * Folds one input into the state and returns what follows from it, in order. Synchronous and pure but for the state: no
 * clock, no random number, no I/O; the same inputs make the same state and outputs, bit for bit. The returned array is
 * valid until the next call.
 */
export function step(state: PipelineState, input: Input): readonly Output[] {
  if (state.outputs.length > 0) state.outputs = [];
  switch (input.kind) {
    case 'event':
      return takeEvent(state, input);
    case 'tick':
      if (input.timeMs > state.newestMs) {
        state.newestMs = input.timeMs;
        advanceClock(state, input.timeMs);
      }
      return state.outputs;
    case 'control':
      takeControl(state, input);
      return state.outputs;
    default:
      return unreachable(input);
  }
}

function takeEvent(state: PipelineState, event: AccessEvent): readonly Output[] {
  const { counters } = state;
  const timeMs = event.timeMs;
  if (event.arrivalMs > 0 && timeMs > event.arrivalMs + MAX_AHEAD_MS) {
    counters.ahead++;
    return AHEAD;
  }
  if (timeMs < state.newestMs - MAX_LATE_MS) {
    counters.tooOld++;
    return TOO_OLD;
  }
  state.ids.touch(event.idLo, event.idHi);
  state.accountIndex.touch(event.accountLo, event.accountHi);
  if (event.hasPerson) {
    state.pairs.touch(event.personLo ^ event.accountLo, event.personHi ^ event.accountHi);
    state.persons.touch(event.personLo, event.personHi);
  }
  if (isDuplicate(state, event)) {
    counters.duplicates++;
    return DUPLICATE;
  }
  counters.events++;
  if (timeMs > state.newestMs) {
    state.newestMs = timeMs;
    advanceClock(state, timeMs);
  } else if (timeMs < state.newestMs) {
    counters.late++;
  }
  const minute = Math.floor(timeMs / 60_000);
  const day = Math.floor(minute / 1440);
  const account = accountRow(state, event, day);
  const row = channelRow(state, account, event, day);
  advanceRow(state, row, day, Math.floor(minute / 60), Math.floor(minute / 10));
  const newSource = noteSource(state, account, state.channels.group[row]!, event, minute);
  if (isLookup(event.action)) {
    counters.lookups++;
    const unusual = stepFirstExport(state, row, event, minute);
    const bulk = unusual || (event.action === ACTION_EXPORT && event.rows >= state.channels.quotaDay[row]!);
    if (takeLookup(state, row, event, minute, newSource) || unusual) assess(state, row, timeMs, minute, bulk);
  } else if (isFollowUp(event.action)) {
    counters.followUps++;
    takeFollowUp(state, account, event, minute);
  }
  return state.outputs.length > 0 ? state.outputs : NOTHING;
}

/** Ids are kept in two generations of 24 h, so each is remembered for 24 to 48 h of event time. */
function isDuplicate(state: PipelineState, event: AccessEvent): boolean {
  if (event.timeMs >= state.idsSinceMs + DUPLICATE_WINDOW_MS) {
    const skipped = event.timeMs >= state.idsSinceMs + 2 * DUPLICATE_WINDOW_MS;
    state.idsBefore = skipped ? new Table64(0, MAX_EVENT_IDS) : state.ids;
    state.ids = new Table64(0, MAX_EVENT_IDS);
    state.idsSinceMs = Math.floor(event.timeMs / DUPLICATE_WINDOW_MS) * DUPLICATE_WINDOW_MS;
  }
  if (state.idsBefore.size > 0 && state.idsBefore.find(event.idLo, event.idHi)) return true;
  return !state.ids.insert(event.idLo, event.idHi);
}

function takeControl(state: PipelineState, control: Control): void {
  const { accounts, accountIds } = state;
  const account = accountIds.indexOf(control.accountId);
  if (account < 0) return;
  if (control.control === 'verdict') {
    if (control.verdict === 'true') return;
    if (control.verdict === 'benign') accounts.graceMinute[account] = Math.floor(control.untilMs / 60_000);
  } else if (control.graceUntilMs !== undefined) {
    // What was learnt of a stolen account's last days would otherwise be held against its holder at once.
    const until = Math.floor(control.graceUntilMs / 60_000);
    accounts.graceMinute[account] = Math.max(accounts.graceMinute[account]!, until);
  }
  for (const channel of [0, CHANNEL_API]) {
    const row = accounts.channelRow[account * 2 + channel]! - 1;
    if (row < 0) continue;
    clearEvidence(state, row);
    endIncident(state, row);
    // What a person found honest may be learnt from: the account is like that.
    if (control.control === 'verdict') {
      trustDays(state, row);
      trustExport(state, row);
    }
  }
}
