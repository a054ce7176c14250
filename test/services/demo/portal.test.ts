import { beforeEach, expect, test } from 'vitest';
import { createPortalGate } from '#libs/adapters/local-register/gate.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';
import { Portal } from '#services/demo/portal.ts';
import type { Delivery } from '#services/simulate/simulation.ts';

const HOUR_MS = 3_600_000;
const WHY = { actionId: 'x', actor: 'test', reason: 'test', atMs: 0 };

let register: LocalRegister;
let restrictions: RestrictionList;
let portal: Portal;
beforeEach(() => {
  register = new LocalRegister(':memory:');
  const about = { class: 'professional', profession: 'optician', department: '69' } as const;
  register.enter([
    { ...about, id: 'with', hasSecondFactor: true },
    { ...about, id: 'without', hasSecondFactor: false },
  ]);
  restrictions = createRestrictionList();
  portal = new Portal(register, createPortalGate(register, restrictions));
});

function request(account: string, nir: string | undefined, atMs = 0, session = 's1', outcome = 'found'): Delivery {
  const line = JSON.stringify({
    account: { id: account },
    session,
    outcome,
    ...(nir === undefined ? {} : { beneficiary: { nir } }),
  });
  return { line, arrivalMs: atMs, timeMs: atMs, accountId: account, attackId: undefined };
}
const restrict = (restriction: 'throttle' | 'suspended', newPerHour = 0) =>
  restrictions.put({ accountId: 'with', restriction, untilMs: 0, newPerHour, sinceMs: 0, actionId: 'x', seq: 1 });

test('a request opens a session and shows a person, who is new once', () => {
  expect(portal.handle(request('with', 'A'))).toEqual({ refused: undefined, shownNewPerson: 'A' });
  expect(portal.handle(request('with', 'A', 1))).toEqual({ refused: undefined, shownNewPerson: undefined });
  expect(register.get('with')?.sessions).toBe(1);
});

test('a look-up that finds nobody shows nobody', () => {
  expect(portal.handle(request('with', 'A', 0, 's1', 'not_found')).shownNewPerson).toBeUndefined();
  expect(portal.handle(request('with', 'A', 1)).shownNewPerson).toBe('A');
});

test('a disabled account is refused, and cannot sign in again', () => {
  portal.handle(request('with', 'A'));
  register.change('with', 'disabled', WHY);
  register.change('with', 'sessions_ended', WHY);
  expect(portal.handle(request('with', 'B', 1)).refused).toBe('disabled');
  expect(register.get('with')?.sessions).toBe(0);
});

test('who has a second factor passes a step-up, who has none does not', () => {
  for (const id of ['with', 'without']) {
    portal.handle(request(id, 'A'));
    register.change(id, 'step_up_required', WHY);
    register.change(id, 'sessions_ended', WHY);
  }
  expect(portal.handle(request('with', 'B', 1)).refused).toBeUndefined();
  expect(portal.handle(request('without', 'B', 1)).refused).toBe('session_ended');
});

test('a throttled account keeps whom it knows, from the history too, and gets its few new ones', () => {
  portal.remember(request('with', 'K').line);
  portal.handle(request('with', 'A'));
  restrict('throttle', 1);
  expect(portal.handle(request('with', 'B', 1)).refused).toBeUndefined();
  expect(portal.handle(request('with', 'C', 2)).refused).toBe('throttled');
  expect(portal.handle(request('with', 'K', 3)).refused).toBeUndefined();
  expect(portal.handle(request('with', 'A', 4)).refused).toBeUndefined();
  expect(portal.handle(request('with', undefined, 5)).refused).toBeUndefined();
  // Refused is not shown: C is still new an hour later.
  expect(portal.handle(request('with', 'C', 2 * HOUR_MS))).toEqual({ refused: undefined, shownNewPerson: 'C' });
});

test('the restriction list alone refuses, before the account itself is disabled', () => {
  portal.handle(request('with', 'A'));
  restrict('suspended');
  expect(portal.handle(request('with', 'A', 1)).refused).toBe('suspended');
});

test('sessions that nobody uses any more are signed out', () => {
  portal.handle(request('with', 'A', 0, 'morning'));
  portal.handle(request('with', 'B', HOUR_MS, 'noon'));
  expect(register.get('with')?.sessions).toBe(2);
  portal.handle(request('with', 'C', 13 * HOUR_MS - 1, 'evening'));
  expect(register.session('with', 'morning')).toBeUndefined();
  expect(register.session('with', 'noon')).toBeDefined();
});
