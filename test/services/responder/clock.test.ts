import { describe, expect, it } from 'vitest';
import { HOUR, sampleAlert } from '../../support/sample-alert.ts';
import { createBench } from './bench.ts';

const ID = 'PS-000123';
const DOWN = { outcome: 'unavailable', detail: 'no answer' } as const;
const stateOf = async (bench: ReturnType<typeof createBench>) => (await bench.store.actionsOf(ID))[0]!;
const round = async (bench: ReturnType<typeof createBench>, ms: number) => {
  bench.clock.advance(ms);
  await bench.responder.runDue();
  await bench.responder.idle();
};

describe('a clock that jumps', () => {
  it('back an hour while a stop is retried: it goes on at once, not in an hour', async () => {
    const bench = createBench({ faults: [{ method: 'disable', failure: DOWN, times: 2 }] });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    await round(bench, 1000);
    expect((await stateOf(bench)).state).toBe('failed');
    await round(bench, -HOUR);
    expect((await stateOf(bench)).state).toBe('verified');
    expect(bench.register.get(ID)?.enabled).toBe(false);
  });

  it('back an hour: a restriction keeps its end, and the same alert is not acted upon again', async () => {
    const bench = createBench({ policy: { restrictionMinutes: { step_up: 90, throttle: 90, suspend: 0 } } });
    await bench.responder.onAlert(sampleAlert({ rung: 'throttle' }));
    await bench.responder.idle();
    await round(bench, 1000);
    await round(bench, -HOUR);
    await bench.responder.onAlert(sampleAlert({ rung: 'throttle' }));
    await bench.responder.idle();
    expect(await bench.store.actionsOf(ID)).toHaveLength(1);
    expect(bench.restrictions.get(ID)?.restriction).toBe('throttle');
    await round(bench, 3 * HOUR);
    expect(bench.restrictions.get(ID)).toBeUndefined();
  });

  it('ahead by more than a month: what ends by itself has ended, a suspension has not', async () => {
    const bench = createBench({ accounts: 2 });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.onAlert(sampleAlert({ id: 'b', rung: 'step_up', account: { id: 'PS-000001' } }));
    await bench.responder.idle();
    await round(bench, 31 * 24 * HOUR);
    expect(bench.register.get(ID)?.enabled).toBe(false);
    expect(bench.restrictions.get(ID)?.restriction).toBe('suspended');
    expect(bench.register.get('PS-000001')?.stepUpRequired).toBe(false);
    expect(bench.restrictions.get('PS-000001')).toBeUndefined();
  });
});
