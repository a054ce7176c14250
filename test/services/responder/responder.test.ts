import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import type { OutboundRecord } from '#libs/ports/store.ts';
import { DAY, HOUR, MINUTE, manyAlerts, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';
import { createBench, told } from './bench.ts';

const ID = 'PS-000123';

describe('a suspension', () => {
  it('restricts, disables, ends sessions, reads back, and only then is verified', async () => {
    const bench = createBench();
    const [plan] = await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(bench.calls).toEqual([`read ${ID}`, `disable ${ID}`, `endSessions ${ID}`, `read ${ID}`]);
    expect(bench.register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
    expect(bench.restrictions.get(ID)).toMatchObject({ restriction: 'suspended', actionId: plan?.id });
    expect(await bench.store.action(plan!.id)).toMatchObject({
      state: 'verified',
      earlier: { enabled: true, stepUpRequired: false },
      verifiedMs: T0,
      dueMs: 0,
    });
    expect(told(bench.published)).toEqual([
      'restriction suspended',
      'action suspend requested',
      'action suspend verified',
    ]);
    expect(verifyAudit(await bench.store.audit(1, 99))).toBeUndefined();
  });

  it('the gateway knows of the restriction before the keeper is called', async () => {
    const seen: (string | undefined)[] = [];
    const bench = createBench();
    const disable = bench.register.change.bind(bench.register);
    bench.register.change = (...args) => {
      seen.push(bench.restrictions.get(ID)?.restriction);
      return disable(...args);
    };
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(seen).toEqual(['suspended', 'suspended']);
  });

  it('changes nothing for alerts redelivered, duplicated or out of order', async () => {
    const alerts = [
      sampleAlert({ revision: 1, rung: 'step_up', severity: 'high' }),
      sampleAlert({ revision: 2, rung: 'suspend', timeMs: T0 }),
      sampleAlert({ revision: 3, rung: 'suspend', status: 'updated', timeMs: T0 }),
    ];
    const outcome = async (order: number[]) => {
      const bench = createBench();
      for (const i of order) {
        await bench.responder.onAlert(alerts[i]!);
        await bench.responder.idle();
      }
      const suspension = (await bench.store.actionsOf(ID)).find((a) => a.plan.rung === 'suspend');
      return {
        account: bench.register.get(ID)?.enabled,
        suspension: [suspension?.plan.id, suspension?.state],
        disabled: bench.register.history(ID).filter((h) => h.change === 'disabled').length,
        revision: (await bench.store.incident('a1f0'))?.revision,
        restriction: bench.restrictions.get(ID)?.restriction,
      };
    };
    const inOrder = await outcome([0, 1, 2]);
    expect(inOrder).toMatchObject({ account: false, disabled: 1, revision: 3, restriction: 'suspended' });
    for (const order of [
      [0, 0, 1, 1, 2, 2, 0],
      [2, 1, 0],
      [1, 0, 2, 1],
    ]) {
      expect(await outcome(order)).toEqual(inOrder);
    }
  });

  it('ten alerts for one account at once are one stop', async () => {
    const bench = createBench();
    const alerts = Array.from({ length: 10 }, (_, i) => sampleAlert({ id: `i${i}`, channel: i % 2 ? 'api' : 'web' }));
    await Promise.all(alerts.map((alert) => bench.responder.onAlert(alert)));
    await bench.responder.idle();
    expect((await bench.store.actionsOf(ID)).map((a) => a.state)).toEqual(Array(10).fill('verified'));
    expect(bench.register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
    expect(told(bench.published).filter((t) => t.startsWith('restriction'))).toEqual(['restriction suspended']);
  });

  it('a burst of 500 against a budget of 20: 20 stopped, 480 waiting, held meanwhile where there is room, one notice, nothing lost', async () => {
    const of = (perTenMinutes: number) => ({ ...AMPLE, perTenMinutes });
    const bench = createBench({
      accounts: 500,
      policy: { budget: { step_up: of(50), throttle: of(40), suspend: of(20) } },
    });
    await Promise.all(manyAlerts(500, () => ({ timeMs: T0 })).map((alert) => bench.responder.onAlert(alert)));
    await bench.responder.idle();
    const verified = Map.groupBy(await bench.store.actionsIn('verified', 9_999), (a) => a.plan.rung);
    expect([...verified].map(([rung, all]) => `${rung} ${all.length}`).sort()).toEqual([
      'step_up 50',
      'suspend 20',
      'throttle 40',
    ]);
    const waiting = await bench.store.actionsIn('waiting_approval', 9_999);
    expect(waiting).toHaveLength(480);
    expect(new Set(waiting.map((a) => a.plan.rung))).toEqual(new Set(['suspend']));
    const held = waiting.map(({ plan }) => bench.restrictions.get(plan.accountId)?.restriction ?? 'none');
    expect(held.filter((restriction) => restriction !== 'none').sort()).toEqual([
      ...Array(10).fill('step_up'),
      ...Array(40).fill('throttle'),
    ]);
    expect(waiting.filter(({ plan }) => bench.register.get(plan.accountId)?.stepUpRequired)).toHaveLength(50);
    expect(told(bench.published).filter((t) => t.startsWith('notice'))).toEqual(['notice breaker_opened']);
    expect(await bench.store.incidents(999)).toHaveLength(500);
  });

  it('the budget holds over two responders on one store, and each action is done once', async () => {
    const store = await openSqliteStore(':memory:');
    const policy = { budget: { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perTenMinutes: 10 } } };
    const [one, two] = [createBench({ store, policy, accounts: 40 }), createBench({ store, policy, accounts: 40 })];
    const alerts = manyAlerts(40, () => ({ timeMs: T0 }));
    // Both get all of them, as after a rebalance that gives a partition to another instance.
    await Promise.all([one, two].flatMap(({ responder }) => alerts.map((alert) => responder.onAlert(alert))));
    await Promise.all([one.responder.idle(), two.responder.idle()]);
    const stopped = (await store.actionsIn('verified', 999)).filter((a) => a.plan.rung === 'suspend');
    expect(stopped).toHaveLength(10);
    expect(await store.actionsIn('verified', 999)).toHaveLength(10 + 2 * 30);
    expect(await store.actionsIn('waiting_approval', 99)).toHaveLength(30);
    const disabled = [...one.calls, ...two.calls].filter((call) => call.startsWith('disable'));
    expect(new Set(disabled).size).toBe(10);
    expect(disabled).toHaveLength(10);
    await store.close();
  });
});

describe('the lower rungs', () => {
  it('step_up demands the second factor and ends the sessions', async () => {
    const bench = createBench();
    await bench.responder.onAlert(sampleAlert({ rung: 'step_up' }));
    await bench.responder.idle();
    expect(bench.register.get(ID)).toMatchObject({ enabled: true, stepUpRequired: true, sessions: 0 });
    expect(bench.restrictions.get(ID)?.restriction).toBe('step_up');
    expect(told(bench.published).at(-1)).toBe('action step_up verified');
  });

  it('an account without a second factor is throttled instead', async () => {
    const bench = createBench({ hasSecondFactor: false });
    const [plan] = await bench.responder.onAlert(sampleAlert({ rung: 'step_up' }));
    await bench.responder.idle();
    expect(plan?.rung).toBe('throttle');
    expect(bench.register.get(ID)).toMatchObject({ enabled: true, stepUpRequired: false, sessions: 1 });
    expect(bench.restrictions.get(ID)).toMatchObject({ restriction: 'throttle', newPerHour: 5 });
  });

  it('the keeper is asked about it once, not with every revision that plans nothing new', async () => {
    for (const hasSecondFactor of [true, false]) {
      const bench = createBench({ hasSecondFactor });
      await bench.responder.onAlert(sampleAlert({ rung: 'step_up' }));
      await bench.responder.idle();
      const before = bench.calls.length;
      for (let revision = 2; revision < 6; revision += 1) {
        expect(
          await bench.responder.onAlert(sampleAlert({ rung: 'step_up', revision, timeMs: T0 + revision })),
        ).toEqual([]);
      }
      expect(bench.calls).toHaveLength(before);
    }
  });

  it('one that was enrolled about when the incident began may be the thief’s, and counts as none', async () => {
    const alert = sampleAlert({ rung: 'step_up' });
    const rungWith = async (secondFactorSinceMs: number) => {
      const connect = (local: AccountConnector): AccountConnector => ({
        ...local,
        async read(id) {
          const read = await local.read(id);
          return read.outcome === 'done' ? { ...read, value: { ...read.value, secondFactorSinceMs } } : read;
        },
      });
      const [plan] = await createBench({ connect }).responder.onAlert(alert);
      return plan?.rung;
    };
    expect(await rungWith(alert.startedMs + HOUR)).toBe('throttle');
    expect(await rungWith(alert.startedMs - DAY)).toBe('throttle');
    expect(await rungWith(alert.startedMs - 30 * DAY)).toBe('step_up');
  });

  it('a lower rung never loosens a higher one', async () => {
    const bench = createBench();
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.onAlert(sampleAlert({ id: 'other', rung: 'throttle' }));
    await bench.responder.idle();
    expect(bench.restrictions.get(ID)?.restriction).toBe('suspended');
    expect((await bench.store.actionsOf(ID)).map((a) => a.state)).toEqual(['verified', 'verified']);
  });

  it('a temporary restriction ends by itself and gives back only what it took', async () => {
    const bench = createBench({ policy: { restrictionMinutes: { step_up: 30, throttle: 60, suspend: 0 } } });
    await bench.responder.onAlert(sampleAlert({ rung: 'step_up' }));
    await bench.responder.onAlert(sampleAlert({ rung: 'throttle' }));
    await bench.responder.idle();
    expect(bench.restrictions.get(ID)?.restriction).toBe('throttle');
    expect(await bench.responder.nextDueMs()).toBe(T0 + 30 * MINUTE);
    bench.clock.advance(30 * MINUTE - 1);
    expect(await bench.responder.runDue()).toBe(0);
    bench.clock.advance(1);
    expect(await bench.responder.runDue()).toBe(1);
    await bench.responder.idle();
    expect(bench.register.get(ID)?.stepUpRequired).toBe(false);
    expect(bench.restrictions.get(ID)?.restriction).toBe('throttle');
    bench.clock.advance(30 * MINUTE);
    await bench.responder.runDue();
    await bench.responder.idle();
    expect(bench.restrictions.get(ID)).toBeUndefined();
    expect(told(bench.published).at(-1)).toBe('action throttle reverted');
    expect(await bench.responder.nextDueMs()).toBe(0);
  });
});

describe('hands off', () => {
  const watching = { low: 'observe', medium: 'observe', high: 'observe', critical: 'observe' } as const;
  it.each([
    ['dry run', { dryRun: true }, 'observed'],
    ['mode observe', { mode: { professional: watching, manager: watching, software: watching } }, 'observed'],
    ['kill switch', { killSwitch: true }, 'waiting_approval'],
    [
      'a protected account',
      { protectedAccounts: [{ account: ID, untilMs: T0 + DAY, reason: 'on call' }] },
      'waiting_approval',
    ],
  ] as const)(
    '%s: the keeper is not called, nothing is restricted, and what would have been is told',
    async (_, policy, state) => {
      const bench = createBench({ policy });
      for (const rung of ['throttle', 'suspend'] as const) await bench.responder.onAlert(sampleAlert({ rung }));
      for (let rounds = 0; rounds < 3; rounds += 1) {
        bench.clock.advance(HOUR);
        await bench.responder.runDue();
        await bench.responder.idle();
      }
      expect(bench.calls).toEqual([]);
      expect(bench.restrictions.get(ID)).toBeUndefined();
      expect(bench.register.get(ID)).toMatchObject({ enabled: true, sessions: 1 });
      expect(told(bench.published)).toEqual([`action throttle ${state}`, `action suspend ${state}`]);
    },
  );
});

describe('a temporary restriction whose incident goes on', () => {
  it('is renewed without a gap, costs the budget once, and ends when the incident does', async () => {
    const bench = createBench({
      policy: {
        restrictionMinutes: { step_up: 0, throttle: 60, suspend: 0 },
        budget: { ...samplePolicy().budget, throttle: { ...AMPLE, perDay: 1 } },
      },
    });
    for (let revision = 1; revision <= 40; revision += 1) {
      await bench.responder.onAlert(sampleAlert({ rung: 'throttle', revision, timeMs: bench.clock.nowMs() }));
      await bench.responder.idle();
      for (let minutes = 0; minutes < 45; minutes += 5) {
        expect(bench.restrictions.get(ID)?.restriction).toBe('throttle');
        expect(bench.restrictions.get(ID)!.untilMs).toBeGreaterThan(bench.clock.nowMs());
        bench.clock.advance(5 * MINUTE);
        await bench.responder.runDue();
        await bench.responder.idle();
      }
    }
    // More than a day later: nobody waits for approval, and no breaker has opened.
    expect(await bench.store.actionsIn('waiting_approval', 9)).toEqual([]);
    expect(told(bench.published).filter((t) => t.startsWith('restriction'))).not.toContain('restriction none');
    bench.clock.advance(60 * MINUTE);
    await bench.responder.runDue();
    await bench.responder.idle();
    expect(bench.restrictions.get(ID)).toBeUndefined();
  });
});

describe('topics', () => {
  it('a topic that cannot be reached stops no stop, and gets everything later, in order', async () => {
    const published: OutboundRecord[] = [];
    let up = false;
    const bench = createBench({
      publish: async (record) => {
        if (!up) throw new Error('broker down');
        published.push(record);
      },
    });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(bench.register.get(ID)?.enabled).toBe(false);
    expect(published).toEqual([]);
    up = true;
    await bench.responder.runDue();
    await bench.responder.idle();
    expect(told(published)).toEqual(['restriction suspended', 'action suspend requested', 'action suspend verified']);
    expect(await bench.store.unsent(9)).toEqual([]);
  });
});
