import { expect, test } from 'vitest';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { S_MISS, S_TERRITORY } from '#libs/model/streams.ts';
import { createState, ranking, step } from '#libs/pipeline/index.ts';
import { DAY_MS, MonthlyMaxima } from '#services/calibrate/monthly-maxima.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

test('months hold the highest score of each account, and the thief’s months its evidence', () => {
  const attack = parseAttack('stolen-list:profession=optician,days=5,people=200,start=30');
  if (!attack.ok) throw new Error(attack.error);
  const professions = { optician: 1, nurse: 1 };
  const simulation = createSimulation({ seed: 3, accounts: 24, days: 57, professions, attacks: [attack.value] });
  const state = createState({ policy: defaultPolicy().detection });
  const maxima = new MonthlyMaxima(state, 0);
  let suspendedMs = 0;
  for (const { event } of simulation.decoded()) {
    for (const output of step(state, event)) {
      if (output.kind !== 'alert' || output.alert.status === 'closed') continue;
      const { account, rung, timeMs, kind } = output.alert;
      maxima.noteRung(account.id, rung, timeMs, kind === 'quota_exceeded');
      if (rung === 'suspend') suspendedMs = timeMs;
    }
  }
  const months = maxima.all();
  const highest = new Map<string, number>();
  for (const m of months) highest.set(m.account, Math.max(highest.get(m.account) ?? 0, m.score));
  for (const { account, score } of ranking(state)) {
    // An account's channels share its months, and float32 keeps what is compared.
    expect(highest.get(account)).toBeGreaterThanOrEqual(score - 0.001);
  }
  expect(months.every((m) => m.suspendScore <= m.score)).toBe(true);
  expect(months.every((m) => m.streams.every((nats) => nats >= 0))).toBe(true);

  const [victim] = simulation.labels().attacks[0]!.accounts;
  const [before, during] = months.filter((m) => m.account === victim);
  expect(suspendedMs).toBeGreaterThan(maxima.span(1).fromMs);
  expect([before!.rungs & 0b1000, during!.rungs & 0b1000]).toEqual([0, 0b1000]);
  const evidence = (m: typeof during) => m!.streams[S_TERRITORY]! + m!.streams[S_MISS]!;
  expect(evidence(during)).toBeGreaterThan(evidence(before) + 5);

  // 57 days and no warm-up: two whole months, and a day of a third that doesn't count.
  const end = maxima.firstMs + 57 * DAY_MS - 1;
  expect(new Set(maxima.ended(end).map((m) => m.month))).toEqual(new Set([0, 1]));
  expect(new Set(months.map((m) => m.month))).toEqual(new Set([0, 1, 2]));
});
