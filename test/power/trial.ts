import type { PlannedAction } from '#libs/model/action.ts';
import type { Rung } from '#libs/model/alert.ts';
import { PROFESSIONS } from '#libs/model/codes.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import type { PipelineStats } from '#libs/pipeline/index.ts';
import { createState, stats, step } from '#libs/pipeline/index.ts';
import { createResponseState, plan } from '#libs/respond/index.ts';
import type { AccountMonth } from '#services/calibrate/monthly-maxima.ts';
import { DAY_MS, MonthlyMaxima } from '#services/calibrate/monthly-maxima.ts';
import type { Labels as ReplayLabels } from '#services/replay/labels.ts';
import type { RestrictedDays } from '#services/replay/restricted-days.ts';
import { restrictedDays } from '#services/replay/restricted-days.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import type { Labels as SimulationLabels } from '#services/simulate/labels.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import { ContainedThefts, personNumber, showsSomebody } from './contained.ts';

/** What one honest account did to the detector in one month of 28 days. */
export interface TrialMonth extends AccountMonth {
  /** Names of the hard cases that touched this account in this month. */
  readonly cases: readonly string[];
}

/** People shown by one theft before each rung was reached for one of its accounts; undefined where it never was. */
export interface AttackTrial {
  readonly kind: string;
  readonly name: string;
  readonly profession: string;
  readonly accounts: number;
  /** New people a day usual for the (first) victim. */
  readonly size: number;
  readonly exposedAt: Partial<Record<Rung, number>>;
  readonly hoursTo: Partial<Record<Rung, number>>;
  readonly exposedInAll: number;
  /** Shown in spite of the whole ladder, where the trial was asked to enforce it. */
  readonly contained?: number;
}

export interface Trial {
  readonly months: TrialMonth[];
  readonly attacks: AttackTrial[];
  /** Days that honest accounts stand restricted after the warm-up, if every plan is carried out. */
  readonly restrictedDays: RestrictedDays;
  readonly events: number;
  readonly stats: PipelineStats;
}

/**
 * Runs one simulation through the detector in process. Honest months are counted from day `warmUpDays` on.
 * @param policy as published: its budgets should be lifted where thefts come by the score
 * @param enforce policy of a second detector whose decisions a simulated portal obeys
 */
export function runTrial(
  config: Partial<SimulationConfig>,
  { detection: policy, response }: Policy,
  warmUpDays = 28,
  enforce?: Policy,
): Trial {
  const simulation = createSimulation(config);
  const state = createState({ policy });
  const start = Date.parse(`${simulation.config.start}T00:00:00Z`);
  const maxima = new MonthlyMaxima(state, warmUpDays, start + warmUpDays * DAY_MS);
  const shown: Set<number>[] = [];
  const began: number[] = [];
  const victims = new Map<string, number>();
  const reached: Map<Rung, number>[] = [];
  const hours: Map<Rung, number>[] = [];
  const sizes: number[] = [];
  const professions: string[] = [];
  const ladder = enforce && new ContainedThefts(enforce, plannedLabels(simulation.labels()));
  const planning = createResponseState(response);
  const planned: PlannedAction[] = [];
  let events = 0;
  for (const { event, attack } of simulation.decoded()) {
    events++;
    if (attack >= 0) {
      if (shown[attack] === undefined) {
        shown[attack] = new Set();
        began[attack] = event.timeMs;
        reached[attack] = new Map();
        hours[attack] = new Map();
        professions[attack] = PROFESSIONS[event.profession]!;
      }
      victims.set(event.accountId, attack);
    }
    ladder?.take(event, attack);
    const outputs = step(state, event);
    if (attack >= 0 && showsSomebody(event)) {
      shown[attack]!.add(personNumber(event));
      if (sizes[attack] === undefined) {
        const found = state.accountIndex.find(event.accountLo, event.accountHi);
        const a = found ? state.accountIndex.slots[state.accountIndex.at]! : 0;
        sizes[attack] = state.channels.perDay[state.accounts.channelRow[a * 2 + event.channel]! - 1] ?? 0;
      }
    }
    for (const output of outputs) {
      if (output.kind !== 'alert' || output.alert.status === 'closed') continue;
      const { alert } = output;
      planned.push(...plan(planning, alert, alert.timeMs));
      const victimOf = victims.get(alert.account.id);
      if (victimOf !== undefined) {
        const at = reached[victimOf]!;
        if (!at.has(alert.rung)) {
          at.set(alert.rung, shown[victimOf]!.size);
          hours[victimOf]!.set(alert.rung, (alert.timeMs - began[victimOf]!) / 3_600_000);
        }
      }
      maxima.noteRung(alert.account.id, alert.rung, alert.timeMs, alert.kind === 'quota_exceeded');
    }
  }
  const labels = simulation.labels();
  const attacked = new Set(labels.attacks.flatMap((a) => a.accounts));
  const casesOf = Map.groupBy(labels.hardCases, (c) => c.account);
  const casesIn = ({ account, month }: AccountMonth): string[] => {
    const { fromMs, toMs } = maxima.span(month);
    const during = (casesOf.get(account) ?? []).filter(
      (c) => Date.parse(`${c.from}T00:00:00Z`) < toMs && Date.parse(`${c.to}T00:00:00Z`) > fromMs,
    );
    return [...new Set(during.map((c) => c.kind))];
  };
  return {
    months: maxima
      .all()
      .filter((m) => !attacked.has(m.account))
      .map((m) => ({ ...m, cases: casesIn(m) })),
    events,
    restrictedDays: restrictedDays(
      planned,
      (account) => !attacked.has(account),
      start + warmUpDays * DAY_MS,
      state.newestMs,
    ),
    attacks: labels.attacks.map((label, i) => ({
      kind: label.kind,
      name: label.id,
      profession: professions[i] ?? '',
      accounts: label.accounts.length,
      size: sizes[i] ?? 0,
      exposedAt: Object.fromEntries(reached[i] ?? []),
      hoursTo: Object.fromEntries(hours[i] ?? []),
      exposedInAll: shown[i]?.size ?? 0,
      ...(ladder && { contained: ladder.exposed(i) }),
    })),
    stats: stats(state),
  };
}

/** Before a run, an attack's first and last moment are those planned. */
const plannedLabels = ({ attacks }: SimulationLabels): ReplayLabels => ({
  attacks: attacks.map(({ id, kind, accounts, start, end }) => ({
    id,
    kind,
    accounts,
    startMs: Date.parse(start),
    endMs: Date.parse(end),
  })),
  hardCases: [],
});
