import { beforeEach, describe, expect, it } from 'vitest';
import type { PortalGate } from '#libs/adapters/local-register/gate.ts';
import { createPortalGate } from '#libs/adapters/local-register/gate.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { RestrictionList } from '#libs/ports/restrictions.ts';
import { sampleRestriction } from '../../../support/sample-action.ts';
import { HOUR, MINUTE, T0 } from '../../../support/sample-alert.ts';

describe('portal gate', () => {
  let register: LocalRegister;
  let restrictions: RestrictionList;
  let gate: PortalGate;
  beforeEach(() => {
    register = new LocalRegister(':memory:');
    register.enter([
      { id: 'A', class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true },
    ]);
    register.signIn('A', 'weak', T0, false);
    restrictions = createRestrictionList();
    gate = createPortalGate(register, restrictions);
  });
  const ask = (change: { session?: string; timeMs?: number; newPerson?: boolean; accountId?: string } = {}) => {
    const answer = gate.ask({ accountId: 'A', session: 'weak', timeMs: T0, newPerson: false, ...change });
    return answer.admitted ? 'admitted' : answer.why;
  };
  const restrict = (change: Parameters<typeof sampleRestriction>[0]) =>
    restrictions.put(sampleRestriction({ accountId: 'A', ...change }));

  it('admits a live session of an unrestricted account, and nobody else', () => {
    expect(ask()).toBe('admitted');
    expect(ask({ session: 'other' })).toBe('session_ended');
    expect(ask({ accountId: 'X' })).toBe('no_account');
  });

  it('refuses a suspended account though its session still lives, until the restriction is gone or over', () => {
    restrict({ untilMs: T0 + HOUR });
    expect(ask()).toBe('suspended');
    expect(ask({ timeMs: T0 + HOUR })).toBe('admitted');
    restrict({ seq: 2, restriction: 'none' });
    expect(ask()).toBe('admitted');
  });

  it('refuses a disabled account, and its old session after it is enabled again only once ended', () => {
    const why = { actionId: '', actor: 'vigie', reason: '', atMs: T0 };
    register.change('A', 'disabled', why);
    expect(ask()).toBe('disabled');
    register.change('A', 'sessions_ended', why);
    register.change('A', 'enabled', why);
    expect(ask()).toBe('session_ended');
  });

  it('under step_up admits only a session with a second factor', () => {
    restrict({ restriction: 'step_up' });
    expect(ask()).toBe('second_factor_required');
    register.signIn('A', 'strong', T0, true);
    expect(ask({ session: 'strong' })).toBe('admitted');
  });

  it('under throttle leaves known people free and lets a few new ones through each hour', () => {
    restrict({ restriction: 'throttle', newPerHour: 2 });
    const atMinutes = [0, 10, 20, 59, 60, 61, 71];
    expect(atMinutes.map((m) => ask({ newPerson: true, timeMs: T0 + m * MINUTE }))).toEqual([
      'admitted',
      'admitted',
      'throttled',
      'throttled',
      'admitted',
      'throttled',
      'admitted',
    ]);
    expect(ask({ timeMs: T0 + 62 * MINUTE })).toBe('admitted');
  });
});

describe('restriction list', () => {
  it('keeps the newest by seq, whatever the order in which they come', () => {
    const list = createRestrictionList();
    list.put(sampleRestriction({ seq: 2 }));
    list.put(sampleRestriction({ seq: 1, restriction: 'none' }));
    expect(list.get('PS-000123')?.restriction).toBe('suspended');
    list.put(sampleRestriction({ seq: 3, restriction: 'none' }));
    list.put(sampleRestriction({ seq: 2 }));
    expect(list.get('PS-000123')).toBeUndefined();
    expect([...list.entries()]).toEqual([]);
  });
});
