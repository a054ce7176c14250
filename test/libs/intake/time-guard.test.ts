import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeGuard } from '#libs/intake/time-guard.ts';
import { AccessEvent } from '#libs/model/access-event.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 2);

/** Runs times (minutes) through a guard; returns the positions taken and rejected, in the order of the calls. */
function run(minutes: readonly number[], lookAhead = 32): { taken: number[]; rejected: number[] } {
  const taken: number[] = [];
  const rejected: number[] = [];
  const guard = new TimeGuard({
    lookAhead,
    onEvent: (event, source, position) => {
      expect(event.timeMs).toBe(START + minutes[position] * MINUTE);
      expect(source).toBe('log');
      taken.push(position);
    },
    onRejected: (_source, position) => rejected.push(position),
  });
  const event = new AccessEvent();
  minutes.forEach((minute, position) => {
    event.timeMs = START + minute * MINUTE;
    guard.push(event, 'log', position);
  });
  guard.end();
  return { taken, rejected };
}

const steady = (count: number, from = 0, step = 0.1): number[] =>
  Array.from({ length: count }, (_, i) => from + i * step);

describe('time guard', () => {
  it('takes a steady log, and one with nights and gaps in it, whole and in order', () => {
    const day = steady(300);
    expect(run(day).rejected).toEqual([]);
    const nights = [...day, ...steady(300, 600), ...steady(300, 4000)];
    expect(run(nights)).toEqual({ taken: nights.map((_, i) => i), rejected: [] });
  });

  it('takes a log whose events are all more than five minutes apart', () => {
    const sparse = steady(100, 0, 47);
    expect(run(sparse)).toEqual({ taken: sparse.map((_, i) => i), rejected: [] });
  });

  it('rejects one wrong clock, and only it', () => {
    const log = [...steady(50), 100_000, ...steady(50, 5)];
    expect(run(log).rejected).toEqual([50]);
    expect(run(log).taken).toHaveLength(100);
  });

  it('rejects a burst of ten wrong clocks', () => {
    const log = [...steady(50), ...steady(10, 9000), ...steady(50, 5)];
    expect(run(log).rejected).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
  });

  it('rejects wrong clocks just before a night, and takes the morning', () => {
    const log = [...steady(50), 100_000, 100_000, ...steady(50, 600)];
    expect(run(log).rejected).toEqual([50, 51]);
  });

  it('rejects a first event with a wrong clock', () => {
    expect(run([100_000, ...steady(50)]).rejected).toEqual([0]);
  });

  it('takes all of two logs put behind each other in the wrong order: late is not ahead', () => {
    const log = [...steady(50, 1000), ...steady(50)];
    expect(run(log)).toEqual({ taken: log.map((_, i) => i), rejected: [] });
  });

  it('decides by what there is at the end of the input', () => {
    expect(run([])).toEqual({ taken: [], rejected: [] });
    expect(run([5])).toEqual({ taken: [0], rejected: [] });
    expect(run([...steady(50), 600]).rejected).toEqual([]);
    expect(run([...steady(50), 600, 600.1, 5.1]).rejected).toEqual([50, 51]);
    expect(run([...steady(50), 600, 600.1, 600.2, 5.1]).rejected).toEqual([]);
    expect(run([...steady(50), 600, 5, 5.1]).rejected).toEqual([50]);
  });

  it('takes exactly five minutes ahead at once', () => {
    expect(run([0, 0, 5, 0, 0, 0]).rejected).toEqual([]);
    expect(run([0, 0, 5.1, 0, 0, 0]).rejected).toEqual([2]);
  });

  it('on any input loses nothing, keeps the order, and never lets time jump against what follows', () => {
    const minutes = fc.array(fc.oneof(fc.nat(20), fc.nat(100_000)), { maxLength: 120 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 1, max: 40 }), (log, lookAhead) => {
        const { taken, rejected } = run(log, lookAhead);
        expect([...taken, ...rejected].sort((a, b) => a - b)).toEqual(log.map((_, i) => i));
        expect(taken).toEqual(taken.toSorted((a, b) => a - b));
        let newest = Number.NEGATIVE_INFINITY;
        for (const i of taken) {
          if (log[i] > newest + 5) {
            const next = log.slice(i + 1, i + 1 + lookAhead);
            const beyond = next.filter((minute) => minute >= log[i] - 5).length;
            expect(next.length === 0 || beyond > next.length / 2).toBe(true);
          }
          newest = Math.max(newest, log[i]);
        }
      }),
    );
  });
});
