/** Incidents that happened, as data: the portal, the theft, what is known and what had to be assumed. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { assert } from '#libs/base/assert.ts';
import type { AttackSpec } from './attack-spec.ts';
import { makeAttack } from './attack-spec.ts';
import type { SimulationConfig } from './config.ts';

const FOLDER = new URL('./scenarios/', import.meta.url);
const EXTENSION = '.yaml';

const scenarioSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  facts: z.array(z.string()).min(1),
  assumptions: z.array(z.string()).min(1),
  /** What the real theft took; 0 where nobody has said. */
  reality: z.strictObject({ accounts: z.int(), people: z.int() }),
  portal: z.strictObject({
    accounts: z.int(),
    days: z.int(),
    start: z.iso.date(),
    professions: z.record(z.string(), z.number()).optional(),
    departments: z.array(z.string()).optional(),
  }),
  attacks: z.array(z.looseObject({ kind: z.string() })).min(1),
});

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly facts: readonly string[];
  readonly assumptions: readonly string[];
  readonly reality: { readonly accounts: number; readonly people: number };
  /** Portal and theft, to be given to `createSimulation`; the seed is the caller's. */
  readonly config: Partial<SimulationConfig>;
}

/** Names of the shipped scenarios, sorted. */
export const scenarioNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();

/** Reads a shipped scenario. Its files are part of the product, so that a wrong one is a bug and throws. */
export function loadScenario(name: string): Scenario {
  assert(scenarioNames().includes(name), `no scenario is called ${name}`);
  const { portal, attacks, ...about } = scenarioSchema.parse(
    parse(readFileSync(new URL(`${name}${EXTENSION}`, FOLDER), 'utf8')),
  );
  const config: Partial<SimulationConfig> = {
    accounts: portal.accounts,
    days: portal.days,
    start: portal.start,
    attacks: attacks.map(toAttack),
    ...(portal.professions === undefined ? {} : { professions: portal.professions }),
    ...(portal.departments === undefined ? {} : { departments: portal.departments }),
  };
  return { ...about, config };
}

function toAttack({ kind, ...values }: { kind: string; [key: string]: unknown }): AttackSpec {
  const attack = makeAttack(kind, new Map(Object.entries(values).map(([key, value]) => [key, String(value)])));
  assert(attack.ok, attack.ok ? '' : attack.error);
  return attack.value;
}
