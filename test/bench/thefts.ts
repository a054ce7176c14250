/** A small portal's weeks, and thefts that are told apart from them, so that a bench can let the thieves act in earnest. */
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

const DAY_MS = 86_400_000;

/** One theft: its account, and the requests of it as they would come. */
export interface Theft {
  readonly accountId: string;
  /** Access events, version 1, without a time and an id of their own. */
  readonly requests: readonly Readonly<Record<string, unknown>>[];
}

export interface PortalWithThefts {
  /** Honest events up to today, in order of arrival. */
  readonly history: readonly { readonly accountId: string; readonly line: string }[];
  readonly thefts: readonly Theft[];
}

/** @param nowMs the history ends here */
export function portalWithThefts(thefts: number, nowMs: number): PortalWithThefts {
  const attack = parseAttack('sweep:people=400,rate=600');
  if (!attack.ok) throw new Error(attack.error);
  const days = 14;
  const simulation = createSimulation({
    seed: 5,
    accounts: 4 * thefts,
    days,
    start: new Date(nowMs - (days - 1) * DAY_MS).toISOString().slice(0, 10),
    warmUpDays: days - 3,
    hardCases: new Set(),
    // Those whose account may be suspended by its score.
    professions: { optician: 3, dentist: 3, audiologist: 1, physiotherapist: 2 },
    attacks: Array.from({ length: thefts }, () => attack.value),
  });
  const history: { accountId: string; line: string }[] = [];
  const byTheft = new Map<string, { accountId: string; requests: Record<string, unknown>[] }>();
  for (const { line, accountId, timeMs, attackId } of simulation.deliveries()) {
    if (attackId !== undefined) {
      const theft = byTheft.get(attackId) ?? { accountId, requests: [] };
      theft.requests.push(JSON.parse(line) as Record<string, unknown>);
      byTheft.set(attackId, theft);
    } else if (timeMs < nowMs) history.push({ accountId, line });
  }
  return { history, thefts: [...byTheft.values()] };
}
