import { describe, expect, it } from 'vitest';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { Output } from '#libs/model/input.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, snapshot } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';
import { DAY, eventOf, feed, freshState, HOUR, honestDays, MINUTE, MONDAY } from './traffic.ts';

/** A portal of forty practices, and what is new on one day: devices by the portal's release, or thieves'. */

const ACCOUNTS = 40;
const RELEASE = MONDAY + 21 * DAY + 8 * HOUR;

function portal(): PipelineState {
  const state = freshState();
  const weeks = Array.from({ length: ACCOUNTS }, (_, a) => honestDays(21, 4, a + 1)).flat();
  feed(
    state,
    weeks.sort((a, b) => a.timeMs - b.timeMs),
  );
  return state;
}

/** Each account once, a minute apart, from another device; from its own network or from a thief's, account by account. */
function round(from: number, device: number, isThief: (account: number) => boolean, usual = false): AccessEvent[] {
  return Array.from({ length: ACCOUNTS }, (_, i) => {
    const account = i + 1;
    const time = from + i * MINUTE;
    const event = eventOf({ time, account, person: Math.floor(from / MINUTE) + account, device: usual ? 0 : device });
    event.networkLo = isThief(account) ? hash32(account * 7 + 1) : hash32(account * 53);
    if (isThief(account)) event.deviceLo = hash32(account * 11 + 3);
    return event;
  });
}

/** Accounts of which a source that is new as a whole was told. */
const wholeNew = (outputs: readonly Output[]): string[] =>
  outputs.flatMap((o) =>
    o.kind === 'signal' && o.signal.signal === 'source' && o.signal.whole ? [o.signal.account.id] : [],
  );
/** Accounts against which a new source speaks just now. */
const spokenAgainst = ({ accounts, newestMs }: PipelineState): number =>
  Array.from({ length: ACCOUNTS }, (_, i) => i).filter(
    (i) => accounts.sourceMinute[i]! > (newestMs - DAY) / MINUTE && accounts.sourceNats[i]! > 0,
  ).length;
const nobody = () => false;

describe('a release that gives every browser another device', () => {
  it('speaks against nobody once it is seen', () => {
    const state = portal();
    const told = wholeNew(feed(state, round(RELEASE, 7, nobody)));
    expect(spokenAgainst(state)).toBeLessThan(13);
    expect(told).toEqual([]);
  });

  it('is known of machines that come later in the week, and by a detector that starts again', () => {
    const policy = defaultPolicy().detection;
    const before = portal();
    feed(before, round(RELEASE, 7, nobody));
    const state = restore(snapshot(before), { policy });
    feed(state, round(RELEASE + 4 * DAY, 8, nobody));
    expect(spokenAgainst(state)).toBe(0);
    feed(state, round(RELEASE + 30 * DAY, 0, nobody, true));
    feed(state, round(RELEASE + 31 * DAY, 9, (account) => account <= 3).slice(0, 3));
    expect(spokenAgainst(state)).toBe(3);
  });

  it('is not what thieves are, however many they are', () => {
    const state = portal();
    const told = wholeNew(
      feed(
        state,
        round(RELEASE, 7, (account) => account % 2 === 0, true),
      ),
    );
    expect(told.length).toBe(ACCOUNTS / 2);
    expect(spokenAgainst(state)).toBe(ACCOUNTS / 2);
  });
});

describe('a proxy before a portal whose log shows no devices', () => {
  const bare = (events: AccessEvent[]): AccessEvent[] => {
    for (const event of events) event.deviceLo = event.deviceHi = 0;
    return events;
  };
  const portalOfAddresses = (): PipelineState => {
    const state = freshState();
    const weeks = Array.from({ length: ACCOUNTS }, (_, a) => honestDays(21, 4, a + 1)).flat();
    feed(state, bare(weeks.sort((a, b) => a.timeMs - b.timeMs)));
    return state;
  };

  it('is not what nurses on the road have every morning', () => {
    const state = portalOfAddresses();
    const rounds = Array.from({ length: 10 }, (_, d) =>
      round(RELEASE - HOUR * 2 + d * DAY, 0, (account) => account <= 15).map((event, i) =>
        i < 15 ? Object.assign(event, { networkLo: hash32(d * 100 + i) }) : event,
      ),
    );
    feed(state, bare(rounds.flat().filter((event) => Number(event.accountId.slice(3)) <= 15)));
    const thief = round(RELEASE + 10 * DAY - HOUR, 0, (account) => account === 30).slice(29, 30);
    expect(wholeNew(feed(state, bare(thief)))).toEqual(['PS-30']);
  });

  it('speaks against nobody once it is seen; a third of the accounts from elsewhere is no proxy', () => {
    const hidden = portalOfAddresses();
    feed(hidden, bare(round(RELEASE, 0, () => true)));
    expect(spokenAgainst(hidden)).toBeLessThan(22);
    const robbed = portalOfAddresses();
    feed(robbed, bare(round(RELEASE, 0, (account) => account % 3 === 0)));
    expect(spokenAgainst(robbed)).toBe(Math.floor(ACCOUNTS / 3));
  });
});
