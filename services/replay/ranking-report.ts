import { ranking } from '#libs/pipeline/index.ts';
import type { Lane } from './lane.ts';
import type { DeclaredRobots } from './robots.ts';

/** How the detector's findings compare with what robots say of themselves. */
export interface RankingReport {
  /** Accounts of the log that declare themselves robots. */
  readonly declared: number;
  /** Different accounts with an alert, and how many of them are declared robots. */
  readonly alerted: number;
  readonly alerted_declared: number;
  /** Share of declared robots among the first `declared` accounts of a ranking of all by peak score. */
  readonly precision_at_declared: number;
  /** Requests of robots that no longer fitted the table of declared robots; 0 unless the log is huge. */
  readonly not_counted: number;
}

/** Undefined where no account declares itself a robot. */
export function rankingReport(lane: Lane, robots: DeclaredRobots): RankingReport | undefined {
  if (robots.size === 0) return undefined;
  const alerted = new Set(lane.incidents.sorted().map((entry) => entry.created.account.id));
  const ranked: string[] = [];
  const seen = new Set<string>();
  for (const { account } of ranking(lane.pipeline)) {
    if (seen.has(account)) continue;
    seen.add(account);
    ranked.push(account);
    if (ranked.length === robots.size) break;
  }
  const found = ranked.filter((account) => robots.has(account)).length;
  return {
    declared: robots.size,
    alerted: alerted.size,
    alerted_declared: [...alerted].filter((account) => robots.has(account)).length,
    precision_at_declared: Math.round((found / robots.size) * 1000) / 1000,
    not_counted: robots.overflow,
  };
}
