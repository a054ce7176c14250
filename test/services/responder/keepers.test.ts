import { describe, expect, it } from 'vitest';
import { createChainConnector } from '#libs/adapters/chain/connector.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { COMMANDS_ONLY } from '#libs/ports/accounts.ts';
import type { ConnectorFault } from '../../support/faulty-connector.ts';
import { faultyConnector } from '../../support/faulty-connector.ts';
import { sampleAlert } from '../../support/sample-alert.ts';
import { createBench } from './bench.ts';

const ID = 'PS-000123';
const DONE = { outcome: 'done', value: undefined } as const;
const DOWN = { outcome: 'unavailable', detail: 'no answer' } as const;

/** A keeper that takes commands and can never be asked. */
function told(faults: ConnectorFault[] = []) {
  const done = async () => DONE;
  const real: AccountConnector = {
    name: 'told',
    read: async () => ({ outcome: 'done', value: COMMANDS_ONLY }),
    disable: done,
    enable: done,
    requireStepUp: done,
    clearStepUp: done,
    endSessions: done,
  };
  const { connector, calls } = faultyConnector(real, faults);
  return { connector, commands: () => calls.filter((c) => !c.startsWith('read')).map((c) => c.split(' ')[0]) };
}

async function wait(bench: ReturnType<typeof createBench>, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 1) {
    bench.clock.advance(1000);
    await bench.responder.runDue();
    await bench.responder.idle();
  }
}
const stateOf = async (bench: ReturnType<typeof createBench>) => (await bench.store.actionsOf(ID))[0]!;

describe('a keeper that cannot be asked', () => {
  it('is sent every command, and the record says that its word is all there is', async () => {
    const keeper = told();
    const bench = createBench({ connect: () => keeper.connector });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(keeper.commands()).toEqual(['disable', 'endSessions']);
    const detail = 'acknowledged by the receiver, which cannot be read back';
    expect(await stateOf(bench)).toMatchObject({ state: 'verified', detail });
    expect((await bench.store.audit(1, 9)).at(-1)?.detail).toBe(`suspend: ${detail}`);
    await bench.responder.reenable(ID, 'Anne', 'holder confirmed');
    await bench.responder.idle();
    expect(keeper.commands()).toEqual(['disable', 'endSessions', 'enable']);
    expect(await stateOf(bench)).toMatchObject({ state: 'reverted', undo: 'done' });
  });

  it('is sent again what it did not take, and not what it took', async () => {
    const keeper = told([
      { method: 'disable', failure: DOWN, times: 1 },
      { method: 'endSessions', failure: DOWN, times: 1 },
    ]);
    const bench = createBench({ connect: () => keeper.connector });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(keeper.commands()).toEqual(['disable']);
    await wait(bench, 4);
    expect(keeper.commands()).toEqual(['disable', 'disable', 'endSessions', 'endSessions']);
    expect((await stateOf(bench)).state).toBe('verified');
  });
});

describe('a chain of which one cannot be reached', () => {
  const chained = (keeper: ReturnType<typeof told>) => (local: AccountConnector) =>
    createChainConnector([{ connector: local }, { connector: keeper.connector }]);

  it('stops the account at the other, sessions too, says what is done, and goes on until both have it', async () => {
    const keeper = told([{ method: 'disable', failure: DOWN, times: 2 }]);
    const bench = createBench({ connect: chained(keeper) });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    expect(bench.register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
    expect(await stateOf(bench)).toMatchObject({
      state: 'failed',
      step: 'block',
      detail: 'unavailable at block: told: unavailable, no answer (done: local)',
    });
    await wait(bench, 4);
    expect(keeper.commands()).toEqual(['disable', 'endSessions', 'disable', 'endSessions', 'disable', 'endSessions']);
    expect(await stateOf(bench)).toMatchObject({
      state: 'verified',
      detail: 'acknowledged by the receiver, which cannot be read back',
    });
    expect(bench.register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
  });

  it('gives the account back at both, whichever fails first', async () => {
    const keeper = told([{ method: 'enable', failure: DOWN, times: 2 }]);
    const bench = createBench({ connect: chained(keeper) });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    bench.clock.advance(1000);
    await bench.responder.reenable(ID, 'Anne', 'holder confirmed');
    await bench.responder.idle();
    expect(await stateOf(bench)).toMatchObject({ state: 'reverted', undo: 'pending' });
    await wait(bench, 4);
    expect(await stateOf(bench)).toMatchObject({ state: 'reverted', undo: 'done' });
    expect(bench.register.get(ID)?.enabled).toBe(true);
    expect(keeper.commands().filter((c) => c === 'enable')).toHaveLength(3);
  });
});
