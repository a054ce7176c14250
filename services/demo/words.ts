import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import type { Profession } from '#libs/model/codes.ts';
import type { Stop } from './chronicle.ts';
import type { RefusalReason } from './portal.ts';

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Theft {
  readonly attack: string;
  readonly account: string;
  readonly profession: Profession;
  readonly department: string;
  /** Look-ups an hour. */
  readonly rate: number;
}

export type RungCounts = Readonly<Record<RestrictingRung, number>>;

/** Everything the demo says, in one language. Days are YYYY-MM-DD. */
export interface Words {
  readonly locale: string;
  /** Width of the labels of the closing facts. */
  readonly factWidth: number;
  readonly because: string;
  count(n: number): string;
  opening(seed: number, folder: string): readonly string[];
  removed(runs: readonly string[]): string;
  historyHeading: string;
  portal(professions: readonly (readonly [Profession, number])[], departments: readonly string[]): string;
  progressUnit: string;
  historyRead(requests: number, days: number, seconds: number): string;
  watched(counts: RungCounts): string;
  storyHeading(day: string): string;
  day(day: string, requests: number): string;
  theft(theft: Theft, day: string, speed: number): readonly string[];
  alert(alert: Alert): string;
  stopped(stop: Stop): string;
  heldBack(rung: RestrictingRung, reason: string): string;
  thiefRefused(why: RefusalReason): string;
  disturbed(account: string, rung: RestrictingRung): string;
  closingHeading: string;
  notStopped(account: string): string;
  facts: {
    readonly stopped: string;
    readonly exposed: string;
    readonly insurers: string;
    readonly nobody: string;
    readonly holder: string;
    readonly honest: string;
  };
  stoppedFact(account: string, ms: number | undefined): string;
  /** `stated` undefined: there was no alert. */
  exposedFact(exposed: number, stated: number | undefined): string;
  insurers(list: readonly { readonly amc: string; readonly people: number }[]): string;
  nobodyFact(people: number, insurers: number, days: number): string;
  holderFact(refused: number): string;
  honestFact(accounts: number, counts: RungCounts, alerted: number, refused: number): string;
  nextHeading: string;
  /** What to try next, each with its commands. */
  next(folder: string): readonly { readonly why: string; readonly commands: readonly string[] }[];
  kept(folder: string): string;
  serving: string;
  simulatedTimeOver: string;
  interrupted(folder: string): string;
}
