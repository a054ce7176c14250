import type { PipelineState } from './state.ts';

/**
 * Whether billing fails for part of the portal just now: a vendor's program is down, and everybody who uses it leaves
 * people without follow-up. Then one more account without follow-ups is likelier one of those than a thief, and its
 * evidence is worth no more than the share of such accounts leaves of it. One account is one vote an hour.
 */
const HALF_LIFE_HOURS = 6;
const USUAL_HALF_LIFE_HOURS = 14 * 24;
/** Fewer judged cohorts than this say nothing of the portal. */
const MIN_COHORTS = 20;
/** Cohorts smaller than this, or of accounts that bill late anyway, have no vote. */
const MIN_PEOPLE = 3;
const MAX_P0 = 0.7;
/** Silent accounts beyond this many times the usual share are an outage. */
const USUAL_FACTOR = 2;

/** Silent and judged cohorts of late and usually, fading. */
export interface PortalBilling {
  silent: number;
  judged: number;
  usualSilent: number;
  usualJudged: number;
  hour: number;
}

/** Notes a judged hour cohort. @param p0 the account's own probability that a person stays without follow-up */
export function notePortalBilling(
  state: PipelineState,
  hour: number,
  found: number,
  followed: number,
  p0: number,
): void {
  if (found < MIN_PEOPLE || p0 > MAX_P0) return;
  const portal = state.portalBilling;
  if (hour > portal.hour) {
    const kept = 0.5 ** ((hour - portal.hour) / HALF_LIFE_HOURS);
    const usual = 0.5 ** ((hour - portal.hour) / USUAL_HALF_LIFE_HOURS);
    portal.silent *= kept;
    portal.judged *= kept;
    portal.usualSilent *= usual;
    portal.usualJudged *= usual;
    portal.hour = hour;
  }
  const silent = followed === 0 ? 1 : 0;
  portal.silent += silent;
  portal.judged++;
  portal.usualSilent += silent;
  portal.usualJudged++;
}

/** Share of accounts that an outage silences now, 0 to 1. */
export function outageShare(state: PipelineState): number {
  const { silent, judged, usualSilent, usualJudged } = state.portalBilling;
  return judged < MIN_COHORTS ? 0 : Math.max(0, silent / judged - (USUAL_FACTOR * usualSilent) / usualJudged);
}

/** What no-follow-up may be worth at most, nats: -ln of that share. */
export function outageCeiling(state: PipelineState): number {
  const share = outageShare(state);
  return share === 0 ? Number.POSITIVE_INFINITY : -Math.log(share);
}
