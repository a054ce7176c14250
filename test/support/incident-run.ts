import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from '#services/simulate/scenario.ts';
import { runVigie, startVigie } from './run-vigie.ts';

/** One labelled attack as `vigie replay --format json` reports it. */
export interface AttackFigures {
  readonly id: string;
  readonly kind: string;
  readonly accounts: number;
  readonly exposed: Readonly<Record<string, number>>;
  readonly first: Readonly<Record<string, string | null>>;
}

/** What is read of a replay's JSON. */
export interface ReplayFigures {
  readonly actions: readonly {
    readonly time: string;
    readonly account: string;
    readonly action: string;
    readonly decision: string;
  }[];
  readonly campaigns: readonly { readonly accounts: readonly string[]; readonly time: string; readonly fdr: number }[];
  readonly labels: {
    readonly attacks: readonly AttackFigures[];
    readonly campaigns: {
      readonly attacks: readonly { readonly named_24h: number; readonly named_48h: number; readonly named: number }[];
      readonly honest_named: number;
      readonly false_campaigns: number;
    };
    readonly honest: {
      readonly account_months: number;
      readonly disturbed: Readonly<Record<string, { readonly account_months: number }>>;
    };
  };
}

interface AttackLabel {
  readonly accounts: readonly string[];
  readonly start: string;
}

export interface PipedRun {
  readonly replay: ReplayFigures;
  readonly attacks: readonly AttackLabel[];
}

/** `vigie simulate … | vigie replay - --labels …`, as a user types it. @throws Error with what they wrote, on failure */
export async function simulateAndReplay(simulate: readonly string[], replay: readonly string[]): Promise<PipedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-scenario-'));
  try {
    const labels = join(folder, 'labels.json');
    const simulated = startVigie(['simulate', ...simulate, '--labels', labels]);
    let messages = '';
    simulated.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages += text;
    });
    const run = await runVigie(['replay', '-', '--labels', labels, '--format', 'json', ...replay], simulated.stdout);
    if (run.code !== 0) throw new Error(`replay ended with ${run.code}: ${run.stderr}${messages}`);
    const { attacks } = JSON.parse(readFileSync(labels, 'utf8')) as { attacks: AttackLabel[] };
    return { replay: JSON.parse(run.stdout) as ReplayFigures, attacks };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An incident replayed with a portal that obeys the restrictions. */
export interface IncidentOutcome {
  readonly name: string;
  readonly title: string;
  readonly reality: { readonly accounts: number; readonly people: number };
  /** Of the simulated theft: accounts, people shown if nobody acts, people shown with Vigie. */
  readonly accounts: number;
  readonly ifNobodyActed: number;
  readonly exposed: number;
  /** The same if people had stopped each account when a campaign named it. */
  readonly exposedByCampaign: number;
  /** Stolen accounts that the machine restricted by itself, and those among them that it suspended. */
  readonly restricted: number;
  readonly suspended: number;
  /** From the theft's first look-up to the first restriction, seconds; undefined: none. */
  readonly firstStopS: number | undefined;
  /** Stolen accounts that a campaign named within 48 h, and honest ones that any campaign named. */
  readonly namedIn48h: number;
  readonly honestNamed: number;
  /** Honest account-months in all and those with a suspension. */
  readonly honestMonths: number;
  readonly honestSuspended: number;
}

/** @param options what goes before the scenario's own: the seed, the length of the log in days */
export async function runIncident(
  name: string,
  options: { readonly seed?: number; readonly days?: number } = {},
): Promise<IncidentOutcome> {
  const { title, reality } = loadScenario(name);
  const given = Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const { replay, attacks } = await simulateAndReplay(['--scenario', name, ...given], ['--containment', 'simulate']);
  const startOf = new Map(attacks.flatMap(({ accounts, start }) => accounts.map((id) => [id, Date.parse(start)])));
  const stops = replay.actions.filter(
    ({ account, time, decision }) => decision === 'act' && Date.parse(time) >= (startOf.get(account) ?? Infinity),
  );
  const startMs = Math.min(...startOf.values());
  const sum = (of: (attack: AttackFigures) => number) => replay.labels.attacks.reduce((n, attack) => n + of(attack), 0);
  return {
    name,
    title,
    reality,
    accounts: startOf.size,
    ifNobodyActed: sum(({ exposed }) => exposed.if_nobody_acted!),
    exposed: sum(({ exposed }) => exposed.contained!),
    exposedByCampaign: sum(({ exposed }) => exposed.contained_by_campaign!),
    restricted: new Set(stops.map(({ account }) => account)).size,
    suspended: new Set(stops.filter(({ action }) => action === 'suspend').map(({ account }) => account)).size,
    firstStopS: stops.length === 0 ? undefined : (Math.min(...stops.map((s) => Date.parse(s.time))) - startMs) / 1000,
    namedIn48h: replay.labels.campaigns.attacks.reduce((n, attack) => n + attack.named_48h, 0),
    honestNamed: replay.labels.campaigns.honest_named,
    honestMonths: replay.labels.honest.account_months,
    honestSuspended: replay.labels.honest.disturbed.suspend!.account_months,
  };
}
