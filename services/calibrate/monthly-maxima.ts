import { STREAM_ROOM } from '#libs/baseline/schema.ts';
import { SWITCH_EXPLAINS } from '#libs/decide/index.ts';
import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { AccountClass, Profession } from '#libs/model/codes.ts';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';
import { S_FOLLOW_9D, S_FOLLOW_30M, STREAM_COUNT } from '#libs/model/streams.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';

/**
 * How far each account went in each month: the highest evidence of every stream and the highest score. It is what tails
 * and budgets are about ("one honest account-month in a thousand goes beyond"), so calibration and the published proof
 * take it from here.
 */

/** A month is four weeks, so that each has the same weekdays. */
export const MONTH_DAYS = 28;
export const DAY_MS = 86_400_000;
const MONTH_MS = MONTH_DAYS * DAY_MS;

export interface AccountMonth {
  readonly account: string;
  readonly profession: Profession;
  readonly accountClass: AccountClass;
  /** Number of the month, from 0, after the warm-up. */
  readonly month: number;
  /** Highest evidence by stream, less what is taken off for size and explained by billing, nats; 0 at least. */
  readonly streams: Float64Array;
  /** Highest score, and the highest that counted for a suspension (no volume, gate open), nats. */
  score: number;
  suspendScore: number;
  /** Whether the account did anything this month; its evidence is watched either way. */
  active: boolean;
  /** Bits of the rungs that alerts reached (1 << position in RUNGS), and whether a quota was among their causes. */
  rungs: number;
  quota: boolean;
}

export class MonthlyMaxima {
  readonly #state: PipelineState;
  readonly #warmUpMs: number;
  #firstMs: number | undefined;
  /** By row of the account: its months, in order. */
  readonly #months: AccountMonth[][] = [];
  readonly #rowOf = new Map<string, number>();

  /**
   * Watches a state from its beginning; nothing else may set its observer.
   * @param firstMs when the first month begins; without it, the day of the first event and `warmUpDays`
   */
  constructor(state: PipelineState, warmUpDays: number, firstMs?: number) {
    this.#state = state;
    this.#warmUpMs = warmUpDays * DAY_MS;
    this.#firstMs = firstMs;
    state.observer = (row, score, who) => this.#observe(row, score, who);
  }

  /** Notes a rung that an alert of the account reached. @param quota whether by quota and not by score */
  noteRung(account: string, rung: Rung, timeMs: number, quota: boolean): void {
    const row = this.#rowOf.get(account);
    if (row === undefined || timeMs < this.firstMs) return;
    const number = Math.floor((timeMs - this.firstMs) / MONTH_MS);
    const month = this.#months[row]!.findLast((m) => m.month === number);
    if (month === undefined) return;
    month.rungs |= 1 << RUNGS.indexOf(rung);
    if (quota) month.quota = true;
  }

  /** When the first month begins, ms. */
  get firstMs(): number {
    return this.#firstMs ?? this.#state.firstDay * DAY_MS + this.#warmUpMs;
  }

  /** Months that had ended at `endMs` (a day's grace: a log ends a little before midnight), of accounts that did something. */
  ended(endMs: number): AccountMonth[] {
    const complete = Math.floor((endMs + DAY_MS - this.firstMs) / MONTH_MS);
    return this.all().filter((m) => m.month < complete && m.active);
  }

  all(): AccountMonth[] {
    return this.#months.flatMap((months) => months ?? []);
  }

  /** First and last millisecond (exclusive) of a month. */
  span(month: number): { fromMs: number; toMs: number } {
    const fromMs = this.firstMs + month * MONTH_MS;
    return { fromMs, toMs: fromMs + MONTH_MS };
  }

  #observe(row: number, score: number, who: number): void {
    const { channels, accounts, newestMs } = this.#state;
    // The clock runs minute by minute up to the newest event: midnight's work counts for the day that begins.
    const sinceFirst = newestMs - this.firstMs;
    if (sinceFirst < 0) return;
    const account = channels.account[row]!;
    const number = Math.floor(sinceFirst / MONTH_MS);
    const month = this.#monthOf(account, number);
    if (!month.active && accounts.lastDay[account]! * DAY_MS >= this.firstMs + number * MONTH_MS) month.active = true;
    const allowance = channels.allowance[row]!;
    const explained = SWITCH_EXPLAINS * channels.switchNats[row]!;
    const { streams } = month;
    for (let s = 0; s < STREAM_COUNT; s++) {
      const billed = s >= S_FOLLOW_30M && s <= S_FOLLOW_9D ? explained : 0;
      const nats = channels.nats[row * STREAM_ROOM + s]! - allowance - billed;
      if (nats > streams[s]!) streams[s] = nats;
    }
    if (score > month.score) month.score = score;
    if (who > month.suspendScore) month.suspendScore = who;
  }

  #monthOf(account: number, number: number): AccountMonth {
    const months = this.#months[account];
    const last = months?.at(-1);
    if (last?.month === number) return last;
    const { accounts, accountIds } = this.#state;
    const month: AccountMonth = {
      account: accountIds[account]!,
      profession: PROFESSIONS[accounts.profession[account]!]!,
      accountClass: ACCOUNT_CLASSES[accounts.accountClass[account]!]!,
      month: number,
      streams: new Float64Array(STREAM_COUNT),
      score: 0,
      suspendScore: 0,
      active: false,
      rungs: 0,
      quota: false,
    };
    if (months === undefined) {
      this.#months[account] = [month];
      this.#rowOf.set(month.account, account);
    } else {
      months.push(month);
    }
    return month;
  }
}
