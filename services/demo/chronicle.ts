/**
 * What happened, as facts: to the stolen account, to the thief, to everybody else. It sees what the product publishes and
 * what the portal answers, and, as the simulation's witness, which requests were the thief's; it tells the teller at once.
 */
import type { ActionState, PlannedAction } from '#libs/model/action.ts';
import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import type { Delivery } from '#services/simulate/simulation.ts';
import type { Moments } from './moments.ts';
import type { Handled, RefusalReason } from './portal.ts';
import type { Teller } from './teller.ts';

/** One restriction of the stolen account, read back and right. */
export interface Stop {
  readonly rung: RestrictingRung;
  /** Event time of the deciding request, ms. */
  readonly timeMs: number;
  /** From the deciding request's way into the log to the verified restriction, on the wall clock. */
  readonly eventToVerifiedMs: number | undefined;
  /** People exposed so far, as the alert said. */
  readonly exposed: number;
}

type Phase = 'history' | 'story' | 'afterwards';
const height = (rung: RestrictingRung): number => RUNGS.indexOf(rung);

export class Chronicle {
  phase: Phase = 'history';
  readonly stolen: string;
  /** The stolen account's restrictions, in order. */
  readonly stops: Stop[] = [];
  /** The last alert about the stolen account at the time of each stop, and the newest one. */
  lastAlert: Alert | undefined;
  /** The alert that had the account suspended. */
  decidingAlert: Alert | undefined;
  /** People new to the account whose file the thief was shown. */
  readonly exposed = new Set<string>();
  thiefServed = 0;
  readonly thiefRefused = new Map<RefusalReason, number>();
  /** Requests of the stolen account's own holder that were refused. */
  holderRefused = 0;
  /** Accounts that only watching would have restricted in the history, and honest ones restricted since: highest rung. */
  readonly watched = new Map<string, RestrictingRung>();
  readonly disturbed = new Map<string, RestrictingRung>();
  /** Honest accounts that analysts were told of in the story, without any restriction. */
  readonly alerted = new Set<string>();
  honestRefused = 0;
  /** When the thief was first refused for the suspension, while the read-back is on its way: told after it. */
  #refusedEarlyMs: number | undefined;
  readonly #teller: Teller;
  readonly #moments: Moments;
  readonly #now: () => number;

  /** @param now a steady clock, ms: the one of `moments` */
  constructor(stolen: string, teller: Teller, moments: Moments, now: () => number) {
    this.stolen = stolen;
    this.#teller = teller;
    this.#moments = moments;
    this.#now = now;
  }

  /** The account is disabled, its sessions ended, and that was read back. */
  get isStopped(): boolean {
    return this.stops.some((stop) => stop.rung === 'suspend');
  }

  get isThrottled(): boolean {
    return this.stops.some((stop) => stop.rung === 'throttle');
  }

  takeAlert(alert: Alert): void {
    if (alert.status === 'closed' || this.phase === 'history') return;
    const { id } = alert.account;
    if (id !== this.stolen) {
      if (this.phase === 'story') this.alerted.add(id);
      return;
    }
    const isNews = this.lastAlert?.id !== alert.id || this.lastAlert.rung !== alert.rung;
    this.lastAlert = alert;
    if (alert.rung === 'suspend' && this.decidingAlert === undefined) this.decidingAlert = alert;
    // What still holds of an account that is stopped is said again for those who wait for a person: no news here.
    if (isNews && !this.isStopped) this.#teller.alerted(alert);
  }

  takeAction(plan: PlannedAction, state: ActionState): void {
    const { accountId, rung } = plan;
    if (state === 'observed') this.#raise(this.watched, accountId, rung);
    if (state !== 'verified') {
      if (accountId === this.stolen && (state === 'waiting_approval' || state === 'dropped'))
        this.#teller.heldBack(plan);
      return;
    }
    if (accountId === this.stolen) {
      const beganMs = this.#moments.wallMsOf(accountId, plan.timeMs);
      const eventToVerifiedMs = beganMs === undefined ? undefined : this.#now() - beganMs;
      const stop = { rung, timeMs: plan.timeMs, eventToVerifiedMs, exposed: plan.exposed };
      this.stops.push(stop);
      this.#teller.stopped(stop);
      if (rung === 'suspend') this.tellEarlyRefusal();
    } else if (this.#raise(this.disturbed, accountId, rung)) this.#teller.disturbed(plan);
  }

  /** What the portal did with a request. */
  takeAnswer(delivery: Delivery, { refused, shownNewPerson }: Handled): void {
    const isThief = delivery.attackId !== undefined;
    if (refused === undefined) {
      if (!isThief) return;
      this.thiefServed += 1;
      if (shownNewPerson !== undefined) this.exposed.add(shownNewPerson);
      return;
    }
    if (isThief) {
      const before = this.thiefRefused.get(refused) ?? 0;
      this.thiefRefused.set(refused, before + 1);
      if (before > 0) return;
      if (refused === 'suspended' && !this.isStopped) this.#refusedEarlyMs = delivery.arrivalMs;
      else this.#teller.thiefRefused(refused, delivery.arrivalMs);
    } else if (delivery.accountId === this.stolen) this.holderRefused += 1;
    else this.honestRefused += 1;
  }

  /** Tells a refusal that waited for the read-back of the stop; once the story is over it waits no longer. */
  tellEarlyRefusal(): void {
    if (this.#refusedEarlyMs !== undefined) this.#teller.thiefRefused('suspended', this.#refusedEarlyMs);
    this.#refusedEarlyMs = undefined;
  }

  /** Keeps the highest rung of each account; true where that is news. */
  #raise(rungs: Map<string, RestrictingRung>, accountId: string, rung: RestrictingRung): boolean {
    const before = rungs.get(accountId);
    if (before !== undefined && height(before) >= height(rung)) return false;
    rungs.set(accountId, rung);
    return true;
  }
}

/** How many accounts stand on each rung. */
export function countByRung(rungs: ReadonlyMap<string, RestrictingRung>): Record<RestrictingRung, number> {
  const counts = { step_up: 0, throttle: 0, suspend: 0 };
  for (const rung of rungs.values()) counts[rung] += 1;
  return counts;
}
