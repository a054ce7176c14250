import { addRow } from '#libs/base/columns.ts';
import { groupOf } from '#libs/baseline/group.ts';
import { ACCOUNT_SCHEMA, CHANNEL_SCHEMA } from '#libs/baseline/schema.ts';
import { TRAIT_COUNT } from '#libs/baseline/traits.ts';
import { DORMANT_DAYS, DORMANT_HOURS, dormantNats, WATCHED_DAYS } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { applyScales, applyTraits } from './learn.ts';
import type { PipelineState } from './state.ts';

/** Row of the event's account, added where it is new; its attributes follow the log. */
export function accountRow(state: PipelineState, event: AccessEvent, day: number): number {
  const index = state.accountIndex;
  let row: number;
  if (index.insert(event.accountLo, event.accountHi)) {
    row = addRow(ACCOUNT_SCHEMA, state.accounts);
    index.slots[index.at] = row;
    const accounts = state.accounts;
    accounts.keyLo[row] = event.accountLo;
    accounts.keyHi[row] = event.accountHi;
    accounts.firstDay[row] = day;
    accounts.createdDay[row] = event.accountCreatedDay;
    state.accountIds.push(event.accountId);
    const existed = event.accountCreatedDay >= 0 && event.accountCreatedDay < state.firstDay;
    if (existed && day - state.firstDay >= WATCHED_DAYS) wake(state, row, event);
  } else {
    row = index.slots[index.at]!;
    if (day - state.accounts.lastDay[row]! >= DORMANT_DAYS) wake(state, row, event);
  }
  const accounts = state.accounts;
  accounts.accountClass[row] = event.accountClass;
  accounts.profession[row] = event.profession;
  if (event.orgLo !== 0 || event.orgHi !== 0) {
    accounts.orgLo[row] = event.orgLo;
    accounts.orgHi[row] = event.orgHi;
  }
  if (event.accountDepartment !== 0) accounts.department[row] = event.accountDepartment;
  if (day > accounts.lastDay[row]!) accounts.lastDay[row] = day;
  return row;
}

/** The account was silent for long. */
function wake(state: PipelineState, account: number, event: AccessEvent): void {
  const { accounts, groups } = state;
  const group = groupOf(event.accountClass, event.profession, event.channel);
  accounts.wokeMinute[account] = Math.floor(event.timeMs / 60_000);
  accounts.wokeNats[account] = dormantNats((groups.wakings[group]! + 1) / (groups.workedDays[group]! + 50));
  groups.wakings[group] = groups.wakings[group]! + 1;
}

/** Evidence of an account that woke from a long silence, nats; 0 when its first day is over. */
export function wokeNats(state: PipelineState, account: number, minute: number): number {
  const accounts = state.accounts;
  const since = minute - accounts.wokeMinute[account]!;
  return since >= 0 && since < DORMANT_HOURS * 60 ? accounts.wokeNats[account]! : 0;
}

/** Row of the account on the event's channel, added where it is new with its group's expectations. */
export function channelRow(state: PipelineState, account: number, event: AccessEvent, day: number): number {
  const known = state.accounts.channelRow[account * 2 + event.channel]!;
  if (known !== 0) return known - 1;
  const row = addRow(CHANNEL_SCHEMA, state.channels);
  state.accounts.channelRow[account * 2 + event.channel] = row + 1;
  const channels = state.channels;
  channels.account[row] = account;
  channels.channel[row] = event.channel;
  channels.group[row] = groupOf(event.accountClass, event.profession, event.channel);
  channels.day[row] = day;
  channels.hour[row] = Math.floor(event.timeMs / 3_600_000);
  channels.bin[row] = Math.floor(event.timeMs / 600_000);
  for (let t = 0; t < TRAIT_COUNT; t++) channels.traitN[row * TRAIT_COUNT + t] = 0;
  applyTraits(state, row);
  applyScales(state, row);
  return row;
}
