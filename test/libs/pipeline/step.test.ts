import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAYS, HOURS, STREAM_ROOM, TRAIT_DAYS } from '#libs/baseline/schema.ts';
import { TRAIT_COUNT } from '#libs/baseline/traits.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { copyEvent } from '#libs/model/access-event.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { STREAM_COUNT } from '#libs/model/streams.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { createState, ranking, restore, snapshot, stats, step } from '#libs/pipeline/index.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY, theft } from './traffic.ts';

const config = { policy: defaultPolicy().detection };
const month = () => honestDays(30, 5);
const theftDay = MONDAY + 30 * DAY + 10 * HOUR;

describe('an honest month', () => {
  it('raises nothing', () => {
    expect(alertsOf(feed(freshState(), month()))).toEqual([]);
  });
});

describe('a theft', () => {
  it('by sweep is stopped within ten people', () => {
    const state = freshState();
    feed(state, month());
    const alerts = alertsOf(feed(state, theft(theftDay, 100, 600, 'sweep')));
    const stop = alerts.find((a) => a.rung === 'suspend');
    expect(stop).toBeDefined();
    expect(stop!.exposed).toBeLessThanOrEqual(10);
    expect(stop!.startedMs).toBe(theftDay);
    expect(stop!.evidence.map((e) => e.name)).toEqual(expect.arrayContaining(['adjacency', 'new_source']));
  });

  it('of a national list is stepped up, throttled and suspended, and says at which insurers', () => {
    const state = freshState();
    feed(state, month());
    const alerts = alertsOf(feed(state, theft(theftDay, 300, 60, 'list')));
    expect(alerts[0]!.status).toBe('created');
    expect(alerts.map((a) => a.rung)).toEqual(expect.arrayContaining(['step_up', 'suspend']));
    const stop = alerts.find((a) => a.rung === 'suspend')!;
    expect(stop.exposed).toBeLessThanOrEqual(40);
    expect(stop.exposedByInsurer.reduce((sum, i) => sum + i.people, 0)).toBe(stop.exposed);
    expect(new Set(alerts.map((a) => a.id)).size).toBe(1);
    expect(alerts.map((a) => a.revision)).toEqual(alerts.map((_, i) => i + 1));
  });

  it('closes when it has been quiet for a day, and what comes later is another incident', () => {
    const state = freshState();
    feed(state, month());
    feed(state, theft(theftDay, 60, 600, 'sweep'));
    const quiet = alertsOf(step(state, { kind: 'tick', timeMs: theftDay + 12 * DAY }) as never);
    expect(quiet.at(-1)!.status).toBe('closed');
    const again = alertsOf(
      feed(
        state,
        theft(theftDay + 12 * DAY + HOUR, 60, 600, 'sweep').map(
          (e) => ({ ...e, idHi: 1, personHi: e.personHi + 1 }) as AccessEvent,
        ),
      ),
    );
    expect(again[0]!.status).toBe('created');
    expect(again[0]!.id).not.toBe(quiet.at(-1)!.id);
  });
});

describe('a theft that goes on under a restriction', () => {
  it('is announced again before a restriction of a day ends, for as long as it goes on', () => {
    const state = freshState();
    feed(state, month());
    const days = [0, 1, 2, 3].flatMap((d) =>
      theft(theftDay + d * DAY, 45, 60, 'list').map((e) =>
        Object.assign(e, { personHi: e.personHi ^ d, idHi: e.idHi ^ d }),
      ),
    );
    const alerts = alertsOf(feed(state, days));
    const suspends = alerts.filter((a) => a.rung === 'suspend').map((a) => a.timeMs);
    const gaps = [...suspends, days.at(-1)!.timeMs].slice(1).map((time, i) => time - suspends[i]!);
    expect(Math.max(...gaps)).toBeLessThan(DAY);
    expect(new Set(alerts.map((a) => a.id)).size).toBe(1);
  });

  it('is announced as what it still is once the evidence has fallen below a suspension, which may wait for a person', () => {
    const state = freshState();
    feed(state, month());
    feed(state, theft(theftDay, 40, 60, 'list'));
    const words = Array.from({ length: 8 * 24 }, (_, hour) =>
      alertsOf(step(state, { kind: 'tick', timeMs: theftDay + hour * HOUR }) as never),
    ).flatMap((alerts) => alerts.filter((alert) => alert.status === 'updated'));
    const last = words.findLastIndex((alert) => alert.rung === 'suspend');
    const below = words.slice(last + 1);
    expect(below.map((alert) => alert.rung).slice(0, 2)).toEqual(['step_up', 'throttle']);
    // Not before the last word of a suspension has grown old, and then as often as an account is judged that does nothing.
    expect(below[0]!.timeMs - words[last]!.timeMs).toBeGreaterThanOrEqual(12 * HOUR);
    const gaps = words.slice(1).map((alert, i) => alert.timeMs - words[i]!.timeMs);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(DAY);
  });

  it.each([
    { throttle: 1440, hours: 12 },
    { throttle: 480, hours: 4 },
    { throttle: 0, hours: 360 },
  ])('where a throttle lasts $throttle minutes, after $hours h', ({ throttle, hours }) => {
    const overrides = [{ path: 'response.restriction_minutes.throttle', value: throttle }];
    const state = createState({ policy: defaultPolicy(overrides).detection });
    feed(state, month());
    const alerts = alertsOf(feed(state, theft(theftDay, 400, 4, 'list')));
    const times = alerts.filter((a) => a.rung === 'suspend').map((a) => a.timeMs);
    const gaps = [...times, theftDay + 100 * HOUR].slice(1).map((time, i) => (time - times[i]!) / HOUR);
    if (hours < 100) expect(Math.max(...gaps)).toBeLessThan(hours + 0.5);
    else expect(gaps.at(-1)).toBeGreaterThan(48);
  });
});

describe('a quota', () => {
  it('that was used up in an hour is not used up again 32 hours later, when only the clock moves', () => {
    const state = freshState();
    feed(state, month());
    const burst = MONDAY + 30 * DAY + 7 * HOUR + 15 * MINUTE;
    const people = Array.from({ length: 60 }, (_, i) =>
      eventOf({ time: burst + i * 10_000, person: 800_000 + i, department: 69 }),
    );
    expect(alertsOf(feed(state, people)).some((alert) => alert.rung === 'throttle')).toBe(true);
    // One more the next day: its cohort falls due, by the clock, in the hour that shares its place with the burst's.
    feed(state, [eventOf({ time: burst + 31 * HOUR + 20 * MINUTE, person: 900_000 })]);
    const later = alertsOf(step(state, { kind: 'tick', timeMs: burst + 33 * HOUR }) as never);
    expect(later.filter((alert) => alert.status !== 'closed' && alert.rung === 'throttle')).toEqual([]);
  });
});

describe('duplicates, late and misdated events', () => {
  it('duplicates change nothing, wherever they come', () => {
    const events = [...honestDays(12, 4), ...theft(MONDAY + 14 * DAY, 40, 60, 'list')];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(events.length - 1), fc.nat(30)), { maxLength: 40 }), (copies) => {
        const doubled: AccessEvent[] = [];
        const at = new Map<number, number>();
        for (const [i, later] of copies) at.set(Math.min(i + later, events.length - 1), i);
        events.forEach((event, i) => {
          doubled.push(event);
          const copy = at.get(i);
          if (copy !== undefined && event.timeMs - events[copy]!.timeMs < DAY) doubled.push(events[copy]!);
        });
        const once = freshState();
        const twice = freshState();
        expect(alertsOf(feed(twice, doubled))).toEqual(alertsOf(feed(once, events)));
        expect(twice.counters.duplicates).toBe(doubled.length - events.length);
        twice.counters.duplicates = 0;
        expect(snapshot(twice)).toEqual(snapshot(once));
      }),
      { numRuns: 15 },
    );
  });

  it('an event up to 24 h late counts in its own hour, an older one is rejected', () => {
    const state = freshState();
    feed(state, [eventOf({ time: MONDAY + 30 * HOUR, person: 1 })]);
    expect(step(state, eventOf({ time: MONDAY + 5 * HOUR, person: 2 }))).toEqual([
      { kind: 'rejected', reason: 'time_too_old' },
    ]);
    feed(state, [eventOf({ time: MONDAY + 7 * HOUR, person: 3 })]);
    const hour = Math.floor((MONDAY + 7 * HOUR) / HOUR) & (HOURS - 1);
    const day = Math.floor(MONDAY / DAY) & (DAYS - 1);
    expect(state.channels.hourNew[hour]).toBe(1);
    expect(state.channels.dayNew[day]).toBe(1);
    expect(state.counters.late).toBe(1);
  });

  it('an event more than five minutes ahead of its arrival is rejected and moves no clock', () => {
    const state = freshState();
    feed(state, [eventOf({ time: MONDAY, person: 1 })]);
    const ahead = eventOf({ time: MONDAY + DAY, person: 2 });
    ahead.arrivalMs = MONDAY + MINUTE;
    expect(step(state, ahead)).toEqual([{ kind: 'rejected', reason: 'time_ahead' }]);
    expect(state.newestMs).toBe(MONDAY);
  });
});

describe('determinism', () => {
  it('a run cut anywhere by snapshot and restore gives the same outputs and the same state', () => {
    const events = [
      ...honestDays(20, 6),
      ...honestDays(20, 3, 2),
      ...theft(MONDAY + 20 * DAY + 9 * HOUR, 80, 40, 'list'),
    ].sort((a, b) => a.timeMs - b.timeMs);
    const whole = freshState();
    const expected = alertsOf(feed(whole, events));
    expect(expected.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        let state: PipelineState = freshState();
        const before = alertsOf(feed(state, events.slice(0, cut)));
        state = restore(snapshot(state), config);
        const after = alertsOf(feed(state, events.slice(cut)));
        expect([...before, ...after]).toEqual(expected);
        expect(snapshot(state)).toEqual(snapshot(whole));
      }),
      { numRuns: 12 },
    );
  });
});

describe('padding', () => {
  it('with people already looked up never lowers the evidence of a theft', () => {
    const stolen = theft(theftDay, 30, 60, 'list');
    fc.assert(
      fc.property(fc.array(fc.nat(29), { maxLength: 60 }), (repeats) => {
        const plain = freshState();
        const padded = freshState();
        feed(plain, month());
        feed(padded, month());
        feed(plain, stolen);
        stolen.forEach((event, i) => {
          step(padded, event);
          for (const r of repeats) {
            if (r > i) continue;
            const again = copyEvent(stolen[r]!);
            again.timeMs = event.timeMs;
            again.idLo = r * 31 + i;
            again.idHi = 99;
            step(padded, again);
          }
        });
        for (let s = 0; s < STREAM_COUNT; s++) {
          expect(padded.channels.nats[s]!).toBeGreaterThanOrEqual(plain.channels.nats[s]! - 1e-6);
        }
      }),
      { numRuns: 12 },
    );
  });
});

const anyEvent = fc.record({
  minute: fc.nat(60 * 24 * 12),
  account: fc.nat(4),
  person: fc.nat(400),
  action: fc.nat(6),
  outcome: fc.nat(4),
  department: fc.nat(108),
  accountClass: fc.nat(2),
  profession: fc.nat(12),
  channel: fc.nat(1),
  rows: fc.oneof(fc.constant(1), fc.nat(200_000)),
  hasPerson: fc.boolean(),
  prefix: fc.constantFrom(-1, 5, 6),
});

function wild(list: readonly (typeof anyEvent extends fc.Arbitrary<infer T> ? T : never)[]): AccessEvent[] {
  return list
    .map((w) => {
      const event = eventOf({
        time: MONDAY + w.minute * MINUTE,
        person: w.person,
        account: w.account,
        department: w.department,
        prefix: w.prefix,
      });
      event.action = w.action;
      event.outcome = w.outcome;
      event.accountClass = w.accountClass;
      event.profession = w.profession;
      event.channel = w.channel;
      event.rows = w.rows;
      event.hasPerson = w.hasPerson;
      return event;
    })
    .sort((a, b) => Math.floor(a.timeMs / (6 * HOUR)) - Math.floor(b.timeMs / (6 * HOUR)));
}

describe('after any input', () => {
  it('scores are finite, counts within bounds', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 400 }), (list) => {
        const state = freshState();
        const alerts = alertsOf(feed(state, wild(list)));
        step(state, { kind: 'tick', timeMs: MONDAY + 40 * DAY });
        const { channels } = state;
        for (let row = 0; row < channels.length; row++) {
          for (let s = 0; s < STREAM_COUNT; s++) {
            const nats = channels.nats[row * STREAM_ROOM + s]!;
            expect(Number.isFinite(nats) && nats >= 0).toBe(true);
            expect(channels.observed[row * STREAM_ROOM + s]!).toBeLessThanOrEqual(channels.of[row * STREAM_ROOM + s]!);
          }
          for (let d = row * DAYS; d < (row + 1) * DAYS; d++) {
            expect(channels.dayFollowed9d[d]!).toBeLessThanOrEqual(channels.dayFound[d]!);
          }
          for (let day = channels.day[row]! - TRAIT_DAYS + 1; day <= channels.day[row]!; day++) {
            const found = channels.dayFound[row * DAYS + (day & (DAYS - 1))]!;
            const t = row * TRAIT_DAYS + (day & (TRAIT_DAYS - 1));
            expect(channels.dayFollowed1d[t]!).toBeLessThanOrEqual(found);
            expect(channels.dayUnseen[t]!).toBeLessThanOrEqual(found);
            expect(channels.dayElsewhere[t]!).toBeLessThanOrEqual(channels.dayInsured[t]!);
          }
        }
        for (const p of channels.p0.subarray(0, channels.length * TRAIT_COUNT))
          expect(p >= 0.02 && p <= 0.9801).toBe(true);
        for (const alert of alerts) {
          expect(Number.isFinite(alert.score)).toBe(true);
          expect(alert.startedMs).toBeLessThanOrEqual(alert.timeMs);
        }
        for (const { score } of ranking(state)) expect(Number.isFinite(score)).toBe(true);
        expect(stats(state).pairs).toBeLessThanOrEqual(list.length);
      }),
      { numRuns: 40 },
    );
  });

  it('no account sees more new people in an hour or a day than its quota before a restriction is decided', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 900 }), fc.boolean(), (seed, perHour, warm) => {
        const state = freshState();
        if (warm) feed(state, month());
        const first = theft(theftDay + seed * MINUTE, 400, perHour, 'list');
        let restricted = false;
        for (const event of first) {
          for (const output of step(state, event)) {
            if (output.kind === 'alert' && output.alert.rung !== 'alert') restricted = true;
          }
          const hour = state.channels.hourNew[Math.floor(event.timeMs / HOUR) & (HOURS - 1)]!;
          const day = state.channels.dayNew[Math.floor(event.timeMs / DAY) & (DAYS - 1)]!;
          if (!restricted) {
            expect(hour).toBeLessThan(state.channels.quotaHour[0]!);
            expect(day).toBeLessThan(state.channels.quotaDay[0]!);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('controls', () => {
  it('a re-enable ends the incident and clears its evidence', () => {
    const state = freshState();
    feed(state, month());
    feed(state, theft(theftDay, 60, 600, 'sweep'));
    expect(state.incidents.size).toBe(1);
    step(state, {
      kind: 'control',
      control: 'reenable',
      timeMs: theftDay + HOUR,
      accountId: 'PS-1',
      reason: 'password reset',
    });
    expect(state.incidents.size).toBe(0);
    expect(Math.max(...state.channels.nats.subarray(0, STREAM_COUNT))).toBe(0);
  });

  const verdict = (kind: 'true' | 'false' | 'benign', timeMs: number) =>
    ({
      kind: 'control',
      control: 'verdict',
      timeMs,
      accountId: 'PS-1',
      alertId: 'a',
      verdict: kind,
      reason: 'screening day at the school',
      untilMs: timeMs + 10 * DAY,
    }) as const;
  const incidentOf = () => {
    const state = freshState();
    feed(state, month());
    feed(state, theft(theftDay, 60, 600, 'sweep'));
    return state;
  };
  const suspectDays = (state: PipelineState) =>
    state.channels.dayFlags.subarray(0, DAYS).filter((f) => (f & 1) !== 0).length;

  it('a verdict of false ends the incident and lets its days be learnt; one of true changes nothing', () => {
    const found = incidentOf();
    expect(suspectDays(found)).toBeGreaterThan(0);
    step(found, verdict('true', theftDay + HOUR));
    expect(found.incidents.size).toBe(1);
    step(found, verdict('false', theftDay + HOUR));
    expect(found.incidents.size).toBe(0);
    expect(suspectDays(found)).toBe(0);
  });

  it('a benign verdict silences the score until its end, not the quotas', () => {
    const state = incidentOf();
    step(state, verdict('benign', theftDay + HOUR));
    const again = theft(theftDay + 2 * HOUR, 60, 600, 'list').map((e) =>
      Object.assign(e, { personHi: e.personHi ^ 5, idHi: 5 }),
    );
    const during = alertsOf(feed(state, again));
    expect(new Set(during.map((a) => a.kind))).toEqual(new Set(['quota_exceeded']));
    const after = theft(theftDay + 12 * DAY, 60, 600, 'sweep').map((e) =>
      Object.assign(e, { personHi: e.personHi ^ 9, idHi: 9 }),
    );
    expect(alertsOf(feed(state, after)).some((a) => a.kind === 'mass_enumeration')).toBe(true);
  });
});
