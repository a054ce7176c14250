/** The truth about a run: what was theft, what was an honest oddity. The first part is what scorers read. */

import type { AttackRunner } from './attacks.ts';
import { DAY_MS, isoDate } from './calendar.ts';
import type { HardCase } from './hard-cases.ts';
import { INSURERS } from './people.ts';
import type { World } from './world.ts';

export interface AttackLabel {
  readonly id: string;
  readonly kind: string;
  readonly accounts: readonly string[];
  /** First and last look-up of the theft, event time. */
  readonly start: string;
  readonly end: string;
  /** Different people whose file was shown by the theft, if nobody acts; and by insurer, largest first. */
  readonly exposed: number;
  readonly exposedByInsurer: readonly { readonly amc: string; readonly people: number }[];
}

export interface HardCaseLabel {
  /** `*` where it struck everybody. */
  readonly account: string;
  readonly kind: HardCase;
  /** First day and the day after the last, YYYY-MM-DD. */
  readonly from: string;
  readonly to: string;
}

export interface Labels {
  readonly attacks: readonly AttackLabel[];
  readonly hardCases: readonly HardCaseLabel[];
  readonly benign: {
    /** Accounts that are in no attack, and their months of 30 days. */
    readonly accounts: number;
    readonly accountMonths: number;
  };
  readonly events: number;
}

export function makeLabels(world: World, runners: readonly AttackRunner[], events: number): Labels {
  const victims = new Set(runners.flatMap((r) => r.plan.victims));
  const benign = world.accounts.filter((a) => !victims.has(a));
  const days = benign.reduce(
    (sum, a) => sum + Math.max(0, Math.min(world.endDay, a.leftDay) - Math.max(world.startDay, a.firstDay)),
    0,
  );
  return {
    attacks: runners.map((runner) => labelAttack(world, runner)),
    hardCases: [...accountCases(world), ...outageCases(world)],
    benign: { accounts: benign.length, accountMonths: Math.round((days / 30) * 1000) / 1000 },
    events,
  };
}

const accountCases = (world: World): HardCaseLabel[] =>
  world.accounts.flatMap((account) =>
    account.cases.map((c) => ({
      account: account.id,
      kind: c.kind,
      from: isoDate(c.fromDay),
      to: isoDate(Math.min(c.toDay, world.endDay)),
    })),
  );

const outageCases = (world: World): HardCaseLabel[] =>
  world.outages.map((o) => {
    const day = Math.floor(o.startMs / DAY_MS);
    return { account: '*', kind: 'insurer-outage', from: isoDate(day), to: isoDate(day + 1) };
  });

function labelAttack(world: World, { plan, outcome }: AttackRunner): AttackLabel {
  const byInsurer = new Map<number, number>();
  for (const person of outcome.exposed) {
    const insurer = world.people.insurerOf(person);
    byInsurer.set(insurer, (byInsurer.get(insurer) ?? 0) + 1);
  }
  const began = outcome.lastMs > 0;
  return {
    id: plan.id,
    kind: plan.spec.kind,
    accounts: plan.victims.map((v) => v.id),
    start: new Date(Math.floor(began ? outcome.firstMs : plan.startMs)).toISOString(),
    end: new Date(Math.floor(began ? outcome.lastMs : plan.endMs)).toISOString(),
    exposed: outcome.exposed.size,
    exposedByInsurer: [...byInsurer]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .map(([insurer, people]) => ({ amc: INSURERS[insurer]!, people })),
  };
}
