import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import type { Score } from '#libs/decide/index.ts';
import { MIN_RECHECK_SHARE, recheckFit, SWITCH_EXPLAINS } from '#libs/decide/index.ts';
import { FORECASTERS } from '#libs/evidence/index.ts';
import type { BenignExplanation } from '#libs/model/alert.ts';
import {
  S_FOLLOW_1D,
  S_FOLLOW_3H,
  S_FOLLOW_9D,
  S_FOLLOW_30M,
  S_MISS,
  S_MISS_SOURCE,
  S_RATE,
  S_TERRITORY,
  S_TERRITORY_SOURCE,
  S_UNSEEN,
} from '#libs/model/streams.ts';
import { outageShare } from './portal-billing.ts';
import { migrationShare, raisedShare } from './portal-insurers.ts';
import { portalMissShare } from './portal-misses.ts';
import { expectedKnown } from './rows.ts';
import { slotOfHour } from './slots.ts';
import type { PipelineState } from './state.ts';

/**
 * The honest explanation that comes closest to what an alert shows, and how far it falls short: what an analyst asks first.
 * Each is one that the detector really weighs against theft; here its own figure is read off.
 */
export function bestBenign(
  state: PipelineState,
  row: number,
  score: Score,
  minute: number,
): BenignExplanation | undefined {
  const { channels } = state;
  const { worth } = score;
  const candidates: BenignExplanation[] = [];
  const offer = (name: BenignExplanation['name'], fits: number, needed: number) =>
    candidates.push({ name, fits: thousandths(fits), needed });

  const hour = Math.floor(minute / 60);
  const known = channels.hourKnown[slotOfHour(row, hour)]!;
  const fresh = channels.hourNew[slotOfHour(row, hour)]!;
  if (known > 0) offer('recheck', recheckFit(known, fresh, expectedKnown(state, row, hour)), MIN_RECHECK_SHARE);
  if (worth[S_TERRITORY]! + worth[S_TERRITORY_SOURCE]! > 0) {
    const weights = row * FORECASTERS;
    // A forecast that has the say and leaves evidence all the same is the least bad one, no explanation.
    const moved = channels.forecasters[weights + 2]!;
    if (moved < MOST) offer('moved', moved, MOST);
    const ageGroup = channels.forecasters[weights + 3]!;
    if (ageGroup < MOST) offer('age_group', ageGroup, MOST);
    const stream = row * STREAM_ROOM + (worth[S_TERRITORY]! > 0 ? S_TERRITORY : S_TERRITORY_SOURCE);
    const outside = channels.observed[stream]! / Math.max(1, channels.of[stream]!);
    if (outside > 0) offer('visitors', channels.visitors[row]!, thousandths(outside));
  }
  const unfollowed = Math.max(...FOLLOW_UPS.map((s) => worth[s]!));
  if (unfollowed > 0) {
    const switched = SWITCH_EXPLAINS * channels.switchNats[row]!;
    offer('billed_elsewhere', switched / (switched + unfollowed), MOST);
    offer('billing_outage', outageShare(state), MOST);
    offer('insurer_migration', migrationShare(state, row, minute) * raisedShare(state, row), MOST);
  }
  if (worth[S_MISS]! + worth[S_MISS_SOURCE]! > 0) offer('portal_trouble', portalMissShare(state), MOST);
  // Numbers alone are what a busy day looks like: its share is that of the evidence which only counts people.
  const who = worth.reduce((sum, nats) => sum + nats, 0);
  if (who > 0) offer('busy_day', (worth[S_RATE]! + worth[S_UNSEEN]!) / who, 1);
  candidates.sort((a, b) => b.fits / b.needed - a.fits / a.needed || (a.name < b.name ? -1 : 1));
  const best = candidates[0];
  return best !== undefined && best.fits >= NEAR * best.needed ? best : undefined;
}

const FOLLOW_UPS = [S_FOLLOW_30M, S_FOLLOW_3H, S_FOLLOW_1D, S_FOLLOW_9D] as const;
/** Below this share of what it takes, no explanation is worth an analyst's time. */
const NEAR = 0.05;
/** An explanation that has more than half of the say holds. */
const MOST = 0.5;
const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
