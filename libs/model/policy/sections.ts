import type { Rung } from '#libs/model/alert.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { ResponsePolicy, RungBudget } from '#libs/model/response-policy.ts';
import type { Calibration } from './calibration.ts';
import type { EffectivePolicy } from './effective.ts';

/** From the words of the file to the plain data that detection and response read. */

export function detectionPolicy(
  policy: EffectivePolicy,
  thresholds: Readonly<Record<Rung, number>>,
  calibration: Calibration | undefined,
  digest: string,
): DetectionPolicy {
  const { hour, day, unfollowed_28d: unfollowed, prior_new_per_day: priorNewPerDay } = policy.quota;
  return {
    digest,
    thresholds,
    disabledStreams: policy.streams.disabled,
    honeytokens: policy.streams.honeytokens,
    quota: {
      hourFactor: hour.factor,
      hourOffset: hour.offset,
      dayFactor: day.factor,
      dayOffset: day.offset,
      unfollowedFactor: unfollowed.factor,
      unfollowedOffset: unfollowed.offset,
      priorNewPerDay,
    },
    tails: { ...policy.streams.tails, ...calibration?.tails },
    ...(calibration?.classes && { classTails: classTails(calibration.classes) }),
    followUpFrom: policy.follow_up.from,
    ...announcedAgain(policy.response.restriction_minutes),
  };
}

/** Half of the shortest restriction that ends by itself: room for late logs and slow answers before it does. */
function announcedAgain(
  restrictionMinutes: ResponsePolicy['restrictionMinutes'],
): Pick<DetectionPolicy, 'announceAgainMs'> {
  const temporary = Object.values(restrictionMinutes).filter((minutes) => minutes > 0);
  return temporary.length > 0 ? { announceAgainMs: Math.min(...temporary) * 60_000 * 0.5 } : {};
}

const classTails = (classes: NonNullable<Calibration['classes']>): DetectionPolicy['classTails'] =>
  Object.fromEntries(Object.entries(classes).map(([name, { tails }]) => [name, tails]));

const DAY_MS = 86_400_000;
/** A date alone protects to the end of that day, UTC. */
const endMs = (until: string): number => Date.parse(until) + (until.length === '2026-12-31'.length ? DAY_MS : 0);

export function responsePolicy(policy: EffectivePolicy): ResponsePolicy {
  const r = policy.response;
  const budget = (rung: keyof typeof r.budget): RungBudget => ({
    perTenMinutes: r.budget[rung].per_10_minutes,
    perHour: r.budget[rung].per_hour,
    perDay: r.budget[rung].per_day,
    professionShare: r.budget[rung].profession_share,
    professionFloor: r.budget[rung].profession_floor,
  });
  return {
    dryRun: r.dry_run,
    killSwitch: r.kill_switch,
    mode: r.mode,
    highestRung: r.highest_rung,
    budget: { step_up: budget('step_up'), throttle: budget('throttle'), suspend: budget('suspend') },
    breakerMinutes: r.breaker_minutes,
    restrictionMinutes: r.restriction_minutes,
    throttleNewPerHour: r.throttle_new_per_hour,
    autoWithinMinutes: r.auto_within_minutes,
    protectedAccounts: r.protected.map((p) => ({ account: p.account, reason: p.reason, untilMs: endMs(p.until) })),
  };
}
