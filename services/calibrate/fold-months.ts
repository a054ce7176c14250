import type { PseudonymKey } from '#libs/intake/pseudonymise.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import { interruption } from '#services/cli/interruption.ts';
import { warn } from '#services/cli/terminal/message.ts';
import { createProgress } from '#services/cli/terminal/progress.ts';
import { Replay } from '#services/replay/replay.ts';
import type { SourceFormat } from '#services/replay/sources.ts';
import { foldSources } from '#services/replay/sources.ts';
import type { AccountMonth } from './monthly-maxima.ts';
import { MonthlyMaxima } from './monthly-maxima.ts';

/** Folds a log as `vigie replay` does and keeps how far each account went in each month. */

export interface FoldMonthsOptions {
  readonly format: SourceFormat;
  readonly key: PseudonymKey;
  readonly warmUpDays: number;
  /** Accounts that are known to have been abused: their months teach nothing. */
  readonly excluded: ReadonlySet<string>;
}

export interface FoldedMonths {
  readonly replay: Replay;
  /** Honest months of accounts that did something, whole ones only. */
  readonly months: readonly AccountMonth[];
  /** Account-months left out: of excluded accounts, and of a month that the log ends in. */
  readonly excluded: number;
  readonly unfinished: number;
  /** Begin of the first month and end of the last whole one, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** First and last millisecond of a month by its number. */
  span(month: number): { fromMs: number; toMs: number };
}

/** @returns undefined where the user interrupted it */
export async function foldMonths(
  paths: readonly string[],
  policy: Policy,
  { format, key, warmUpDays, excluded }: FoldMonthsOptions,
): Promise<FoldedMonths | undefined> {
  const replay = new Replay({ lanes: [{ name: 'policy', policy, containment: 'off' }] });
  const [lane] = replay.lanes;
  const maxima = new MonthlyMaxima(lane.pipeline, warmUpDays);
  const progress = createProgress('events');
  try {
    await foldSources(replay, paths, {
      format,
      key,
      signal: interruption,
      warn,
      onProgress: (done, of) => progress.update({ count: replay.events, done, of }),
    });
  } finally {
    progress.clear();
  }
  if (interruption.aborted) return undefined;
  replay.end();
  for (const { accountId, rung, timeMs } of lane.disturbances) maxima.noteRung(accountId, rung, timeMs, false);
  const ended = maxima.ended(replay.toMs);
  const months = ended.filter((m) => !excluded.has(m.account));
  return {
    replay,
    months,
    excluded: ended.length - months.length,
    unfinished: maxima.all().filter((m) => m.active).length - ended.length,
    fromMs: maxima.firstMs,
    toMs: maxima.span(Math.max(-1, ...ended.map((m) => m.month))).toMs,
    span: (month) => maxima.span(month),
  };
}
