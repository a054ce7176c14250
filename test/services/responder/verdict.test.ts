import { describe, expect, it } from 'vitest';
import { parseControl } from '#services/detector/control-feed.ts';
import { LONGEST_BENIGN_DAYS, verdictOf } from '#services/responder/verdict.ts';
import { DAY, HOUR, MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { createBench } from './bench.ts';

const controls = (bench: ReturnType<typeof createBench>) =>
  bench.published.filter((r) => r.topic === 'controls').map((r) => parseControl(Buffer.from(r.body)));

async function withIncident() {
  const bench = createBench();
  await bench.responder.onAlert(sampleAlert());
  await bench.responder.idle();
  bench.clock.advance(MINUTE);
  return bench;
}
const benign = (untilMs: number) =>
  ({ alertId: 'a1f0', verdict: 'benign', reason: 'vaccination day', untilMs }) as const;

describe('verdict', () => {
  it('is kept, audited and told to the detector in a form that it takes', async () => {
    const bench = await withIncident();
    expect((await bench.responder.verdict(benign(T0 + 7 * DAY), 'Anne')).done).toBe(true);
    await bench.responder.idle();
    expect(verdictOf(await bench.store.caseDocument('verdict', 'a1f0'))).toMatchObject({
      verdict: 'benign',
      by: 'Anne',
    });
    expect(controls(bench)).toMatchObject([
      { control: 'verdict', accountId: 'PS-000123', alertId: 'a1f0', verdict: 'benign', untilMs: T0 + 7 * DAY },
    ]);
    const line = (await bench.store.audit(1, 99)).find((l) => l.verb === 'incident.verdict');
    expect(line).toMatchObject({ actor: 'Anne', subject: 'a1f0', detail: expect.stringContaining('vaccination day') });
    // Nobody is freed by it.
    expect(bench.register.get('PS-000123')?.enabled).toBe(false);
  });

  it('can be changed; the audit log keeps both', async () => {
    const bench = await withIncident();
    for (const verdict of ['true', 'false'] as const) {
      await bench.responder.verdict({ alertId: 'a1f0', verdict, reason: 'asked', untilMs: 0 }, 'Anne');
      bench.clock.advance(1);
    }
    await bench.responder.idle();
    expect(verdictOf(await bench.store.caseDocument('verdict', 'a1f0'))?.verdict).toBe('false');
    expect(controls(bench)).toHaveLength(2);
  });

  it.each([
    ['without a reason', { ...benign(T0 + DAY), reason: ' ' }],
    ['of no incident', { ...benign(T0 + DAY), alertId: 'nobody' }],
    ['benign without an end ahead', benign(T0)],
    ['benign for ever', benign(T0 + (LONGEST_BENIGN_DAYS + 2) * DAY)],
  ])('is refused %s', async (_what, wish) => {
    const bench = await withIncident();
    expect((await bench.responder.verdict(wish, 'Anne')).done).toBe(false);
    await bench.responder.idle();
    expect(controls(bench)).toEqual([]);
  });

  it('a re-enable carries its grace window to the detector', async () => {
    const bench = await withIncident();
    await bench.responder.reenable('PS-000123', 'Anne', 'holder confirmed', {
      graceMs: 24 * HOUR,
      note: 'new password',
    });
    await bench.responder.idle();
    expect(controls(bench)).toMatchObject([{ control: 'reenable', graceUntilMs: T0 + MINUTE + 24 * HOUR }]);
    const line = (await bench.store.audit(1, 99)).find((l) => l.verb === 'account.reenabled');
    expect(line?.detail).toBe('holder confirmed (new password)');
  });
});

describe('the question to the holder', () => {
  it('is about the latest incident, is answered once, and frees nobody', async () => {
    const bench = await withIncident();
    const asked = await bench.responder.askHolder('PS-000123', undefined, HOUR, 'portal');
    expect(asked).toMatchObject({ alertId: 'a1f0', answer: '' });
    expect(await bench.responder.answerHolder(asked!.id, 'mine')).toMatchObject({ done: true });
    expect(await bench.responder.answerHolder(asked!.id, 'not_mine')).toEqual({ done: false, why: 'answered' });
    expect(await bench.responder.answerHolder('f00', 'mine')).toEqual({ done: false, why: 'unknown' });
    await bench.responder.idle();
    expect(bench.register.get('PS-000123')?.enabled).toBe(false);
    const lines = (await bench.store.audit(1, 99)).filter((l) => l.verb.startsWith('holder'));
    expect(lines.map((l) => [l.verb, l.actor])).toEqual([
      ['holder.asked', 'portal'],
      ['holder.answered', 'holder'],
    ]);
    expect(JSON.stringify(lines)).not.toContain(asked!.id);
  });

  it('expires, and is not put where there is nothing to ask about', async () => {
    const bench = await withIncident();
    const asked = await bench.responder.askHolder('PS-000123', 'a1f0', HOUR, 'portal');
    bench.clock.advance(HOUR);
    expect(await bench.responder.answerHolder(asked!.id, 'mine')).toEqual({ done: false, why: 'expired' });
    expect(await bench.responder.askHolder('PS-000000', undefined, HOUR, 'portal')).toBeUndefined();
    expect(await bench.responder.askHolder('PS-000000', 'a1f0', HOUR, 'portal')).toBeUndefined();
  });
});
