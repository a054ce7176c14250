import type { Account } from './portal/accounts.ts';
import { DAY_MS } from './portal/calendar.ts';
import type { Loot } from './portal/theft.ts';
import type { World } from './portal/world.ts';
import type { ByRung, Replayed, Rung } from './replayed.ts';
import { byRung, RUNGS } from './replayed.ts';

/** What detection costs accounts in the time in which nobody has robbed them. */
export interface HonestFigures {
  /** With such time after the warm-up. */
  readonly accounts: number;
  /** Account-months of 28 days after the warm-up. */
  readonly months: number;
  readonly disturbed: ByRung<number>;
  /** The same of accounts that no hard case was given to. */
  readonly plain: { readonly months: number; readonly disturbed: ByRung<number> };
  /** Account-days on which a throttle or a suspension was decided, renewals included. */
  readonly restricting_days: number;
  /** Accounts with each hard case. */
  readonly cases: Readonly<Record<string, number>>;
  /** The first time that each account met each rung above the alert. */
  readonly first: readonly Disturbance[];
}

export interface Disturbance {
  readonly account: string;
  readonly rung: Rung;
  readonly time: string;
  /** The hard case that it was in or had just been in; otherwise its profession, in brackets. */
  readonly why: string;
  readonly score: number;
  readonly decision: string;
  readonly evidence: string;
}

/** What is asked of a simulated portal. */
export interface Measured {
  readonly world: Pick<World, 'calendar' | 'portal'> & { readonly accounts: readonly Holder[] };
  readonly thefts: readonly Pick<Loot, 'accounts' | 'startMs'>[];
}
type Holder = Pick<Account, 'id' | 'profession' | 'start' | 'cases'>;

const MONTH_MS = 28 * DAY_MS;
/** So long after a hard case bills may stay away that were expected. */
const AFTERMATH_DAYS = 21;

export function honestFigures({ world, thefts }: Measured, replayed: Replayed): HonestFigures {
  const { calendar, portal } = world;
  const honest = new Map(world.accounts.map((account) => [account.id, account]));
  const measuredMs = calendar.fromMs + portal.warmUpDays * DAY_MS;
  const robbedMs = new Map<string, number>();
  for (const { accounts, startMs } of thefts) {
    for (const id of accounts.keys()) robbedMs.set(id, Math.min(startMs, robbedMs.get(id) ?? startMs));
  }
  const untilMs = (id: string): number => robbedMs.get(id) ?? calendar.toMs;
  const honestMs = ({ id, start }: Holder): number =>
    Math.max(0, untilMs(id) - Math.max(measuredMs, calendar.fromMs + start * DAY_MS));
  const monthsOf = (accounts: readonly Holder[]): number =>
    Math.round((accounts.reduce((sum, account) => sum + honestMs(account), 0) / MONTH_MS) * 10) / 10;
  const isPlain = (id: string): boolean => honest.get(id)!.cases.length === 0;
  const met = meetings(replayed).filter(
    ({ account, atMs }) => honest.has(account) && atMs >= measuredMs && atMs < untilMs(account),
  );
  const monthsMet = (among: readonly Meeting[]) =>
    byRung((rung) => {
      const own = among.filter((m) => m.rung === rung);
      return new Set(own.map((m) => `${m.account} ${Math.floor((m.atMs - measuredMs) / MONTH_MS)}`)).size;
    });
  const restricting = met.filter((m) => m.rung === 'throttle' || m.rung === 'suspend');
  const accounts = world.accounts.filter((account) => honestMs(account) > 0);
  return {
    accounts: accounts.length,
    months: monthsOf(accounts),
    disturbed: monthsMet(met),
    plain: {
      months: monthsOf(accounts.filter((a) => isPlain(a.id))),
      disturbed: monthsMet(met.filter((m) => isPlain(m.account))),
    },
    restricting_days: new Set(restricting.map((m) => `${m.account} ${Math.floor(m.atMs / DAY_MS)}`)).size,
    cases: casesOf(accounts),
    first: firstOf(met).map((m) => disturbance(m, honest.get(m.account)!, calendar.fromMs, replayed)),
  };
}

/** An account met a rung. */
interface Meeting {
  readonly account: string;
  readonly rung: Rung;
  readonly atMs: number;
  /** Undefined: an alert. */
  readonly action: Replayed['actions'][number] | undefined;
}

function meetings({ alerts, actions }: Replayed): Meeting[] {
  return [
    ...alerts.map(({ account, time }) => ({
      account,
      rung: 'alert' as const,
      atMs: Date.parse(time),
      action: undefined,
    })),
    ...actions.map((action) => ({
      account: action.account,
      rung: action.action,
      atMs: Date.parse(action.time),
      action,
    })),
  ].sort((a, b) => a.atMs - b.atMs);
}

const firstOf = (met: readonly Meeting[]): Meeting[] =>
  RUNGS.filter((rung) => rung !== 'alert').flatMap((rung) => {
    const seen = new Set<string>();
    return met.filter((m) => m.rung === rung && !seen.has(m.account) && seen.add(m.account));
  });

function disturbance({ account, rung, atMs, action }: Meeting, of: Holder, fromMs: number, replayed: Replayed) {
  const day = Math.floor((atMs - fromMs) / DAY_MS);
  const during = of.cases.find((c) => day >= c.from - 1 && day < c.to + AFTERMATH_DAYS);
  const alert = replayed.alerts.find((a) => a.id === action?.alert);
  const evidence = (alert?.evidence ?? [])
    .filter(({ nats }) => nats >= 1)
    .map(({ name, observed, of: all, expected, nats }) => `${name} ${observed}/${all} expected ${expected} +${nats}`);
  return {
    account,
    rung,
    time: new Date(atMs).toISOString(),
    why: during?.kind ?? `(${of.profession})`,
    score: action?.score ?? 0,
    decision: action?.decision ?? '',
    evidence: evidence.join('; '),
  };
}

function casesOf(accounts: readonly Holder[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { cases } of accounts) {
    for (const kind of new Set(cases.map((c) => c.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
