import type { AccessEvent } from '#libs/model/access-event.ts';
import { isLookup, OUTCOME_FOUND, OUTCOME_SUCCESS } from '#libs/model/codes.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import { AccountsSeen } from '#services/replay/accounts-seen.ts';
import type { Labels } from '#services/replay/labels.ts';
import { Lane } from '#services/replay/lane.ts';
import { PairsSeen } from '#services/replay/simulated-portal.ts';

/** Whether the event shows somebody's file. */
export const showsSomebody = (event: AccessEvent): boolean =>
  isLookup(event.action) && (event.outcome === OUTCOME_FOUND || event.outcome === OUTCOME_SUCCESS);

/** One number a person; halves of a hash, so two people share one in 2^53 at the most. */
export const personNumber = (event: AccessEvent): number => event.personLo * 4294967296 + event.personHi;

/**
 * The whole ladder at work: a portal that obeys what detection and response decide (modes, disable budgets, ends of
 * restrictions included), and how many people the thieves still saw. It is a second detector beside the undisturbed one,
 * because a refused look-up teaches it nothing.
 */
export class ContainedThefts {
  readonly #lane: Lane;
  readonly #accounts = new AccountsSeen();
  readonly #pairs = new PairsSeen();
  readonly #shown: Set<number>[] = [];

  /** @param labels planned thefts: during them, a thief is who is asked for a second factor */
  constructor(policy: Policy, labels: Labels) {
    this.#lane = new Lane({ name: 'ladder', policy, labels, containment: 'simulate', accounts: this.#accounts });
  }

  /** @param attack index of the theft, -1 for honest events */
  take(event: AccessEvent, attack: number): void {
    const firstSeen = this.#pairs.see(event);
    const verdict = this.#lane.take(event, this.#pairs.now, firstSeen);
    if (verdict === 'taken' || verdict === 'refused') this.#accounts.see(event);
    if (attack < 0 || verdict !== 'taken' || !showsSomebody(event)) return;
    this.#shown[attack] ??= new Set();
    this.#shown[attack]!.add(personNumber(event));
  }

  /** People shown to a theft's thieves in spite of the ladder. */
  exposed(attack: number): number {
    return this.#shown[attack]?.size ?? 0;
  }
}
