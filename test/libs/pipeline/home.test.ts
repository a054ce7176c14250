import { describe, expect, it } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { homeOf } from '#libs/pipeline/home.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';
import { alertsOf, DAY, eventOf, feed, freshState, HOME, HOUR, honestDays, MINUTE, MONDAY, theft } from './traffic.ts';

/** The same log from a portal that does not say where its practices stand. */
const undeclared = (events: readonly AccessEvent[]): AccessEvent[] =>
  events.map((event) => Object.assign(event, { accountDepartment: 0 }));

/** Thirty practices all over the country, the first one where {@link HOME} is. */
const practices = (): AccessEvent[] =>
  Array.from({ length: 30 }, (_, i) =>
    honestDays(30, 5, i + 1).map((event) => {
      const apart = (department: number) => ((department - 1 + i * 3) % 95) + 1;
      const accountDepartment = apart(event.accountDepartment);
      return Object.assign(event, { accountDepartment, birthDepartment: apart(event.birthDepartment) });
    }),
  ).flat();

/** The practices and an account whose people come from everywhere, a month long. */
function portal(): PipelineState {
  const state = freshState();
  const national = Array.from({ length: 600 }, (_, i) => {
    const person = 500_000_000 + i;
    const time = MONDAY + Math.floor(i / 25) * DAY + 9 * HOUR + (i % 25) * 10 * MINUTE;
    const department = 1 + ((i * 37) % 95);
    return [
      eventOf({ time, account: 99, person, department }),
      eventOf({ time: time + 5 * MINUTE, account: 99, person, department, action: 'claim' }),
    ];
  }).flat();
  feed(state, undeclared([...practices(), ...national].sort((a, b) => a.timeMs - b.timeMs)));
  return state;
}

const accountOf = (state: PipelineState, id: string): number => state.accountIds.indexOf(id);

describe('an account whose log names no department', () => {
  it('is at home where most of its people were born', () => {
    expect(homeOf(portal(), 0)).toBe(HOME);
  });

  it('is at home nowhere when they come from everywhere', () => {
    const state = portal();
    expect(homeOf(state, accountOf(state, 'PS-99'))).toBe(0);
  });

  it('is asked for a second factor over a list of the whole country as early as one that declares it', () => {
    // From the holder's own machine, so that nothing but the people speak.
    const thieves = () =>
      theft(MONDAY + 30 * DAY + 10 * HOUR, 100, 5, 'list').map((event) =>
        Object.assign(event, { networkLo: hash32(53), deviceLo: hash32(59) }),
      );
    const exposedAtStepUp = (state: PipelineState, events: readonly AccessEvent[]) =>
      alertsOf(feed(state, events)).find((alert) => alert.rung === 'step_up')?.exposed;
    const known = freshState();
    feed(
      known,
      practices().sort((a, b) => a.timeMs - b.timeMs),
    );
    const declared = exposedAtStepUp(known, thieves())!;
    const learnt = exposedAtStepUp(portal(), undeclared(thieves()))!;
    expect(learnt).toBeLessThanOrEqual(declared + 3);
  });
});
