import { AccessLog } from './access-log.ts';
import type { Account } from './accounts.ts';
import { openAccount } from './accounts.ts';
import { Calendar } from './calendar.ts';
import { Casting } from './casting.ts';
import { giveHardCases } from './hard-cases.ts';
import { liveThrough } from './honest-days.ts';
import type { LineStore } from './line-store.ts';
import { PORTALS } from './portals.ts';
import type { ProfessionName } from './professions.ts';
import { PROFESSIONS } from './professions.ts';
import { randomOf, seedOf, weighted } from './random.ts';
import { commit } from './theft.ts';
import { planThefts } from './theft-plan.ts';
import { Towns } from './towns.ts';
import type { World } from './world.ts';

/** What a portal's log does not say. */
export interface Truth {
  readonly thefts: readonly StolenTime[];
  readonly accounts: ReadonlyMap<string, Account>;
}

export interface StolenTime {
  readonly id: string;
  readonly accounts: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
}

export interface SimulatedPortal extends Truth {
  readonly world: World;
  readonly lines: LineStore;
}

const drawProfession = weighted(
  Object.entries(PROFESSIONS).map(([name, { weight }]) => [name as ProfessionName, weight] as const),
);

/** One portal's days, the same for the same name and seed. @param name one of PORTALS */
export function simulatePortal(name: string, seed: number): SimulatedPortal {
  const portal = PORTALS[name];
  const random = randomOf(seedOf('portal', name, seed));
  const calendar = new Calendar(portal.start, portal.days, portal.zone);
  const world: World = {
    name,
    seed,
    portal,
    random,
    calendar,
    towns: new Towns(portal, seed, random),
    accounts: [],
    log: new AccessLog(portal, calendar, random),
  };
  for (let i = 0; i < portal.accounts; i++) openAccount(world, drawProfession(random));
  const casting = new Casting(world);
  giveHardCases(world, casting);
  const plans = planThefts(world, casting);
  for (const account of world.accounts) liveThrough(world, account);
  const thefts = plans.map((plan) => commit(world, plan)).filter((theft) => theft !== undefined);
  const { lines } = world.log;
  if (portal.jitterMs) lines.delay(random, portal.jitterMs);
  return { world, lines, thefts, accounts: new Map(world.accounts.map((account) => [account.id, account])) };
}
