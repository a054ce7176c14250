import { describe, expect, it } from 'vitest';
import type { ProbeAnswer } from '#libs/ports/gateway-probe.ts';
import { HOUR, sampleAlert } from '../../support/sample-alert.ts';
import { createBench, told } from './bench.ts';

const ID = 'PS-000123';

/** A responder whose gateway gives these answers, one after the other, the last one for ever. */
function benchWith(...answers: ProbeAnswer[]) {
  const asked: string[] = [];
  const bench = createBench({
    probe: {
      async ask(accountId) {
        asked.push(accountId);
        return answers.length > 1 ? answers.shift()! : answers[0]!;
      },
    },
  });
  const again = async () => {
    bench.clock.advance(HOUR);
    await bench.responder.runDue();
    await bench.responder.idle();
  };
  const stop = async (rung: 'step_up' | 'throttle' | 'suspend' = 'suspend') => {
    await bench.responder.onAlert(sampleAlert({ rung }));
    await bench.responder.idle();
    return bench.store.actionsOf(ID).then(([action]) => action!);
  };
  return { ...bench, asked, stop, again };
}

describe('a stop is verified when the gateway refuses, too', () => {
  it('and not before: while an old token is let through, the account is disabled and the stop goes on', async () => {
    const bench = benchWith({ answer: 'admitted' }, { answer: 'step_up' }, { answer: 'suspended' });
    expect(await bench.stop()).toMatchObject({
      state: 'failed',
      detail: 'read back: the gateway answers admitted to a request with an old token',
    });
    expect(bench.register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
    await bench.again();
    expect(await bench.store.actionsOf(ID)).toMatchObject([{ state: 'failed', attempts: 2 }]);
    await bench.again();
    expect(await bench.store.actionsOf(ID)).toMatchObject([
      { state: 'verified', detail: 'the gateway refuses an old token' },
    ]);
    expect(bench.asked).toEqual([ID, ID, ID]);
    // What was done is not done again because the gateway was slow.
    expect(bench.calls.filter((call) => call.startsWith('disable'))).toHaveLength(1);
    expect(bench.calls.filter((call) => call.startsWith('endSessions'))).toHaveLength(1);
    const log = await bench.store.audit(1, 99);
    expect(log.at(-1)).toMatchObject({
      verb: 'action.verified',
      detail: 'suspend: the gateway refuses an old token',
    });
  });

  it('a gateway that cannot be asked is told of once, after three failures in a row', async () => {
    const bench = benchWith({ answer: 'unknown', detail: 'no answer in 2000 ms' });
    await bench.stop();
    const notices = () => told(bench.published).filter((line) => line.startsWith('notice'));
    await bench.again();
    expect(notices()).toEqual([]);
    for (let i = 0; i < 3; i += 1) await bench.again();
    expect(notices()).toEqual(['notice stop_delayed']);
    expect(await bench.store.actionsOf(ID)).toMatchObject([
      { state: 'failed', detail: expect.stringContaining('cannot be asked (no answer in 2000 ms)') },
    ]);
  });

  it('a step-up is content with a stronger sign-in or with a suspension; a throttle asks nobody', async () => {
    expect(await benchWith({ answer: 'step_up' }).stop('step_up')).toMatchObject({ state: 'verified' });
    expect(await benchWith({ answer: 'suspended' }).stop('step_up')).toMatchObject({ state: 'verified' });
    expect(await benchWith({ answer: 'admitted' }).stop('step_up')).toMatchObject({ state: 'failed' });
    const throttled = benchWith({ answer: 'admitted' });
    expect(await throttled.stop('throttle')).toMatchObject({ state: 'verified' });
    expect(throttled.asked).toEqual([]);
  });
});
