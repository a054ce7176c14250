/** What a simulation is asked for. Everything follows from these values: the same ones give the same bytes. */
import type { AttackSpec } from './attack-spec.ts';
import type { HardCase } from './hard-cases.ts';
import { USUAL_CASES } from './hard-cases.ts';

/** A simulation was asked for something that it can't have; the message says what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface SimulationConfig {
  readonly seed: number;
  /** How many accounts exist at the start. */
  readonly accounts: number;
  readonly days: number;
  /** First day, YYYY-MM-DD. */
  readonly start: string;
  /** Department codes in which the accounts are; empty: all of France, by population. */
  readonly departments: readonly string[];
  /** Shares of professions in place of the usual ones, by name (`payer` is the managers); empty: the usual ones. */
  readonly professions: Readonly<Record<string, number>>;
  readonly hardCases: ReadonlySet<HardCase>;
  readonly attacks: readonly AttackSpec[];
  /** Attacks without a start of their own begin no earlier than this many days into the run. */
  readonly warmUpDays: number;
}

export const DEFAULT_CONFIG: SimulationConfig = {
  seed: 1,
  accounts: 300,
  days: 60,
  start: '2026-01-05',
  departments: [],
  professions: {},
  hardCases: new Set(USUAL_CASES),
  attacks: [],
  warmUpDays: 28,
};
