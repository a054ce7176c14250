import { describe, expect, test } from 'vitest';
import type { Control } from '#libs/model/input.ts';
import { step } from '#libs/pipeline/index.ts';
import { afterDays, dayLimit, learntState, START, teach, theftOn } from './poisoning.ts';
import { alertsOf, DAY, eventOf, feed, HOUR } from './traffic.ts';

/**
 * What a thief can teach before he steals, one attack a guard: each test fails when its guard is taken out (figures in
 * comments are what the thief then gets). Figures are of practices with eight people a day, whose day's quota is about 55.
 */

const HONEST_QUOTA = 57;

describe('the lag', () => {
  test('what was done this week has taught nothing: four days of forged work raise no quota', () => {
    // An account that is young enough for its scale to move freely. Without the lag: 88 people a day.
    const young = () => learntState(21);
    const forged = teach({ days: 4, perDay: 40, where: 'home', billed: true });
    const before = dayLimit(afterDays(4, [], young()), 4);
    expect(before).toBeGreaterThan(40);
    expect(dayLimit(afterDays(4, forged, young()), 4)).toBeLessThanOrEqual(1.1 * before);
  });
});

describe('suspicion', () => {
  test('a theft that was told of and let go on teaches nothing, however long', () => {
    // Three weeks of sixty people a day, nobody acts, then three weeks of quiet. Without it: a quota of 136 and 62 people.
    const stolen = teach({ days: 19, perDay: 60, where: 'home' });
    const taught = afterDays(42, stolen);
    expect(taught.alerts.filter((alert) => alert.rung === 'throttle').length).toBeGreaterThan(5);
    expect(dayLimit(taught, 42)).toBeLessThanOrEqual(1.1 * HONEST_QUOTA);
    const clean = theftOn(afterDays(42), 42, { where: 'home', perHour: 20 });
    const again = theftOn(taught, 42, { where: 'home', perHour: 20 });
    expect(clean.reached('step_up')).toBeLessThan(100);
    expect(again.reached('step_up')).toBeLessThanOrEqual(1.1 * clean.reached('step_up'));
  });
});

describe('winsorising', () => {
  const cleared = (timeMs: number): Control => ({
    kind: 'control',
    control: 'verdict',
    timeMs,
    accountId: 'PS-1',
    alertId: 'a',
    verdict: 'false',
    reason: 'the thief himself was asked',
    untilMs: 0,
  });

  test('one enormous day that a person was talked into trusting does not become the scale', () => {
    // 3,000 people in a day of a young account, declared honest. Without it: a quota of 890 people a day.
    const day = afterDays(1, teach({ days: 1, perDay: 3000, where: 'home', billed: true }), learntState(21));
    step(day.state, cleared(START + DAY + 3 * HOUR));
    expect(dayLimit(afterDays(13, [], day.state, 1), 14)).toBeLessThan(1.5 * HONEST_QUOTA);
  });

  test('nor the rule of how many people are billed', () => {
    // 3,000 people of whom nobody was billed, declared honest. Five weeks later a theft meets the rule of before; without it
    // the second factor is asked for after 43 people in place of 22, and a list is suspended after 42 in place of 15.
    const day = afterDays(1, teach({ days: 1, perDay: 3000, where: 'home' }));
    step(day.state, cleared(START + DAY + 3 * HOUR));
    const later = afterDays(33, [], day.state, 1);
    expect(theftOn(later, 34, { where: 'home', perHour: 20 }).reached('step_up')).toBeLessThan(32);
    expect(theftOn(later, 34, { where: 'france', perHour: 20 }).reached('suspend')).toBeLessThan(28);
  });
});

describe('capped growth', () => {
  test('a practice that grows by six per cent a day, all of it forged, takes its quota up threefold at most', () => {
    // In six weeks the forger is at 90 people a day; what is learnt is a week old. Without the cap: a quota of 196.
    const taught = afterDays(42, teach({ days: 42, perDay: (day) => 8 * 1.06 ** day, where: 'home', billed: true }));
    expect(dayLimit(taught, 42)).toBeLessThan(HONEST_QUOTA * 1.03 ** 35);
  });
});

describe('forged follow-ups', () => {
  test('refund no more people a day than the quota: a list that is billed person by person is suspended all the same', () => {
    // From another device, 300 a day. Without the bound: 137 people.
    const forged = teach({ days: 1, perDay: 300, where: 'france', billed: true, device: 7 });
    const stop = afterDays(1, forged).alerts.find((alert) => alert.rung === 'suspend');
    expect(stop).toBeDefined();
    expect(stop!.exposed).toBeLessThan(110);
  });

  test('before the look-up whitewash nobody: people billed first and looked up an hour later are new', () => {
    // Without it: nothing is said at all.
    const list = Array.from({ length: 60 }, (_, i) => ({ person: 700_000_000 + i, department: 1 + ((i * 37) % 95) }));
    const bills = list.map((who, i) =>
      eventOf({ ...who, time: START + 9 * HOUR + i * 5000, action: 'claim', device: 7 }),
    );
    const looks = list.map((who, i) => eventOf({ ...who, time: START + 10 * HOUR + i * 60_000, device: 7 }));
    const alerts = alertsOf(feed(learntState(), [...bills, ...looks]));
    expect(alerts.find((alert) => alert.rung === 'suspend')!.exposed).toBeLessThan(30);
  });
});

describe('an open incident', () => {
  test('teaches no territory, though its people are billed', () => {
    // Four weeks of 200 people a day from everywhere, forged, under alert. Without it: 20 people, and 143 until a suspension.
    const forged = teach({ days: 26, perDay: 200, where: 'france', billed: true });
    const taught = afterDays(35, forged);
    expect(taught.alerts.length).toBeGreaterThan(5);
    const list = theftOn(taught, 35, { where: 'france', perHour: 20 });
    expect(list.reached('step_up')).toBeLessThan(15);
    expect(list.reached('suspend')).toBeLessThan(40);
  });
});

describe('the long run', () => {
  test('is what a scale is held to: five in a hundred more a day, billed, do not make their own quota', () => {
    // Eight weeks of people from next door, each billed. Without it: a quota of 156 people a day.
    const drift = teach({ days: 56, perDay: (d) => 4 * 1.05 ** d, where: 'home', billed: true });
    expect(dayLimit(afterDays(56, drift), 56)).toBeLessThan(1.6 * HONEST_QUOTA);
  });
});

describe('look-ups that wait for their follow-up', () => {
  // People from a fifth of the country, as a list of certain insurers may have them.
  const fifth = [3, 7, 9, 13, 16, 21, 25, 29, 34, 38, 44, 49, 51, 57, 60, 62, 66, 73, 80, 85];

  test('teach no territory: a thief who comes for eight people a day prepares nothing for the list that follows', () => {
    // Without it the second factor is asked for after 44 people, and the list is taken whole.
    const taught = afterDays(28, teach({ days: 26, perDay: 8, where: fifth }));
    expect(taught.alerts.some((alert) => alert.account.id === 'PS-1')).toBe(true);
    const list = theftOn(taught, 28, { where: fifth, perHour: 20 });
    expect(list.reached('step_up')).toBeLessThan(30);
    // Strangers must be half of a suspension: without that it came after 290.
    expect(list.reached('suspend')).toBeLessThan(450);
  });
});
