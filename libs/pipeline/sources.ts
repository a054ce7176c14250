import { SOURCES } from '#libs/baseline/schema.ts';
import { NEW_SOURCE_HOURS, newSourceNats } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { PipelineState } from './state.ts';

/** Whether a hash is among an account's last eight; remembers it either way, in place of the one unused for longest. */
function remember(hashes: Int32Array, days: Uint16Array, account: number, hash: number, day: number): boolean {
  const base = account * SOURCES;
  let oldest = base;
  for (let i = base; i < base + SOURCES; i++) {
    if (hashes[i] === hash && days[i] !== 0) {
      days[i] = day;
      return true;
    }
    if (days[i]! < days[oldest]!) oldest = i;
  }
  hashes[oldest] = hash;
  days[oldest] = day;
  return false;
}

/** Updates what networks and devices the account uses; a source that is new in all the log shows of it starts its clock. */
export function noteSource(
  state: PipelineState,
  account: number,
  group: number,
  event: AccessEvent,
  minute: number,
): void {
  const accounts = state.accounts;
  const day = Math.floor(minute / 1440) & 0xffff;
  const hasNetwork = event.networkLo !== 0 || event.networkHi !== 0;
  const hasDevice = event.deviceLo !== 0 || event.deviceHi !== 0;
  if (!hasNetwork && !hasDevice) return;
  const base = account * SOURCES;
  const hadNetwork = accounts.networkDay[base]! !== 0;
  const hadDevice = accounts.deviceDay[base]! !== 0;
  const newNetwork =
    hasNetwork &&
    !remember(accounts.network, accounts.networkDay, account, event.networkLo ^ event.networkHi, day) &&
    hadNetwork;
  const newDevice =
    hasDevice &&
    !remember(accounts.device, accounts.deviceDay, account, event.deviceLo ^ event.deviceHi, day) &&
    hadDevice;
  if (!newNetwork && !newDevice) return;
  // A new network with the usual device is a journey; a new device on the usual network is a purchase.
  const both = newNetwork && newDevice;
  if (newNetwork && !newDevice && hasDevice) return;
  const groups = state.groups;
  groups.sourceDays[group] = groups.sourceDays[group]! + 1;
  const rate = (groups.sourceDays[group]! + 1) / (groups.workedDays[group]! + 50);
  accounts.sourceMinute[account] = minute;
  accounts.sourceNats[account] = newSourceNats(rate, both);
}

/** Evidence of a source that is new now, nats; 0 when its first day is over. */
export function sourceNats(state: PipelineState, account: number, minute: number): number {
  const accounts = state.accounts;
  const since = minute - accounts.sourceMinute[account]!;
  return since >= 0 && since < NEW_SOURCE_HOURS * 60 ? accounts.sourceNats[account]! : 0;
}
