import { Random } from '#libs/base/random.ts';
import { closeCampaigns, createCampaignState, foldSignal } from '#libs/decide/campaign/index.ts';
import type { CampaignState } from '#libs/decide/campaign/state.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { MissSignal, RiseSignal, Signal, SourceSignal } from '#libs/model/signal.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Monday 2 March 2026. */
export const START = Date.UTC(2026, 2, 2);

const PROFESSIONS = ['pharmacist', 'optician', 'physician', 'nurse'] as const;
const DEPARTMENTS = ['69', '75', '13', '59', '33'];

export const account = (n: number, org = ''): Signal['account'] => ({
  id: `PS-${String(n).padStart(4, '0')}`,
  class: 'professional',
  profession: PROFESSIONS[n % 4]!,
  department: DEPARTMENTS[n % 5]!,
  org,
});

export const source = (n: number, timeMs: number, what: Partial<SourceSignal> = {}): SourceSignal => ({
  signal: 'source',
  timeMs,
  account: account(n),
  network: `net-${n}-${timeMs}`,
  device: `dev-${n}-${timeMs}`,
  whole: true,
  asn: 64_500 + (n % 3),
  client: `browser-${n % 7}`,
  ...what,
});

export const rise = (n: number, timeMs: number, level: number): RiseSignal => ({
  signal: 'rise',
  timeMs,
  account: account(n),
  level,
  score: [2, 3.5, 5, 6.5, 9][level]! + 0.2,
  territoryOnly: false,
  newPeople: 9,
  expectedPeople: 3,
});

export const miss = (n: number, timeMs: number, register: number, number: number): MissSignal => ({
  signal: 'miss',
  timeMs,
  account: account(n),
  register,
  number,
});

export const CARRIER_POOLS = 6;

/** What honest accounts tell: journeys over carriers' shared addresses, now and then a new machine, scores that rise. */
export function honestSignals(accounts: number, days: number, seed: number): Signal[] {
  const signals: Signal[] = [];
  for (let n = 0; n < accounts; n++) {
    const random = new Random(seed, 'honest', n);
    const numbers = new Random(seed, 'numbers', n);
    for (let day = 0; day < days; day++) {
      const at = () => START + day * DAY + Math.floor(random.between(7, 19) * HOUR);
      if (random.chance(0.03)) {
        const network = `carrier-${random.int(CARRIER_POOLS)}`;
        signals.push(source(n, at(), { network, device: '', whole: false }));
      }
      if (random.chance(0.002)) signals.push(source(n, at()));
      // Mistyped dates and people of other funds, mostly born around here.
      if (numbers.chance(0.3)) {
        const register = numbers.chance(0.8)
          ? (n % DEPARTMENTS.length) * 3000 + numbers.int(3000)
          : numbers.int(15_000);
        const timeMs = START + day * DAY + Math.floor(numbers.between(7, 19) * HOUR);
        signals.push(miss(n, timeMs, register, numbers.int(65_536)));
      }
      if (random.chance(0.05)) signals.push(rise(n, at(), 0));
      if (random.chance(0.01)) signals.push(rise(n, at(), 2));
      if (random.chance(0.001)) signals.push(rise(n, at(), 4));
    }
  }
  return signals.sort((a, b) => a.timeMs - b.timeMs);
}

export const inOrder = (signals: readonly Signal[]): Signal[] => [...signals].sort((a, b) => a.timeMs - b.timeMs);

/** Folds signals in order of time, closing what can be closed after each. */
export function campaignsOf(
  signals: readonly Signal[],
  state: CampaignState = createCampaignState(),
): { readonly state: CampaignState; readonly published: Campaign[] } {
  const published: Campaign[] = [];
  for (const signal of signals) {
    published.push(...closeCampaigns(state, signal.timeMs));
    foldSignal(state, signal);
  }
  const last = signals.at(-1);
  if (last) published.push(...closeCampaigns(state, last.timeMs + HOUR));
  return { state, published };
}

/** The last revision of each campaign that was not absorbed. */
export function latest(published: readonly Campaign[]): Campaign[] {
  const byId = new Map(published.map((campaign) => [campaign.id, campaign]));
  for (const { absorbed } of published) for (const id of absorbed) byId.delete(id);
  return [...byId.values()];
}
