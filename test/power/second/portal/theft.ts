import type { Account } from './accounts.ts';
import type { StolenTime } from './portal.ts';
import type { Random } from './random.ts';
import { randomOf, seedOf } from './random.ts';
import type { TheftPlan } from './theft-plan.ts';
import { thiefSource } from './theft-sources.ts';
import type { Target } from './theft-targets.ts';
import { targetsOf } from './theft-targets.ts';
import type { World } from './world.ts';

const ROWS_OF_AN_EXPORT = 500;

/** Commits a theft: its look-ups stand in the log beside the holders' own. Undefined: nothing came of it. */
export function commit(world: World, plan: TheftPlan): StolenTime | undefined {
  const random = randomOf(seedOf('atk', plan.id, world.seed));
  const sharedNet = `51.75.${random.int(256)}.`;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  plan.accounts.forEach((account, k) => {
    const steal = thiefAt(world, plan, account, k, sharedNet, random);
    atTimes(world, plan, account, random, (atMs, day) => {
      steal(atMs, day);
      firstMs = Math.min(firstMs, atMs);
      lastMs = Math.max(lastMs, atMs);
    });
  });
  if (lastMs === 0) return undefined;
  const accounts = plan.accounts.map((account) => account.id);
  return { id: plan.id, accounts, startMs: Math.floor(firstMs) - 1000, endMs: Math.floor(lastMs) + 3600e3 };
}

/** Calls `steal` at each time at which one more is taken, day by day. */
function atTimes(
  { calendar }: World,
  plan: TheftPlan,
  account: Account,
  random: Random,
  steal: (atMs: number, day: number) => void,
): void {
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

/** What a thief does each time. */
function thiefAt(
  world: World,
  plan: TheftPlan,
  account: Account,
  k: number,
  sharedNet: string,
  random: Random,
): (atMs: number, day: number) => void {
  const { log } = world;
  const sourceOn = thiefSource(plan, account, k, sharedNet, random);
  if (plan.people === 'exports') {
    return (atMs, day) => {
      const source = sourceOn(day);
      const rows = ROWS_OF_AN_EXPORT;
      log.write({ account, atMs, action: 'export', outcome: 'success', person: undefined, source, rows });
    };
  }
  const next = targetsOf(world, plan.people, account, random);
  const action = plan.search ? 'beneficiary.search' : 'rights.read';
  return (atMs, day) => {
    const source = sourceOn(day);
    const target = next();
    const { person } = target;
    const outcome = outcomeOf(target, random);
    log.write({ account, atMs, action, outcome, person, source, api: plan.api });
    if (plan.forged && outcome === 'found' && random.chance(plan.forged)) {
      const billMs = atMs + 30e3 + random.exponential(60e3);
      const bill = account.profession === 'physician' ? 'claim.submit' : 'pec.request';
      log.write({ account, atMs: billMs, action: bill, outcome: 'success', person, source });
    }
    for (let n = 1; n <= (plan.padding ?? 0); n++) {
      const known = account.file[random.int(Math.min(80, account.file.length))];
      log.write({ account, atMs: atMs + n * 40e3, action: 'rights.read', outcome: 'found', person: known, source });
    }
  };
}

function outcomeOf({ person, isMiss }: Target, random: Random): 'found' | 'denied' | 'not_found' {
  if (isMiss) return 'not_found';
  if (person.closed && random.chance(0.6)) return 'denied';
  return random.chance(0.03) ? 'not_found' : 'found';
}
