import type { PipelineState } from './state.ts';

/**
 * Whether billing fails for part of the portal just now: a vendor's program is down, and everybody who uses it leaves
 * people without follow-up. Then one more account without follow-ups is likelier one of those than a thief, and its
 * evidence is worth no more than the share of such accounts leaves of it. One account is one vote an hour.
 */
const HALF_LIFE_HOURS = 6;
/** What is usual forgets a twentieth a day, and begins with one silent account in twenty. */
const USUAL_FADE = 0.95;
const PRIOR_SILENT = 2;
const PRIOR_JUDGED = 40;
/** Fewer judged cohorts than this say nothing of the portal. */
const MIN_COHORTS = 20;
/** Cohorts smaller than this, or of accounts that bill late anyway, have no vote. */
const MIN_PEOPLE = 3;
const MAX_P0 = 0.7;
/** Silent accounts beyond this many times the usual share are an outage. */
const USUAL_FACTOR = 2;

/** Silent and judged cohorts of the last hours (fading), of the day, and of the days before (fading). */
export interface PortalBilling {
  silent: number;
  judged: number;
  silentToday: number;
  judgedToday: number;
  usualSilent: number;
  usualJudged: number;
  hour: number;
}
export const noPortalBilling = (): PortalBilling => ({
  silent: 0,
  judged: 0,
  silentToday: 0,
  judgedToday: 0,
  usualSilent: 0,
  usualJudged: 0,
  hour: 0,
});

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
    portal.silent *= kept;
    portal.judged *= kept;
    if (Math.floor(hour / 24) > Math.floor(portal.hour / 24)) {
      portal.usualSilent = USUAL_FADE * portal.usualSilent + portal.silentToday;
      portal.usualJudged = USUAL_FADE * portal.usualJudged + portal.judgedToday;
      portal.silentToday = 0;
      portal.judgedToday = 0;
    }
    portal.hour = hour;
  }
  portal.judged++;
  portal.judgedToday++;
  if (followed > 0) return;
  portal.silent++;
  portal.silentToday++;
}

/** Share of accounts that an outage silences now, 0 to 1. */
export function outageShare(state: PipelineState): number {
  const { silent, judged, usualSilent, usualJudged } = state.portalBilling;
  const usual = (usualSilent + PRIOR_SILENT) / (usualJudged + PRIOR_JUDGED);
  return judged < MIN_COHORTS ? 0 : Math.max(0, silent / judged - USUAL_FACTOR * usual);
}

/** What no-follow-up may be worth at most, nats: -ln of that share. */
export function outageCeiling(state: PipelineState): number {
  const share = outageShare(state);
  return share === 0 ? Number.POSITIVE_INFINITY : -Math.log(share);
}
