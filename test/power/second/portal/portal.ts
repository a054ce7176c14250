import { AccessLog } from './access-log.ts';
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
import type { Loot } from './theft.ts';
import { commit } from './theft.ts';
import { planThefts } from './theft-plan.ts';
import { Towns } from './towns.ts';
import type { World } from './world.ts';

export interface SimulatedPortal {
  readonly world: World;
  readonly lines: LineStore;
  /** What the log does not say. */
  readonly thefts: readonly Loot[];
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
  return { world, lines, thefts };
}
