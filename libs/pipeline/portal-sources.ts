import { SOURCES } from '#libs/baseline/schema.ts';
import type { PipelineState } from './state.ts';

/**
 * Whether the whole portal's accounts come from somewhere new just now. A release that gives every browser another device id,
 * or a proxy put before the portal that hides all addresses, makes everybody's source new on one day: then that says nothing of
 * the account. An account speaks once a day, and of its device only from a network it has had: who steals fifty accounts comes
 * from networks of his own and must not excuse himself.
 */
export interface Voices {
  /** Accounts that spoke, and those of them whose device (network) was new; both fade as others speak and overnight. */
  spoke: number;
  fresh: number;
  /** Day of the latest (since the epoch, 16 bits). */
  day: number;
  /** Latest day (since the epoch, 16 bits) on which most of what was new was the portal's doing; 0 never. */
  changedDay: number;
}

export interface PortalSources {
  readonly device: Voices;
  readonly network: Voices;
}

export const noPortalSources = (): PortalSources => ({
  device: { spoke: 0, fresh: 0, day: 0, changedDay: 0 },
  network: { spoke: 0, fresh: 0, day: 0, changedDay: 0 },
});

const KEPT = 1 - 1 / 25;
const KEPT_OVERNIGHT = 0.5;
const MIN_VOICES = 10;
/** Eight of the last twenty-five: on ordinary days one or two in a hundred come from somewhere new. */
const MANY = 0.3;
/** Where the log shows no device nothing tells a thief's network from a proxy's: it takes most of the portal. */
const MOST = 0.5;
/** A practice's other machines, and those who work twice a week, find out later. */
const STRAGGLERS_DAYS = 14;
/** The same where device and network are both new, as a nurse's on the road are each day: a thief's are, too. */
const ON_THE_ROAD_DAYS = 2;

/** What one event shows of its source. */
export interface SourceSeen {
  readonly hasNetwork: boolean;
  readonly hasDevice: boolean;
  readonly newNetwork: boolean;
  readonly newDevice: boolean;
}

/** Counts an account's source of today, as it was or new: whoever has met the change has nothing more to say. @param day 16 bits */
export function notePortalSource(state: PipelineState, account: number, seen: SourceSeen, day: number): void {
  const { accounts, portalSources } = state;
  if (accounts.freshVoiceDay[account] === day) return;
  const { hasNetwork, hasDevice, newNetwork, newDevice } = seen;
  const voice = newNetwork || newDevice ? accounts.freshVoiceDay : accounts.voiceDay;
  if (voice[account] === day) return;
  voice[account] = day;
  if (isOnTheRoad(state, account, day)) return;
  if (hasDevice && hasNetwork && !newNetwork) speak(portalSources.device, newDevice, MANY, day);
  if (hasNetwork && !newDevice) speak(portalSources.network, newNetwork, hasDevice ? MANY : MOST, day);
}

/** A nurse has another network every other day: at six in the morning hers are all there is, and say nothing of the portal. */
function isOnTheRoad({ accounts }: PipelineState, account: number, day: number): boolean {
  let networks = 0;
  for (let i = account * SOURCES; i < (account + 1) * SOURCES; i++) {
    const met = accounts.networkDay[i]!;
    if (met !== 0 && ((day - met) & 0xffff) <= STRAGGLERS_DAYS) networks++;
  }
  return networks >= NETWORKS_ON_THE_ROAD;
}
const NETWORKS_ON_THE_ROAD = 4;

function speak(voices: Voices, fresh: boolean, much: number, day: number): void {
  const days = (day - voices.day) & 0xffff;
  const isLate = days > 0x7fff;
  const kept = isLate ? KEPT : KEPT * KEPT_OVERNIGHT ** days;
  if (!isLate) voices.day = day;
  voices.spoke = voices.spoke * kept + 1;
  voices.fresh = voices.fresh * kept + (fresh ? 1 : 0);
  if (fresh && voices.spoke >= MIN_VOICES && voices.fresh >= much * voices.spoke) voices.changedDay = day;
}

/** Whether a device that is new to the account today is the portal's doing. */
export function isPortalsDevice({ portalSources }: PipelineState, newNetwork: boolean, day: number): boolean {
  return isSince(portalSources.device, day, newNetwork ? ON_THE_ROAD_DAYS : STRAGGLERS_DAYS);
}

/** The same of a network. */
export const isPortalsNetwork = ({ portalSources }: PipelineState, day: number): boolean =>
  isSince(portalSources.network, day, ON_THE_ROAD_DAYS);

const isSince = ({ changedDay }: Voices, day: number, days: number): boolean =>
  changedDay !== 0 && ((day - changedDay) & 0xffff) < days;
