import type { Random } from './random.ts';
import { randomOf, seedOf } from './random.ts';
import type { TheftPlan } from './theft-plan.ts';
import type { Thief } from './theft-sources.ts';
import { thiefSource } from './theft-sources.ts';
import type { Target } from './theft-targets.ts';
import { targetsOf } from './theft-targets.ts';
import type { World } from './world.ts';

const ROWS_OF_AN_EXPORT = 500;

/** What was really stolen. */
export interface Loot {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly accounts: ReadonlyMap<string, readonly Shown[]>;
}

/** A thief was shown people, for the first time on this account; in order of time. */
export interface Shown {
  readonly atMs: number;
  /** Rows of an export; otherwise 1. */
  readonly people: number;
}

/** Commits a theft: its look-ups stand in the log beside the holders' own. Undefined: nothing came of it. */
export function commit(world: World, plan: TheftPlan): Loot | undefined {
  const random = randomOf(seedOf('atk', plan.id, world.seed));
  const sharedNet = `51.75.${random.int(256)}.`;
  const accounts = new Map<string, Shown[]>();
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  plan.accounts.forEach((account, place) => {
    const shown: Shown[] = [];
    accounts.set(account.id, shown);
    const thief: Thief = { plan, account, place, sharedNet, random };
    const steal = thiefAt(world, thief, shown);
    atTimes(world, thief, (atMs, day) => {
      if (atMs >= world.calendar.toMs) return;
      steal(atMs, day);
      firstMs = Math.min(firstMs, atMs);
      lastMs = Math.max(lastMs, atMs);
    });
  });
  if (lastMs === 0) return undefined;
  return { id: plan.id, startMs: Math.floor(firstMs) - 1000, endMs: Math.floor(lastMs) + 3600e3, accounts };
}

/** Calls `steal` at each time at which one more is taken, day by day. */
function atTimes({ calendar }: World, thief: Thief, steal: (atMs: number, day: number) => void): void {
  const { plan, account, random } = thief;
  const [from, to] = plan.hours;
  const { pace } = plan;
  let taken = 0;
  for (let i = plan.stagger ? random.int(plan.stagger) : 0; i < plan.days; i++) {
    const day = plan.firstDay + i;
    if (day >= calendar.days) break;
    const isOpen = account.habits.weekdays.includes(calendar.weekday(day)) && !calendar.isHoliday(day);
    // The holder's own machine is there when the practice is open.
    if (plan.from === 'own' && !isOpen) continue;
    if ('gapMs' in pace) {
      const endMs = calendar.at(day, to);
      for (
        let t = calendar.at(day, from);
        t < endMs && taken < pace.most;
        t += pace.gapMs * (0.7 + 0.6 * random.unit())
      ) {
        steal(t, day);
        taken++;
      }
    } else if ('burst' in pace) {
      const startMs = calendar.at(day, from) + random.unit() * 3600e3;
      for (let k = 0; k < pace.burst; k++) steal(startMs + k * 3000 * (0.7 + 0.6 * random.unit()), day);
    } else {
      const count =
        'growth' in pace
          ? Math.round(pace.growth ** i)
          : random.poisson('perDay' in pace ? pace.perDay : pace.perHour * (to - from));
      const times = Array.from({ length: count }, () => calendar.at(day, from + random.unit() * (to - from)));
      for (const t of times.sort((a, b) => a - b)) steal(t, day);
    }
  }
}

/** What a thief does each time. @param shown what came of it, in order */
function thiefAt(world: World, thief: Thief, shown: Shown[]): (atMs: number, day: number) => void {
  const { plan, account, random } = thief;
  const { log } = world;
  const sourceOn = thiefSource(thief);
  if (plan.people === 'exports') {
    return (atMs, day) => {
      const source = sourceOn(day);
      const rows = ROWS_OF_AN_EXPORT;
      log.write({ account, atMs, action: 'export', outcome: 'success', person: undefined, source, rows });
      shown.push({ atMs: Math.floor(atMs), people: rows });
    };
  }
  const next = targetsOf(world, plan.people, account, random);
  const known = new Set<string>();
  const action = plan.search ? 'beneficiary.search' : 'rights.read';
  return (atMs, day) => {
    const source = sourceOn(day);
    const target = next();
    const { person } = target;
    const outcome = outcomeOf(target, random);
    log.write({ account, atMs, action, outcome, person, source, api: plan.api });
    if (outcome === 'found' && !known.has(person.nir)) {
      known.add(person.nir);
      shown.push({ atMs: Math.floor(atMs), people: 1 });
    }
    if (plan.forged && outcome === 'found' && random.chance(plan.forged)) {
      const billMs = atMs + 30e3 + random.exponential(60e3);
      const bill = account.profession === 'physician' ? 'claim.submit' : 'pec.request';
      log.write({ account, atMs: billMs, action: bill, outcome: 'success', person, source });
    }
    for (let n = 1; n <= (plan.padding ?? 0); n++) {
      const client = account.file[random.int(Math.min(80, account.file.length))];
      log.write({ account, atMs: atMs + n * 40e3, action: 'rights.read', outcome: 'found', person: client, source });
    }
  };
}

function outcomeOf({ person, isMiss }: Target, random: Random): 'found' | 'denied' | 'not_found' {
  if (isMiss) return 'not_found';
  if (person.closed && random.chance(0.6)) return 'denied';
  return random.chance(0.03) ? 'not_found' : 'found';
}
