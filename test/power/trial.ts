import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import { ACCOUNT_CLASSES, isLookup, OUTCOME_FOUND, OUTCOME_SUCCESS, PROFESSIONS } from '#libs/model/codes.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import { S_FOLLOW_9D, S_FOLLOW_30M, STREAM_COUNT } from '#libs/model/streams.ts';
import { createState, step } from '#libs/pipeline/index.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

/** What one honest account did to the detector in one block of 28 days. */
export interface AccountMonth {
  readonly account: string;
  readonly profession: string;
  readonly accountClass: string;
  /** Highest evidence by stream (less the size allowance), highest score, highest score that counts for a suspension. */
  readonly streams: Float64Array;
  score: number;
  gated: number;
  /** Bits of the rungs reached. */
  rungs: number;
  /** Score-only rungs would be judged from `score`; these came with a quota. */
  quota: boolean;
  /** Names of the hard cases that touched this account in this month. */
  cases: readonly string[];
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
}

export interface Trial {
  readonly months: AccountMonth[];
  readonly attacks: AttackTrial[];
  readonly events: number;
}

const BLOCK_DAYS = 28;
const DAY_MS = 86_400_000;

/** Runs one simulation through the detector in process. Honest months are counted from day `warmUpDays` on. */
export function runTrial(config: Partial<SimulationConfig>, policy: DetectionPolicy, warmUpDays = 28): Trial {
  const simulation = createSimulation(config);
  const state = createState({ policy });
  const start = Date.parse(`${simulation.config.start}T00:00:00Z`);
  const firstBlock = start + warmUpDays * DAY_MS;
  const months = new Map<string, AccountMonth>();
  const monthOf = (account: string, row: number, timeMs: number): AccountMonth | undefined => {
    if (timeMs < firstBlock) return undefined;
    const key = `${account} ${Math.floor((timeMs - firstBlock) / (BLOCK_DAYS * DAY_MS))}`;
    let month = months.get(key);
    if (month === undefined) {
      const a = state.channels.account[row]!;
      month = {
        account,
        profession: PROFESSIONS[state.accounts.profession[a]!]!,
        accountClass: ACCOUNT_CLASSES[state.accounts.accountClass[a]!]!,
        streams: new Float64Array(STREAM_COUNT),
        score: 0,
        gated: 0,
        rungs: 0,
        quota: false,
        cases: [],
      };
      months.set(key, month);
    }
    return month;
  };
  state.observer = (row, score, who) => {
    const account = state.accountIds[state.channels.account[row]!]!;
    const month = monthOf(account, row, state.newestMs);
    if (month === undefined) return;
    const allowance = state.channels.allowance[row]!;
    for (let s = 0; s < STREAM_COUNT; s++) {
      const explained = s >= S_FOLLOW_30M && s <= S_FOLLOW_9D ? state.channels.switchNats[row]! : 0;
      const nats = state.channels.nats[row * STREAM_ROOM + s]! - allowance - explained;
      if (nats > month.streams[s]!) month.streams[s] = nats;
    }
    if (score > month.score) month.score = score;
    if (who > month.gated) month.gated = who;
  };

  const shown: Set<number>[] = [];
  const began: number[] = [];
  const victims = new Map<string, number>();
  const reached: Map<Rung, number>[] = [];
  const hours: Map<Rung, number>[] = [];
  const sizes: number[] = [];
  const professions: string[] = [];
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
    const outputs = step(state, event);
    if (
      attack >= 0 &&
      isLookup(event.action) &&
      (event.outcome === OUTCOME_FOUND || event.outcome === OUTCOME_SUCCESS)
    ) {
      shown[attack]!.add(event.personLo * 4294967296 + event.personHi);
      if (sizes[attack] === undefined) {
        const found = state.accountIndex.find(event.accountLo, event.accountHi);
        const a = found ? state.accountIndex.slots[state.accountIndex.at]! : 0;
        sizes[attack] = state.channels.perDay[state.accounts.channelRow[a * 2 + event.channel]! - 1] ?? 0;
      }
    }
    for (const output of outputs) {
      if (output.kind !== 'alert') continue;
      const { alert } = output;
      const victimOf = victims.get(alert.account.id);
      if (victimOf !== undefined) {
        const at = reached[victimOf]!;
        if (!at.has(alert.rung) && alert.status !== 'closed') {
          at.set(alert.rung, shown[victimOf]!.size);
          hours[victimOf]!.set(alert.rung, (alert.timeMs - began[victimOf]!) / 3_600_000);
        }
      }
      if (alert.timeMs >= firstBlock && alert.status !== 'closed') {
        const key = `${alert.account.id} ${Math.floor((alert.timeMs - firstBlock) / (BLOCK_DAYS * DAY_MS))}`;
        const month = months.get(key);
        if (month !== undefined) {
          month.rungs |= 1 << RUNGS.indexOf(alert.rung);
          if (alert.kind === 'quota_exceeded') month.quota = true;
        }
      }
    }
  }
  const labels = simulation.labels();
  const attacked = new Set(labels.attacks.flatMap((a) => a.accounts));
  const benign: AccountMonth[] = [];
  for (const [key, month] of months) {
    if (attacked.has(month.account)) continue;
    const block = Number(key.slice(key.lastIndexOf(' ') + 1));
    const from = firstBlock + block * BLOCK_DAYS * DAY_MS;
    month.cases = [
      ...new Set(
        labels.hardCases
          .filter(
            (c) =>
              c.account === month.account &&
              Date.parse(`${c.from}T00:00:00Z`) < from + BLOCK_DAYS * DAY_MS &&
              Date.parse(`${c.to}T00:00:00Z`) > from,
          )
          .map((c) => c.kind),
      ),
    ];
    benign.push(month);
  }
  return {
    months: benign,
    events,
    attacks: labels.attacks.map((label, i) => ({
      kind: label.kind,
      name: label.id,
      profession: professions[i] ?? '',
      accounts: label.accounts.length,
      size: sizes[i] ?? 0,
      exposedAt: Object.fromEntries(reached[i] ?? []),
      hoursTo: Object.fromEntries(hours[i] ?? []),
      exposedInAll: shown[i]?.size ?? 0,
    })),
  };
}
