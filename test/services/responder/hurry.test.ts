import { describe, expect, it } from 'vitest';
import type { AccountConnector, CallReason } from '#libs/ports/accounts.ts';
import { MINUTE, manyAlerts, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { createBench } from './bench.ts';

const ID = 'PS-000123';

/** A keeper whose first call to end sessions waits until it is told to hurry. */
function waitingKeeper() {
  const began = Promise.withResolvers<void>();
  const order: string[] = [];
  const connect = (local: AccountConnector): AccountConnector => ({
    ...local,
    async disable(id, why) {
      order.push('disable');
      return local.disable(id, why);
    },
    async endSessions(id: string, why: CallReason) {
      order.push('end_sessions');
      if (order.length > 1) return local.endSessions(id, why);
      began.resolve();
      await new Promise<void>((resolve) => why.hurry?.addEventListener('abort', () => resolve()));
      return { outcome: 'unknown', detail: 'cut short' };
    },
  });
  return { connect, order, began: began.promise };
}

it('a keeper that hangs for many accounts keeps no alert from being planned', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const bench = createBench({
    accounts: 200,
    connect: (local) => ({ ...local, read: (id) => answered.then(() => local.read(id)) }),
  });
  const alerts = manyAlerts(200);
  for (const alert of alerts) expect(await bench.responder.onAlert(alert)).toHaveLength(1);
  expect(bench.register.get(alerts[0]!.account.id)?.enabled).toBe(true);
  answer();
  await bench.responder.idle();
  for (const { account } of alerts)
    expect(bench.register.get(account.id)).toMatchObject({ enabled: false, sessions: 0 });
});

describe('a graver action on an account that is being worked on', () => {
  it('does not wait until a lesser one has finished its waiting; that one is finished later', async () => {
    const { connect, order, began } = waitingKeeper();
    const { responder, register, store, clock } = createBench({ connect });
    await responder.onAlert(sampleAlert({ rung: 'step_up' }));
    await began;
    // The same again, or a lesser one of another incident, is no reason to hurry.
    await responder.onAlert(sampleAlert({ id: 'other', rung: 'step_up' }));
    expect(order).toEqual(['end_sessions']);
    await responder.onAlert(sampleAlert({ revision: 2, rung: 'suspend', timeMs: T0 + 1 }));
    await responder.idle();
    expect(order).toContain('disable');
    expect(register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
    clock.advance(MINUTE);
    await responder.runDue();
    await responder.idle();
    const states = (await store.actionsOf(ID)).map(({ plan, state }) => `${plan.rung} ${state}`);
    expect(states.sort()).toEqual(['step_up verified', 'step_up verified', 'suspend verified']);
  });
});
