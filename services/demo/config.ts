/**
 * What the demo simulates: the portal of a small region, four weeks of history, a week in which an account is stolen, and
 * quiet time afterwards. Large hospitals and laboratories are left out: they would be nine tenths of the requests and none
 * of the story. `vigie simulate` has them, and `test/power` measures with them.
 */
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { AttackSpec } from '#services/simulate/attack-spec.ts';
import { ATTACKS, makeAttack } from '#services/simulate/attack-spec.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import { DEFAULT_CONFIG } from '#services/simulate/config.ts';

export interface DemoConfig {
  readonly seed: number;
  /** Name of a theft of the simulator's that concerns one account. */
  readonly attack: string;
  readonly accounts: number;
  /** First day of the history, a Monday, YYYY-MM-DD. */
  readonly start: string;
  readonly historyDays: number;
  readonly storyDays: number;
  /** Days of quiet traffic that can follow the story. */
  readonly serveDays: number;
  /** When the thief may begin, days after the story's start. */
  readonly attackDay: number;
  /** Simulated seconds a second: in the story's week, and afterwards. */
  readonly storySpeed: number;
  readonly serveSpeed: number;
  /** While the thief is at work time is slowed down so far that they make about this many requests a second. */
  readonly thiefRequestsPerSecond: number;
}

export const DEFAULT_DEMO: DemoConfig = {
  seed: 1,
  attack: 'stolen-list',
  accounts: 300,
  start: '2026-02-02',
  historyDays: 28,
  storyDays: 7,
  serveDays: 365,
  // Wednesday, ten o'clock in Paris.
  attackDay: 2 + 9 / 24,
  storySpeed: 43_200,
  serveSpeed: 600,
  thiefRequestsPerSecond: 8,
};

/** Neighbours: Rhône, Isère, Ain. */
export const DEMO_DEPARTMENTS: readonly string[] = ['69', '38', '01'];

/** Shares of the portal's accounts. */
const PROFESSIONS: SimulationConfig['professions'] = {
  optician: 20,
  dentist: 18,
  physician: 16,
  nurse: 14,
  physiotherapist: 10,
  audiologist: 8,
  pharmacist: 6,
  radiology: 1,
  payer: 1,
};

/** Thefts that the demo can tell: those of one account. */
export const DEMO_ATTACKS: readonly string[] = Object.keys(ATTACKS).filter((name) => ATTACKS[name]!.count === 1);

/** The stolen account is a small optician's, where the attack doesn't say otherwise; any that fits if there is none. */
const VICTIMS: readonly Readonly<Record<string, string>>[] = [
  { profession: 'optician', size: 'small' },
  { profession: 'optician' },
  { size: 'small' },
  {},
];

export function attackSpecs(config: DemoConfig): AttackSpec[] {
  const usual = ATTACKS[config.attack];
  if (usual === undefined || usual.count !== 1) {
    throw new CommandFailure(`no such attack: ${config.attack}; there are ${DEMO_ATTACKS.join(', ')}`, EXIT.usage);
  }
  const victims = usual.accountClass === 'professional' ? VICTIMS : [{}];
  return victims.map((victim) => {
    const values = new Map(Object.entries({ ...victim, start: String(config.historyDays + config.attackDay) }));
    const made = makeAttack(config.attack, values);
    if (!made.ok) throw new CommandFailure(made.error, EXIT.usage);
    return made.value;
  });
}

export function simulationConfig(config: DemoConfig, attack: AttackSpec): Partial<SimulationConfig> {
  return {
    seed: config.seed,
    accounts: config.accounts,
    days: config.historyDays + config.storyDays + config.serveDays,
    start: config.start,
    departments: DEMO_DEPARTMENTS,
    professions: PROFESSIONS,
    hardCases: DEFAULT_CONFIG.hardCases,
    attacks: [attack],
    warmUpDays: config.historyDays,
  };
}
