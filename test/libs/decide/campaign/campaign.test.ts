import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import {
  closeCampaigns,
  createCampaignState,
  foldSignal,
  loadCampaigns,
  saveCampaigns,
} from '#libs/decide/campaign/index.ts';
import { MAX_MISSES, MAX_PENDING } from '#libs/decide/campaign/limits.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { Signal } from '#libs/model/signal.ts';
import {
  account,
  campaignsOf,
  DAY,
  HOUR,
  honestSignals,
  inOrder,
  latest,
  miss,
  rise,
  START,
  source,
} from './signals.ts';

const honest = honestSignals(600, 40, 5);
const ATTACK = START + 35 * DAY + 8 * HOUR;
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const idsOf = (numbers: readonly number[]): string[] => numbers.map((n) => account(n).id).sort();
const membersOf = (campaign: Campaign | undefined): string[] => campaign?.members.map((m) => m.account.id) ?? [];

/** Accounts from `from` on, one every ten minutes, from one machine. */
const together = (from: number, count: number): Signal[] =>
  range(from, count).map((n, i) => source(n, ATTACK + i * 600_000, { network: 'thief-net', device: 'thief-dev' }));
/** The same, each from a machine of its own, with a score that rises four hours later. */
const apart = (from: number, count: number): Signal[] =>
  range(from, count).flatMap((n, i) => [source(n, ATTACK + i * 300_000), rise(n, ATTACK + 4 * HOUR + i * 300_000, 3)]);

describe('honest accounts', () => {
  test('name no campaign in six weeks, though carriers’ addresses bring several a day', () => {
    expect(campaignsOf(honest).published).toEqual([]);
  });

  test('in a log’s first weeks, when little rises yet, name no campaign; what they share is seen', () => {
    const young = honestSignals(1500, 40, 6).filter((s) => s.signal !== 'rise' || s.timeMs > START + 15 * DAY);
    expect(campaignsOf(young).published).toEqual([]);
    const early = together(100, 8).map((s) => ({ ...s, timeMs: s.timeMs - 18 * DAY }));
    expect(latest(campaignsOf(inOrder([...young, ...early])).published)).toHaveLength(1);
  });

  test('a whole establishment that moves to a new network is one, not a campaign', () => {
    const moved = range(0, 12).map((n, i) => ({
      ...source(n, ATTACK + i * 600_000, { network: 'new-line', device: 'desk', client: '' }),
      account: account(n, 'hospital'),
    }));
    expect(campaignsOf(inOrder([...honest, ...moved])).published).toEqual([]);
  });

  test('a browser’s update, new to everybody on a known machine, is no campaign', () => {
    const updates = range(0, 300).map((n, i) =>
      source(n, ATTACK + i * 60_000, { network: '', device: `profile-${n}`, whole: false, client: 'browser-next' }),
    );
    expect(campaignsOf(inOrder([...honest, ...updates])).published).toEqual([]);
  });
});

describe('shared infrastructure', () => {
  const { published } = campaignsOf(inOrder([...honest, ...together(100, 8)]));

  test('is named after the third account, and every account with it', () => {
    const [first] = published;
    expect(first?.kind).toBe('shared_infrastructure');
    expect(first!.namedMs - ATTACK).toBeLessThanOrEqual(HOUR);
    const [campaign, ...others] = latest(published);
    expect(others).toEqual([]);
    expect(membersOf(campaign)).toEqual(idsOf(range(100, 8)));
    expect(campaign!.fdr).toBeLessThan(0.1);
    expect(campaign!.evidence[0]).toMatchObject({ observed: expect.any(Number), expected: expect.any(Number) });
    expect(campaign!.evidence[0]!.observed).toBeGreaterThan(50 * campaign!.evidence[0]!.expected);
  });

  test('keeps its id from revision to revision', () => {
    expect(new Set(published.map(({ id }) => id)).size).toBe(1);
    expect(published.map(({ revision }) => revision)).toEqual(range(1, published.length));
  });

  test('two places turn out to be one attack when an account comes from both', () => {
    const second = range(200, 5).map((n, i) =>
      source(n, ATTACK + i * 600_000, { network: 'other-net', device: 'other-dev', asn: 0, client: '' }),
    );
    const first = range(100, 8).map((n, i) =>
      source(n, ATTACK + i * 600_000, { network: 'thief-net', device: 'thief-dev', asn: 0, client: '' }),
    );
    const bridge = range(100, 3).map((n, i) =>
      source(n, ATTACK + 5 * HOUR + i * 600_000, { network: 'other-net', device: '', whole: false }),
    );
    const apartSoFar = campaignsOf(inOrder([...honest, ...first, ...second]));
    expect(latest(apartSoFar.published)).toHaveLength(2);
    const [campaign, ...others] = latest(campaignsOf(inOrder([...honest, ...first, ...second, ...bridge])).published);
    expect(others).toEqual([]);
    expect(membersOf(campaign)).toEqual(idsOf([...range(100, 8), ...range(200, 5)]));
    expect(campaign!.absorbed).toHaveLength(1);
  });

  test('a crowded carrier’s address takes more than a handful', () => {
    const there = (count: number) =>
      range(100, count).map((n, i) =>
        source(n, ATTACK + i * 60_000, { network: 'carrier-2', device: '', whole: false }),
      );
    expect(campaignsOf(inOrder([...honest, ...there(5)])).published).toEqual([]);
    expect(latest(campaignsOf(inOrder([...honest, ...there(60)])).published)).toHaveLength(1);
  });
});

describe('nothing shared', () => {
  test('accounts that all begin today are named, with few honest ones among them', () => {
    const [campaign, ...others] = latest(campaignsOf(inOrder([...honest, ...apart(100, 60)])).published);
    expect(others).toEqual([]);
    const victims = new Set(idsOf(range(100, 60)));
    const named = membersOf(campaign);
    expect(named.filter((id) => victims.has(id)).length).toBeGreaterThanOrEqual(54);
    expect(named.filter((id) => !victims.has(id)).length).toBeLessThanOrEqual(0.2 * named.length);
    expect(campaign!.fdr).toBeLessThanOrEqual(0.1);
  });

  test('scores that rise together are enough', () => {
    const rising = apart(100, 60).filter(({ signal }) => signal === 'rise');
    const [campaign] = latest(campaignsOf(inOrder([...honest, ...rising])).published);
    expect(campaign?.kind).toBe('rising_scores');
    expect(membersOf(campaign).filter((id) => new Set(idsOf(range(100, 60))).has(id)).length).toBeGreaterThanOrEqual(
      54,
    );
  });

  test('a few accounts of one profession and region stand out of their small group', () => {
    // Numbers of one profession and department: every twentieth.
    const few = range(0, 6).map((i) => rise(3 + 20 * i, ATTACK + i * HOUR, 3));
    const [campaign] = latest(campaignsOf(inOrder([...honest, ...few])).published);
    expect(campaign?.evidence.map(({ key }) => key)).toContain('profession_region');
    expect(membersOf(campaign)).toEqual(idsOf(range(0, 6).map((i) => 3 + 20 * i)));
  });
});

describe('a sweep shared out number by number', () => {
  /** Each of `thieves` accounts asks for one number of every register, so that none has two neighbours. */
  const split = (thieves: number, registers: number, sameNumber = false): Signal[] =>
    range(0, registers).flatMap((r) =>
      range(0, thieves).map((k) =>
        miss(
          100 + k,
          // In an order of everybody's own, over two days.
          ATTACK + ((r * 37 + k * 101) % registers) * Math.floor((2 * DAY) / registers) + k * 1000,
          20_000 + r * 7,
          sameNumber ? r : r * thieves + k,
        ),
      ),
    );

  test('is named by the registers that all miss in, with all who share it', () => {
    const [campaign, ...others] = latest(campaignsOf(inOrder([...honest, ...split(12, 500)])).published);
    expect(others).toEqual([]);
    expect(campaign?.kind).toBe('split_sweep');
    expect(campaign!.namedMs - ATTACK).toBeLessThanOrEqual(DAY);
    expect(membersOf(campaign)).toEqual(idsOf(range(100, 12)));
    expect(campaign!.fdr).toBeLessThanOrEqual(0.1);
  });

  test('one person whom nobody knows, asked for by all the practices he goes to, is one number', () => {
    expect(campaignsOf(inOrder([...honest, ...split(12, 1, true)])).published).toEqual([]);
  });

  test('what a week may hold of unknown numbers is bounded, what is refused is counted, and a week later there is room', () => {
    const state = createCampaignState();
    state.misses.misses = MAX_MISSES - 1;
    campaignsOf([miss(1, START, 1, 1), miss(2, START + HOUR, 2, 2), miss(3, START + DAY, 3, 3)], state);
    expect(state.counters.missesRefused).toBe(2);
    campaignsOf([miss(4, START + 8 * DAY, 4, 4)], state);
    expect(state.counters.missesRefused).toBe(2);
    expect(state.misses.misses).toBe(MAX_MISSES - 1 + 1);
  });

  test('an insurer that does not answer makes all registers surge: no campaign', () => {
    const unanswered = range(0, 600).flatMap((n) =>
      range(0, 40).map((i) => miss(n, ATTACK + (n + i * 600) * 1500, (n * 7 + i * 7919) % 1000, n * 40 + i)),
    );
    expect(campaignsOf(inOrder([...honest, ...unanswered])).published).toEqual([]);
  });
});

describe('what many share without any attack', () => {
  /** All of one profession and department, whose numbers are every twentieth. */
  const peers = (territoryOnly: boolean): Signal[] =>
    range(0, 12).map((i) => ({ ...rise(3 + 20 * i, ATTACK + i * HOUR, 3), territoryOnly }));

  test('holidays bring a region people from everywhere: it takes more than the territory there', () => {
    const holidays = latest(campaignsOf(inOrder([...honest, ...peers(true)])).published);
    expect(holidays.flatMap(({ evidence }) => evidence.map(({ key }) => key))).not.toContain('profession_region');
    const theft = latest(campaignsOf(inOrder([...honest, ...peers(false)])).published);
    expect(theft.flatMap(({ evidence }) => evidence.map(({ key }) => key))).toContain('profession_region');
  });

  test('the next version of a browser comes with whoever has a new machine that day', () => {
    const renewed = (client: (n: number) => string) =>
      range(100, 4).map((n, i) => source(n, ATTACK + i * HOUR, { asn: 0, client: client(n) }));
    // Seven clients share what is new every day, so a version of one of them brings as many.
    expect(campaignsOf(inOrder([...honest, ...renewed(() => 'browser-1-next')])).published).toEqual([]);
    const [tool] = latest(
      campaignsOf(
        inOrder([...honest, ...range(100, 12).map((n, i) => source(n, ATTACK + i * HOUR, { client: 'tool' }))]),
      ).published,
    );
    expect(tool?.evidence.map(({ key }) => key)).toContain('client');
  });

  test('a month in which scores hardly rise does not make three high ones a campaign', () => {
    const quiet = honest.filter((signal) => signal.signal !== 'rise' || signal.level === 0);
    const high = range(0, 3).map((i) => rise(7 + 31 * i, ATTACK + i * HOUR, 2));
    expect(campaignsOf(inOrder([...quiet, ...high])).published).toEqual([]);
  });
});

describe('the end', () => {
  const robbed = apart(100, 40).filter(({ signal }) => signal === 'rise');
  const later = (days: number): Signal[] => robbed.map((s) => ({ ...s, timeMs: s.timeMs + days * DAY }));
  const long = honestSignals(600, 75, 6);

  test('once the excess is over nobody is added, though the campaign is still open', () => {
    // A few of the members go on, so that it stays open; now and then an honest score rises high.
    const goingOn = range(1, 12).flatMap((day) =>
      range(100, 6).map((n) => source(n, ATTACK + day * DAY, { network: `thief-${n}`, device: `thief-${n}` })),
    );
    const seldom = long.filter(
      (s) =>
        s.timeMs < ATTACK + 13 * DAY && (s.signal !== 'rise' || s.level < 4 || Number(s.account.id.slice(3)) % 4 === 0),
    );
    const high = [rise(300, ATTACK + 5 * DAY, 4), rise(301, ATTACK + 8 * DAY, 4)];
    const { published, state } = campaignsOf(inOrder([...seldom, ...robbed, ...goingOn, ...high]));
    expect([...state.campaigns.values()].some(({ members }) => members.has(account(100).id))).toBe(true);
    const [campaign] = latest(published).filter(({ kind }) => kind === 'rising_scores');
    const victims = new Set(idsOf(range(100, 40)));
    const late = campaign!.members.filter((m) => m.namedMs > ATTACK + 3 * DAY && !victims.has(m.account.id));
    expect(late).toEqual([]);
    expect(membersOf(campaign).filter((id) => victims.has(id)).length).toBeGreaterThanOrEqual(36);
  });

  test('a weekend does not end it, a quiet week does: the next theft is another campaign', () => {
    const openAfter = (days: number) => {
      const soFar = long.filter(({ timeMs }) => timeMs < ATTACK + days * DAY);
      return campaignsOf(inOrder([...soFar, ...robbed])).state.campaigns.size;
    };
    expect(openAfter(3)).toBe(1);
    expect(openAfter(7)).toBe(0);
    expect(latest(campaignsOf(inOrder([...long, ...robbed, ...later(14)])).published)).toHaveLength(2);
  });
});

test('signals that wait for a watermark that stands still end the work rather than be lost', () => {
  const state = createCampaignState();
  state.pending = new Array<Signal>(MAX_PENDING - 1).fill(rise(1, START, 0));
  foldSignal(state, rise(2, START, 0));
  expect(() => foldSignal(state, rise(3, START, 0))).toThrow('watermark');
  expect(state.pending).toHaveLength(MAX_PENDING);
});

describe('order', () => {
  const signals = inOrder([
    ...honest.filter(({ timeMs }) => timeMs < START + 37 * DAY),
    ...together(100, 6),
    ...apart(300, 30),
  ]);
  const reference = JSON.stringify(campaignsOf(signals).published);

  test('however partitions interleave, the same campaigns come out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer(), (count, seed) => {
        // Partitions by account, each in its own order, read in bursts.
        const partitions = range(0, count).map((p) =>
          signals.filter((s) => Number(s.account.id.slice(3)) % count === p),
        );
        const at = partitions.map(() => 0);
        const state = createCampaignState();
        const published: Campaign[] = [];
        let draw = seed >>> 0;
        for (;;) {
          const open = range(0, count).filter((p) => at[p]! < partitions[p]!.length);
          if (open.length === 0) break;
          draw = (Math.imul(draw, 1_664_525) + 1_013_904_223) >>> 0;
          const p = open[draw % open.length]!;
          const burst = 1 + ((draw >>> 8) % 400);
          for (const signal of partitions[p]!.slice(at[p]!, at[p]! + burst)) foldSignal(state, signal);
          at[p] = at[p]! + burst;
          // The watermark: what the slowest partition has reached.
          const reached = open.map((q) =>
            at[q]! === 0 ? 0 : partitions[q]![Math.min(at[q]!, partitions[q]!.length) - 1]!.timeMs,
          );
          published.push(...closeCampaigns(state, Math.min(...reached)));
        }
        published.push(...closeCampaigns(state, signals.at(-1)!.timeMs + HOUR));
        expect(state.counters.late).toBe(0);
        expect(JSON.stringify(published)).toBe(reference);
      }),
      { numRuns: 12 },
    );
  });

  test('cut anywhere by a snapshot, the rest is the same', () => {
    for (const cut of [1, 2000, signals.length - 40]) {
      const first = createCampaignState();
      const published: Campaign[] = [];
      for (const signal of signals.slice(0, cut)) {
        published.push(...closeCampaigns(first, signal.timeMs));
        foldSignal(first, signal);
      }
      const writer = new SnapshotWriter();
      saveCampaigns(first, writer);
      const second = loadCampaigns(new SnapshotReader(writer.finish()));
      published.push(...campaignsOf(signals.slice(cut), second).published);
      expect(JSON.stringify(published)).toBe(reference);
    }
  });

  test('what comes after its time is counted, and counts now', () => {
    const state = createCampaignState();
    for (const signal of signals.slice(0, 500)) {
      closeCampaigns(state, signal.timeMs);
      foldSignal(state, signal);
    }
    foldSignal(state, source(7, signals[10]!.timeMs));
    closeCampaigns(state, signals[499]!.timeMs + HOUR);
    expect(state.counters).toMatchObject({ late: 1, signals: 501 });
    expect(state.pending).toEqual([]);
  });
});
