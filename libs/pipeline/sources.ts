import { SOURCES } from '#libs/baseline/schema.ts';
import { NEW_SOURCE_DAYS, NEW_SOURCE_HOURS, newSourceNats } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { signalSource } from './signals.ts';
import type { PipelineState } from './state.ts';

/** Slot of a hash among an account's last eight; it takes the place of the one unused for longest where it is new (`isNew`). */
let isNew = false;
function remember(
  hashes: Int32Array,
  days: Uint16Array,
  firsts: Uint16Array,
  account: number,
  hash: number,
  day: number,
): number {
  const base = account * SOURCES;
  let oldest = base;
  isNew = false;
  for (let i = base; i < base + SOURCES; i++) {
    if (hashes[i] === hash && days[i] !== 0) {
      days[i] = day;
      return i;
    }
    if (days[i]! < days[oldest]!) oldest = i;
  }
  // What an account begins with is its own, not new.
  const begins = days.subarray(base, base + SOURCES).every((d) => d === 0);
  hashes[oldest] = hash;
  days[oldest] = day;
  firsts[oldest] = begins ? 0 : day;
  isNew = !begins;
  return oldest;
}

/**
 * Updates what networks and devices the account uses; a source that is new in all the log shows of it starts its clock.
 * @returns whether this event comes from a source first seen within the last week
 */
export function noteSource(
  state: PipelineState,
  account: number,
  group: number,
  event: AccessEvent,
  minute: number,
): boolean {
  const accounts = state.accounts;
  const day = Math.floor(minute / 1440) & 0xffff;
  const hasNetwork = event.networkLo !== 0 || event.networkHi !== 0;
  const hasDevice = event.deviceLo !== 0 || event.deviceHi !== 0;
  if (!hasNetwork && !hasDevice) return false;
  let recent = false;
  let newNetwork = false;
  let newDevice = false;
  if (hasNetwork) {
    const at = remember(
      accounts.network,
      accounts.networkDay,
      accounts.networkFirst,
      account,
      event.networkLo ^ event.networkHi,
      day,
    );
    newNetwork = isNew;
    recent = isRecent(accounts.networkFirst[at]!, day);
  }
  if (hasDevice) {
    const at = remember(
      accounts.device,
      accounts.deviceDay,
      accounts.deviceFirst,
      account,
      event.deviceLo ^ event.deviceHi,
      day,
    );
    newDevice = isNew;
    // Who holds the usual device is on a journey; the network decides only where the log shows no device.
    recent = isRecent(accounts.deviceFirst[at]!, day);
  }
  if (newNetwork || newDevice) signalSource(state, account, event, newNetwork, newDevice, Math.floor(minute / 1440));
  // A new network with the usual device is a journey; a new device on the usual network is a purchase.
  const counts = newDevice || (newNetwork && !hasDevice);
  if (counts) {
    const groups = state.groups;
    groups.sourceDays[group] = groups.sourceDays[group]! + 1;
    const rate = (groups.sourceDays[group]! + 1) / (groups.workedDays[group]! + 50);
    accounts.sourceMinute[account] = minute;
    accounts.sourceNats[account] = newSourceNats(rate, newDevice && newNetwork);
  }
  return recent;
}

const isRecent = (first: number, day: number): boolean => first !== 0 && ((day - first) & 0xffff) < NEW_SOURCE_DAYS;

/** Evidence of a source that is new now, nats; 0 when its first day is over. */
export function sourceNats(state: PipelineState, account: number, minute: number): number {
  const accounts = state.accounts;
  const since = minute - accounts.sourceMinute[account]!;
  return since >= 0 && since < NEW_SOURCE_HOURS * 60 ? accounts.sourceNats[account]! : 0;
}
