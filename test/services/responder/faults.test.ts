import { describe, expect, it } from 'vitest';
import type { CallFailure } from '#libs/ports/accounts.ts';
import type { ConnectorFault, ConnectorMethod } from '../../support/faulty-connector.ts';
import { sampleAlert, T0 } from '../../support/sample-alert.ts';
import { createBench, told } from './bench.ts';

const ID = 'PS-000123';
const fault = (method: ConnectorMethod, failure: CallFailure, more: Partial<ConnectorFault> = {}): ConnectorFault => ({
  method,
  failure,
  times: 1,
  ...more,
});
const UNKNOWN = { outcome: 'unknown', detail: 'timed out' } as const;
const UNAVAILABLE = { outcome: 'unavailable', detail: 'connection refused' } as const;

/** Runs what is due, a second at a time, until nothing is or `seconds` are over. */
async function wait(bench: ReturnType<typeof createBench>, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 1) {
    bench.clock.advance(1000);
    await bench.responder.runDue();
    await bench.responder.idle();
  }
}
const stateOf = async (bench: ReturnType<typeof createBench>) => (await bench.store.actionsOf(ID))[0]!;

describe('a call that times out', () => {
  it.each(['disable', 'endSessions'] as const)(
    '%s that was applied is seen by reading, not done twice',
    async (method) => {
      const faults = [fault(method, UNKNOWN, { applied: true })];
      const bench = createBench({ faults });
      await bench.responder.onAlert(sampleAlert());
      await bench.responder.idle();
      expect(faults[0]?.struck).toBe(1);
      expect(await stateOf(bench)).toMatchObject({ state: 'unknown', dueMs: T0 + 1000 });
      await wait(bench, 1);
      expect((await stateOf(bench)).state).toBe('verified');
      expect(bench.calls.filter((c) => c.startsWith('disable'))).toHaveLength(1);
      expect(bench.register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
    },
  );

  it.each(['disable', 'endSessions', 'read'] as const)('%s that was not applied is repeated', async (method) => {
    const faults = [fault(method, UNKNOWN)];
    const bench = createBench({ faults });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    await wait(bench, 1);
    expect(faults[0]?.struck).toBe(1);
    expect((await stateOf(bench)).state).toBe('verified');
    expect(bench.register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
  });

  it('keeps what the account was before, however often it is read again', async () => {
    const bench = createBench({ faults: [fault('endSessions', UNKNOWN, { times: 3 })] });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    await wait(bench, 10);
    expect(await stateOf(bench)).toMatchObject({ state: 'verified', earlier: { enabled: true } });
  });
});

describe('an account keeper in trouble', () => {
  it('down for a while: nothing is lost, the gateway refuses meanwhile, people are told once', async () => {
    const faults = [fault('read', UNAVAILABLE, { times: 6 })];
    const bench = createBench({ faults });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(await stateOf(bench)).toMatchObject({ state: 'failed', attempts: 1 });
    expect(bench.restrictions.get(ID)?.restriction).toBe('suspended');
    await wait(bench, 200);
    expect(faults[0]?.struck).toBe(6);
    expect((await stateOf(bench)).state).toBe('verified');
    expect(told(bench.published)).toEqual([
      'restriction suspended',
      'action suspend requested',
      'action suspend failed',
      'notice stop_delayed',
      'action suspend verified',
    ]);
  });

  it('backs off: each wait is twice the one before, at most a minute', async () => {
    const bench = createBench({ faults: [fault('read', UNAVAILABLE, { times: 99 })] });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const dueMs = await bench.responder.nextDueMs();
      waits.push((dueMs - bench.clock.nowMs()) / 1000);
      bench.clock.advance(dueMs - bench.clock.nowMs());
      await bench.responder.runDue();
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('waits as long as it is asked to', async () => {
    const bench = createBench({
      faults: [fault('disable', { outcome: 'throttled', detail: '429', retryAfterMs: 17_000 })],
    });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(await bench.responder.nextDueMs()).toBe(T0 + 17_000);
    await wait(bench, 17);
    expect((await stateOf(bench)).state).toBe('verified');
  });

  it.each(['denied', 'rejected'] as const)(
    '%s: people are told at once, and it is tried again slowly',
    async (outcome) => {
      const bench = createBench({ faults: [fault('disable', { outcome, detail: 'no' })] });
      await bench.responder.onAlert(sampleAlert());
      await bench.responder.idle();
      expect(told(bench.published)).toContain('notice stop_delayed');
      expect(await bench.responder.nextDueMs()).toBe(T0 + 60_000);
      await wait(bench, 60);
      expect((await stateOf(bench)).state).toBe('verified');
    },
  );

  it('an account that is not there fails for good, and stays refused at the gateway', async () => {
    const bench = createBench();
    await bench.responder.onAlert(sampleAlert({ account: { id: 'PS-NOBODY' } }));
    await bench.responder.idle();
    const [action] = await bench.store.actionsOf('PS-NOBODY');
    expect(action).toMatchObject({ state: 'failed', dueMs: 0 });
    expect(bench.restrictions.get('PS-NOBODY')?.restriction).toBe('suspended');
    expect(told(bench.published)).toContain('notice stop_delayed');
  });

  it('half done is not done: a session that comes back is ended before anything is verified', async () => {
    const bench = createBench();
    const { register } = bench;
    const change = register.change.bind(register);
    let once = true;
    register.change = (id, kind, why) => {
      const done = change(id, kind, why);
      // A thief signs in between the calls: the account is enabled again by somebody, for a moment.
      if (kind === 'sessions_ended' && once) {
        once = false;
        change(id, 'enabled', why);
        register.signIn(id, 'again', T0, false);
      }
      return done;
    };
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(await stateOf(bench)).toMatchObject({ state: 'failed', detail: 'read back: still enabled' });
    await wait(bench, 1);
    expect((await stateOf(bench)).state).toBe('verified');
    expect(register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
  });

  it('a connector that throws against its promise is taken for not knowing', async () => {
    const bench = createBench();
    const { register } = bench;
    const change = register.get.bind(register);
    let once = true;
    register.get = (id) => {
      if (once) {
        once = false;
        throw new TypeError('a bug');
      }
      return change(id);
    };
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(await stateOf(bench)).toMatchObject({ state: 'unknown', detail: expect.stringContaining('TypeError') });
    await wait(bench, 1);
    expect((await stateOf(bench)).state).toBe('verified');
  });
});

describe('giving back', () => {
  it('is retried until the account is really back', async () => {
    const faults = [fault('enable', UNAVAILABLE, { times: 2 })];
    const bench = createBench({ faults });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    bench.clock.advance(1000);
    await bench.responder.reenable(ID, 'Anne', 'holder confirmed');
    await bench.responder.idle();
    expect(await stateOf(bench)).toMatchObject({ state: 'reverted', undo: 'pending' });
    await wait(bench, 4);
    expect(faults[0]?.struck).toBe(2);
    expect(bench.register.get(ID)?.enabled).toBe(true);
    expect(await stateOf(bench)).toMatchObject({ state: 'reverted', undo: 'done' });
  });
});
