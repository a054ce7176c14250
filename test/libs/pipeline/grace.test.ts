import { expect, test } from 'vitest';
import type { Control } from '#libs/model/input.ts';
import { step } from '#libs/pipeline/index.ts';
import { alertsOf, DAY, feed, freshState, HOUR, honestDays, MONDAY, theft } from './traffic.ts';

const backAt = MONDAY + 28 * DAY + 9 * HOUR;

/** Kinds of alerts in a list theft of 200 people, one hour after the account was given back. */
function kindsAfterReenable(grace: Partial<Control & { control: 'reenable' }>): string[] {
  const state = freshState();
  feed(state, honestDays(28, 12));
  step(state, {
    kind: 'control',
    control: 'reenable',
    timeMs: backAt,
    accountId: 'PS-1',
    reason: 'holder confirmed',
    ...grace,
  });
  return alertsOf(feed(state, theft(backAt + HOUR, 200, 100, 'list'))).map((alert) => alert.kind);
}

test('in the grace window of a re-enable the score is silent and the quotas hold; after it the score speaks again', () => {
  expect(kindsAfterReenable({})).toContain('mass_enumeration');
  expect(kindsAfterReenable({ graceUntilMs: backAt + HOUR })).toContain('mass_enumeration');
  const within = new Set(kindsAfterReenable({ graceUntilMs: backAt + DAY }));
  expect([...within]).toEqual(['quota_exceeded']);
});
