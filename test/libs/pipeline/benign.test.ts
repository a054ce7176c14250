import { expect, test } from 'vitest';
import type { Alert } from '#libs/model/alert.ts';
import { step } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY, theft } from './traffic.ts';

/** The honest explanation that an alert offers, and its figure. */

const START = MONDAY + 28 * DAY;
const OPEN = START + 9 * HOUR;

function alertsAfter(events: Parameters<typeof feed>[1]): Alert[] {
  const state = freshState();
  feed(state, honestDays(28, 8));
  return alertsOf([...feed(state, events), ...step(state, { kind: 'tick', timeMs: START + 20 * HOUR })]);
}

test('a list from everywhere: what comes nearest falls short when the account is first restricted', () => {
  const alerts = alertsAfter(theft(OPEN, 60, 60, 'list'));
  const first = alerts.find((alert) => alert.rung === 'step_up')!;
  expect(first.benign).toBeDefined();
  expect(first.benign!.fits).toBeLessThan(first.benign!.needed);
});

test('a list padded with known people: a re-check, and how many were known', () => {
  const known = honestDays(28, 8).filter((event) => event.timeMs < START - 14 * DAY);
  const padded = theft(OPEN, 20, 20, 'list').flatMap((event, i) => [
    event,
    ...[1, 2].map((k) =>
      Object.assign(eventOf({ time: event.timeMs + k * MINUTE, person: 1, device: 7 }), {
        personLo: known[i * 2 + k]!.personLo,
        personHi: known[i * 2 + k]!.personHi,
        idLo: hash32(i * 10 + k + 5),
      }),
    ),
  ]);
  const offered = alertsAfter(padded).map((alert) => alert.benign?.name);
  expect(offered).toContain('recheck');
});
