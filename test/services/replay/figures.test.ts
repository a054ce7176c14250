import { expect, test } from 'vitest';
import { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_EXPORT, ACTION_PEC, ACTION_RIGHTS, OUTCOME_FOUND, OUTCOME_NOT_FOUND } from '#libs/model/codes.ts';
import { AccountsSeen } from '#services/replay/accounts-seen.ts';
import { AttackExposures } from '#services/replay/attack-exposure.ts';
import { upperBound } from '#services/replay/binomial-bound.ts';
import { honestCost } from '#services/replay/honest-accounts.ts';
import { restrictedDays } from '#services/replay/restricted-days.ts';

const DAY = 86_400_000;

function eventOf(account: string, timeMs: number, person = 0, change: Partial<AccessEvent> = {}): AccessEvent {
  const hash = [...account].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 0x01000193), 0x811c9dc5);
  return Object.assign(new AccessEvent(), {
    timeMs,
    accountId: account,
    accountLo: hash,
    accountHi: 7,
    action: ACTION_RIGHTS,
    outcome: OUTCOME_FOUND,
    hasPerson: person > 0,
    personLo: Math.imul(person, 0x9e3779b1),
    personHi: person,
    ...change,
  });
}

test('upper bounds are those of Clopper and Pearson', () => {
  // No event in n: 1 - 0.05^(1/n), the rule of three. 3 in 100: the upper end of R's binom.test at 90 %, 0.0757.
  expect(upperBound(0, 30_000)).toBeCloseTo(1 - 0.05 ** (1 / 30_000), 9);
  expect(upperBound(0, 30_000) * 30_000).toBeCloseTo(3, 2);
  expect(upperBound(3, 100)).toBeCloseTo(0.07571, 5);
  expect(upperBound(10, 10)).toBe(1);
  expect(upperBound(0, 0.4)).toBe(1);
  // Thousands of trials do not underflow.
  expect(upperBound(500, 100_000)).toBeGreaterThan(0.005);
  expect(upperBound(500, 100_000)).toBeLessThan(0.0055);
});

const ATTACK = { id: 'a1', kind: 'sweep', accounts: ['PS-1', 'PS-2'], startMs: 1000, endMs: 5000 };

test('exposure counts different people until each account reaches each rung, the deciding look-up included', () => {
  const exposures = new AttackExposures([ATTACK]);
  const look = (account: string, timeMs: number, person: number, change?: Partial<AccessEvent>, refused = false) =>
    exposures.takeEvent(eventOf(account, timeMs, person, change), refused);
  look('PS-1', 999, 1); // before the attack
  look('PS-3', 2000, 1); // another account
  look('PS-1', 2000, 2);
  look('PS-1', 2001, 2); // again
  look('PS-1', 2002, 3, { outcome: OUTCOME_NOT_FOUND });
  look('PS-1', 2003, 3, { action: ACTION_PEC });
  look('PS-1', 2004, 4);
  exposures.takeRung('PS-1', 'step_up', 2004);
  look('PS-1', 2005, 5);
  look('PS-2', 2006, 4);
  look('PS-2', 2007, 6);
  exposures.takeRung('PS-1', 'suspend', 2008);
  look('PS-1', 2009, 7, {}, true);
  look('PS-2', 5000, 8);
  look('PS-2', 5001, 9);
  const [result] = exposures.results();
  // PS-2 never reached any rung: all it was shown counts everywhere. Who is suspended is past throttle, too.
  expect(result.before).toEqual({ alert: 4, step_up: 4, throttle: 5, suspend: 5 });
  expect(result).toMatchObject({
    ifNobodyActed: 6,
    contained: 5,
    firstMs: { alert: 2004, step_up: 2004, suspend: 2008 },
    accounts: { alert: 1, step_up: 1, throttle: 1, suspend: 1 },
  });
});

test('an answer that names nobody counts its rows, each time, whether exported or searched', () => {
  const exposures = new AttackExposures([ATTACK]);
  const take = (timeMs: number, change: Partial<AccessEvent>) =>
    exposures.takeEvent(eventOf('PS-1', timeMs, 1, { hasPerson: false, ...change }), false);
  take(2000, { action: ACTION_EXPORT, rows: 100_000 });
  take(2001, { action: ACTION_EXPORT, rows: 500, outcome: OUTCOME_NOT_FOUND });
  exposures.takeRung('PS-1', 'throttle', 2001);
  take(2002, { action: ACTION_EXPORT, rows: 500 });
  take(2003, { action: ACTION_EXPORT });
  take(2004, { rows: 20 });
  const [result] = exposures.results();
  expect(result).toMatchObject({ before: { throttle: 100_000, suspend: 100_521 }, ifNobodyActed: 100_521 });
});

test('a rung reached before the attack began does not end its exposure', () => {
  const exposures = new AttackExposures([ATTACK]);
  exposures.takeRung('PS-1', 'suspend', 500);
  exposures.takeEvent(eventOf('PS-1', 2000, 1), false);
  expect(exposures.results()[0].before.suspend).toBe(1);
});

test('honest cost: account-months disturbed, whatever the number of alerts, attacked accounts left out', () => {
  const seen = new AccountsSeen();
  for (const account of ['A', 'B', 'victim']) {
    seen.see(eventOf(account, DAY));
    seen.see(eventOf(account, 61 * DAY));
  }
  const at = (accountId: string, day: number, rung: 'alert' | 'suspend' = 'alert') => ({
    accountId,
    rung,
    timeMs: day * DAY,
  });
  const cost = honestCost(
    seen,
    [at('A', 3), at('A', 4), at('A', 40), at('B', 10, 'suspend'), at('victim', 5, 'suspend')],
    [],
    [{ account: 'A', kind: 'recheck', fromMs: 3 * DAY, toMs: 5 * DAY }],
    (id) => id !== 'victim',
    DAY,
    61 * DAY,
  );
  expect(cost).toMatchObject({ accounts: 2, accountMonths: 4 });
  expect(cost.rungs.alert).toMatchObject({
    accounts: 1,
    accountMonths: 2,
    per10000: 5000,
    byHardCase: [
      { kind: 'none', accountMonths: 1 },
      { kind: 'recheck', accountMonths: 1 },
    ],
  });
  expect(cost.rungs.suspend.accountMonths).toBe(1);
  expect(cost.rungs.suspend.bound95Per10000).toBeCloseTo(upperBound(1, 4) * 10_000, 6);

  const later = honestCost(seen, [at('A', 3), at('A', 40)], [], [], (id) => id !== 'victim', 31 * DAY, 61 * DAY);
  expect(later).toMatchObject({
    accounts: 2,
    accountMonths: 2,
    rungs: { alert: { accountMonths: 1, per10000: 5000 } },
  });
});

test('restricted days: overlaps count once, renewals add up, and what only a person ends lasts to the end of the log', () => {
  const planned = (
    accountId: string,
    rung: 'step_up' | 'throttle' | 'suspend',
    fromDay: number,
    days: number,
    decision: 'act' | 'await_approval' | 'drop' = 'act',
  ) => ({
    accountId,
    rung,
    decision,
    timeMs: fromDay * DAY,
    untilMs: days === 0 ? 0 : (fromDay + days) * DAY,
  });
  const days = restrictedDays(
    [
      planned('A', 'throttle', 13, 1),
      planned('A', 'throttle', 12, 1),
      planned('A', 'throttle', 12.5, 1),
      planned('B', 'throttle', 9.5, 1),
      planned('B', 'throttle', 29.5, 1),
      planned('B', 'throttle', 15, 1, 'drop'),
      planned('victim', 'throttle', 12, 10),
      planned('A', 'step_up', 20, 7),
      planned('C', 'step_up', 20, 7, 'await_approval'),
      planned('A', 'suspend', 26, 0),
    ],
    (id) => id !== 'victim',
    10 * DAY,
    30 * DAY,
  );
  expect(days).toEqual({ step_up: 14, throttle: 3, suspend: 4 });
});
