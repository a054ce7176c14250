import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * What the product says of a log. The one thing here that touches the product, and only as a user does: by its command
 * line and its JSON.
 */

export const RUNGS = ['alert', 'step_up', 'throttle', 'suspend'] as const;
export type Rung = (typeof RUNGS)[number];
export type ByRung<T> = Readonly<Record<Rung, T>>;
export const byRung = <T>(value: (rung: Rung) => T): Record<Rung, T> =>
  Object.fromEntries(RUNGS.map((rung) => [rung, value(rung)])) as Record<Rung, T>;

interface Alert {
  readonly id: string;
  readonly time: string;
  readonly account: string;
  readonly evidence: readonly { name: string; observed: number; of: number; expected: number; nats: number }[];
}
interface Action {
  readonly time: string;
  readonly account: string;
  readonly action: Exclude<Rung, 'alert'>;
  readonly alert: string;
  readonly score: number;
  readonly decision: string;
}
interface Campaign {
  readonly kind: string;
  readonly time: string;
  readonly accounts: readonly string[];
}

/** The part of `vigie replay --format json` that is looked at here. */
export interface Replayed {
  readonly run: { readonly events: number; readonly rejected: Readonly<Record<string, number>> };
  readonly alerts: readonly Alert[];
  readonly actions: readonly Action[];
  readonly campaigns: readonly Campaign[];
  readonly labels: {
    readonly attacks: readonly { readonly id: string; readonly exposed: { readonly contained: number } }[];
  };
}

const VIGIE = fileURLToPath(new URL('../../../services/cli/main.ts', import.meta.url));

export interface ReplayOptions {
  readonly log: string;
  readonly labels: string;
  readonly warmUpDays: number;
  /** The portal does what is decided: what is refused exposes nobody. */
  readonly contained: boolean;
  /** More of the replay's own options. */
  readonly options: readonly string[];
  /** Ends the command. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws with what the command wrote on standard error if it ends with anything but 0 */
export async function replay({
  log,
  labels,
  warmUpDays,
  contained,
  options,
  signal,
}: ReplayOptions): Promise<Replayed> {
  const args = [VIGIE, 'replay', log, '--labels', labels, '--warm-up', String(warmUpDays), '--format', 'json'];
  const containment = ['--containment', contained ? 'simulate' : 'off'];
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...args, ...containment, ...options], { maxBuffer: 2 ** 30, signal });
  return JSON.parse(stdout) as Replayed;
}
