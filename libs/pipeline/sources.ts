import { SOURCES } from '#libs/baseline/schema.ts';
import { NEW_SOURCE_DAYS, NEW_SOURCE_HOURS, newSourceNats } from '#libs/evidence/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { isFollowUp } from '#libs/model/codes.ts';
import { isPortalsDevice, isPortalsNetwork, notePortalSource } from './portal-sources.ts';
import { DEVICE, firstSight, NETWORK, ownFromNow } from './sightings.ts';
import { signalSource } from './signals.ts';
import type { PipelineState } from './state.ts';

/** A desk has ten machines: what a log shows in its first days is everybody's own. */
const OWN_DAYS = 4;

/** First day of a source among an account's last eight, or of all it ever had (`isNew`: it never had it). */
let isNew = false;
/** Where it stands among the last eight. */
let place = 0;
function remember(state: PipelineState, account: number, what: number, lo: number, hi: number, today: number): number {
  const accounts = state.accounts;
  const isNetwork = what === NETWORK;
  const hashes = isNetwork ? accounts.network : accounts.device;
  const days = isNetwork ? accounts.networkDay : accounts.deviceDay;
  const firsts = isNetwork ? accounts.networkFirst : accounts.deviceFirst;
  const hash = lo ^ hi;
  const day = today & 0xffff;
  const base = account * SOURCES;
  let oldest = base;
  let begins = true;
  isNew = false;
  for (let i = base; i < base + SOURCES; i++) {
    if (days[i] !== 0) begins = false;
    if (hashes[i] === hash && days[i] !== 0) {
      days[i] = day;
      place = i;
      return firsts[i]!;
    }
    if (days[i]! < days[oldest]!) oldest = i;
  }
  const first = firstSight(state, account, lo, hi, what, today, begins || today - state.firstDay < OWN_DAYS);
  hashes[oldest] = hash;
  days[oldest] = day;
  firsts[oldest] = first;
  place = oldest;
  isNew = first === day;
  return first;
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
  const today = Math.floor(minute / 1440);
  const day = today & 0xffff;
  const hasNetwork = event.networkLo !== 0 || event.networkHi !== 0;
  const hasDevice = event.deviceLo !== 0 || event.deviceHi !== 0;
  if (!hasNetwork && !hasDevice) return false;
  const same = sourceHash(event, today);
  if (accounts.lastSource[account] === same) return accounts.lastRecent[account] === 1;
  let recent = false;
  let newNetwork = false;
  let newDevice = false;
  if (hasNetwork) {
    const first = remember(state, account, NETWORK, event.networkLo, event.networkHi, today);
    newNetwork = isNew;
    recent = isRecent(first, day);
  }
  if (hasDevice) {
    const first = remember(state, account, DEVICE, event.deviceLo, event.deviceHi, today);
    newDevice = isNew;
    // Who holds the usual device is on a journey; the network decides only where the log shows no device.
    recent = isRecent(first, day);
  }
  notePortalSource(state, account, { hasNetwork, hasDevice, newNetwork, newDevice }, day);
  if (newDevice && isPortalsDevice(state, newNetwork, day)) {
    newDevice = false;
    if (!newNetwork) {
      ownFromNow(state, accounts.deviceFirst, place);
      recent = false;
    }
  }
  if (newNetwork && isPortalsNetwork(state, day)) {
    newNetwork = false;
    if (!hasDevice) {
      ownFromNow(state, accounts.networkFirst, place);
      recent = false;
    }
  }
  const told = tellSource(state, account, event, newNetwork, newDevice);
  // A new network with the usual device is a journey; a new device on the usual network is a purchase.
  const counts = newDevice || (newNetwork && !hasDevice);
  if (counts) {
    const groups = state.groups;
    // A day counts once: a thief who comes from another machine each time would make new ones usual for all of the profession.
    const isFirst = Math.floor(accounts.sourceMinute[account]! / 1440) !== today;
    if (isFirst) groups.sourceDays[group] = groups.sourceDays[group]! + 1;
    const rate = (groups.sourceDays[group]! + 1) / (groups.workedDays[group]! + 50);
    accounts.sourceMinute[account] = minute;
    accounts.sourceNats[account] = newSourceNats(rate, newDevice && newNetwork);
  }
  accounts.lastSource[account] = told ? same : 0;
  accounts.lastRecent[account] = recent ? 1 : 0;
  return recent;
}

/**
 * Tells of a new source, for campaigns. Bills go out in the evening from the road or by the program, and show nobody's file: a
 * source that begins with one is told of at its first other event. False while there is something to tell.
 */
function tellSource(
  state: PipelineState,
  account: number,
  event: AccessEvent,
  newNetwork: boolean,
  newDevice: boolean,
): boolean {
  const { untoldSource } = state.accounts;
  const fresh = (newNetwork ? NEW_NETWORK : 0) | (newDevice ? NEW_DEVICE : 0);
  if (fresh === 0 && untoldSource[account] === 0) return true;
  const hash = sourceHash(event, 0) & ~NEW_BITS;
  const isUntold = (untoldSource[account]! & ~NEW_BITS) === hash;
  if (isFollowUp(event.action)) {
    if (fresh !== 0) untoldSource[account] = hash | fresh;
    return fresh === 0 && !isUntold;
  }
  const tell = fresh | (isUntold ? untoldSource[account]! & NEW_BITS : 0);
  if (isUntold) untoldSource[account] = 0;
  if (tell !== 0) signalSource(state, account, event, (tell & NEW_NETWORK) !== 0, (tell & NEW_DEVICE) !== 0);
  return true;
}
const NEW_NETWORK = 1;
const NEW_DEVICE = 2;
const NEW_BITS = NEW_NETWORK | NEW_DEVICE;

/** Of network, device and day; never 0, which is no source at all. */
function sourceHash(event: AccessEvent, today: number): number {
  const network = event.networkLo ^ Math.imul(event.networkHi, 0x9e3779b1);
  const device = event.deviceLo ^ Math.imul(event.deviceHi, 0x85ebca6b);
  return (network ^ Math.imul(device, 0xc2b2ae35) ^ Math.imul(today, 0x27d4eb2f)) | 0 || 1;
}

const isRecent = (first: number, day: number): boolean => first !== 0 && ((day - first) & 0xffff) < NEW_SOURCE_DAYS;

/** Evidence of a source that is new now, nats; 0 when its first day is over. */
export function sourceNats(state: PipelineState, account: number, minute: number): number {
  const accounts = state.accounts;
  const since = minute - accounts.sourceMinute[account]!;
  return since >= 0 && since < NEW_SOURCE_HOURS * 60 ? accounts.sourceNats[account]! : 0;
}
