import type { PlannedAction } from '#libs/model/action.ts';
import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import type { Alert, RestrictingRung } from '#libs/model/alert.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import type { ContainmentPreview } from '#libs/model/containment.ts';
import type { Person } from '#libs/model/person.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import { isHolding, rungHeight } from '#libs/respond/index.ts';
import type { SpanPlace } from '#libs/telemetry/in-span.ts';
import { inSpan, NO_TRACER } from '#libs/telemetry/in-span.ts';
import { act } from './act.ts';
import { noteCampaign } from './campaign.ts';
import type { Confirmation, HolderAnswer, HolderOutcome } from './confirmation.ts';
import { answerHolder, askHolder } from './confirmation.ts';
import type { ContainmentDecision, ContainmentWish } from './containment.ts';
import {
  approveContainment,
  pauseContainment,
  proposeContainment,
  resumeContainment,
  revertContainment,
} from './containment.ts';
import { advanceContainment } from './containment-run.ts';
import type { ResponderContext, ResponderParts } from './context.ts';
import { Overtaken } from './context.ts';
import { createFlush } from './flush.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { createOutbound } from './outbound.ts';
import type { Decision, ReenableOptions } from './people.ts';
import { approve, reenable, reject, resetBreaker } from './people.ts';
import { askSecondFactor, planAlert } from './planning.ts';
import { tellPressed } from './pressed.ts';
import { expire, undo } from './undo.ts';
import type { IncidentVerdict } from './verdict.ts';
import { giveVerdict } from './verdict.ts';

/**
 * Accounts worked on side by side: more than the machine may stop at once, because each waits a second between its two
 * sign-outs, and no stop is to wait for that of another.
 */
const WIDTH = 64;
/** Keepers asked about accounts before their alerts are planned, at a time. */
const ASKED_AT_ONCE = 32;
/** Due actions taken at a time. */
const DUE_BATCH = 1_000;

export interface Responder {
  /**
   * Plans one alert; resolves when its plans are durable (a crash from then on loses nothing). The work on them goes on
   * by itself: `idle` waits for it. Rejects where the store cannot be written: give the alert again.
   */
  onAlert(alert: Alert): Promise<PlannedAction[]>;
  /** Keeps a campaign and offers people its containment; durable when it resolves. It restricts nobody. */
  onCampaign(campaign: Campaign): Promise<void>;
  /** To be called once at start: puts the stored restrictions in force and goes on with what was left unfinished. */
  resume(): Promise<void>;
  /** Works on everything that has fallen due: retries, expiries, what another instance left. Returns how many. */
  runDue(): Promise<number>;
  /** When the next thing falls due, ms; 0: nothing will. */
  nextDueMs(): Promise<number>;
  approve(actionId: string, who: string): Promise<Decision>;
  reject(actionId: string, who: string, reason: string): Promise<Decision>;
  /** Gives an account back. Resolves when it is decided and durable; the undoing goes on by itself. */
  reenable(accountId: string, who: string, reason: string, options?: ReenableOptions): Promise<Decision>;
  closeBreaker(scope: string, who: string, reason: string): Promise<Decision>;
  verdict(wish: Pick<IncidentVerdict, 'alertId' | 'verdict' | 'reason' | 'untilMs'>, who: string): Promise<Decision>;
  /** Containment of a class: asked for by one person, let go by another, done slice by slice in `runDue`. */
  readonly contain: {
    propose(wish: ContainmentWish, preview: ContainmentPreview, person: Person): Promise<ContainmentDecision>;
    approve(id: string, digest: string, person: Person): Promise<ContainmentDecision>;
    pause(id: string, reason: string, person: Person): Promise<ContainmentDecision>;
    resume(id: string, reason: string, person: Person): Promise<ContainmentDecision>;
    revert(id: string, reason: string, person: Person): Promise<ContainmentDecision>;
  };
  /** Opens a question to the account's holder; `undefined` where there is no incident to ask about. */
  askHolder(
    accountId: string,
    alertId: string | undefined,
    lifeMs: number,
    who: string,
  ): Promise<Confirmation | undefined>;
  answerHolder(id: string, answer: HolderAnswer): Promise<HolderOutcome>;
  /** Tells people, once for each throttle, that the account goes on asking for people it does not know. */
  tellPressed(restriction: AccountRestriction, refused: number): Promise<void>;
  /** Plans from now on follow `policy`; what is planned already stays as it is. */
  setPolicy(policy: ResponsePolicy): void;
  /** Resolves when no work is in hand and everything that could be published is. */
  idle(): Promise<void>;
}

/** Turns alerts into stopped accounts: plans, acts, verifies, publishes. All that it must not forget is in the store. */
export function createResponder(parts: ResponderParts): Responder {
  const { store, connector, restrictions, clock, soleOwner = true } = parts;
  const queue = new KeyedQueue(WIDTH);
  // Apart: whatever keeps the accounts' keeper busy, plans are made, and people are asked and told.
  const planning = new KeyedQueue(1);
  const asking = new KeyedQueue(ASKED_AT_ONCE);
  const traces: SpanPlace = { tracer: parts.tracer ?? NO_TRACER };
  const flush = createFlush(store, parts.publish);
  const errors: unknown[] = [];
  const background = new Set<Promise<unknown>>();
  const inBackground = (work: Promise<unknown>): void => {
    const tracked = work
      .catch((error: unknown) => (parts.onError ? parts.onError(error) : errors.push(error)))
      .finally(() => background.delete(tracked));
    background.add(tracked);
  };
  const context: ResponderContext = {
    store,
    connector,
    restrictions,
    probe: parts.probe,
    clock,
    outbound: createOutbound({ productVersion: parts.productVersion ?? '0.0.0', language: parts.language ?? 'en' }),
    groupSizes: [...(parts.groupSizes ?? [])],
    policy: parts.policy,
    flushSoon: () => inBackground(flush()),
  };

  /** What is being worked on for each account: a graver action that comes meanwhile ends its waiting. */
  const inHand = new Map<string, { readonly rung: RestrictingRung; readonly hurry: AbortController }>();

  /**
   * Works on one action in its account's turn, unless it is not due yet.
   * @param takeOver work on it whoever holds its lease
   */
  async function carryOn({ plan }: Pick<ActionRecord, 'plan'>, takeOver = false, place = traces): Promise<void> {
    await queue.run(plan.accountId, async () => {
      const record = await store.action(plan.id);
      const nowMs = clock.nowMs();
      if (!record || (record.dueMs > nowMs && !takeOver)) return;
      const { untilMs, accountId, rung } = record.plan;
      const hurry = new AbortController();
      inHand.set(accountId, { rung, hurry });
      try {
        if (record.state === 'reverted' && record.undo === 'pending') await undo(context, record);
        else if (isHolding(record) && untilMs > 0 && untilMs <= nowMs) await expire(context, record);
        else {
          const attributes = { rung, state: record.state, attempts: record.attempts };
          await inSpan(place, 'responder.act', attributes, (_span, inner) => act(context, record, inner, hurry.signal));
        }
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      } finally {
        inHand.delete(accountId);
      }
    });
    context.flushSoon();
  }

  let lastRoundMs = 0;
  /**
   * A clock that was set back would let what is being retried wait until the old time comes round again: that is worked on
   * now. What is verified keeps its end.
   */
  async function afterSetBack(nowMs: number): Promise<ActionRecord[]> {
    const setBack = nowMs < lastRoundMs;
    lastRoundMs = nowMs;
    if (!setBack) return [];
    const all = await store.dueActions(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    return all.filter((record) => record.state !== 'verified' && record.dueMs > nowMs);
  }

  /** One step of every containment that is going on. */
  async function advanceContainments(): Promise<void> {
    const inTurn = <T>(accountId: string, work: () => Promise<T>) => queue.run(accountId, work);
    for (const document of await store.openCases('containment')) {
      for (const record of await advanceContainment(context, document, inTurn)) inBackground(carryOn(record));
    }
    context.flushSoon();
  }

  /** What a person decided about a containment begins at once. */
  async function followContainment(decision: ContainmentDecision): Promise<ContainmentDecision> {
    if (decision.done) inBackground(queue.run('#containments', advanceContainments));
    return decision;
  }

  async function follow(decision: Decision): Promise<Decision> {
    if (decision.done) for (const record of decision.changed) inBackground(carryOn(record));
    context.flushSoon();
    return decision;
  }

  return {
    async onAlert(alert) {
      return inSpan(traces, 'responder.plan', { kind: alert.kind, rung: alert.rung }, async (span, inner) => {
        let plans = await planning.run('', () => planAlert(context, alert));
        while (!plans) {
          const asked = await asking.run(alert.account.id, () => askSecondFactor(context, alert));
          plans = await planning.run('', () => planAlert(context, alert, asked));
        }
        span.setAttribute('plans', plans.length);
        for (const plan of plans) {
          if (plan.decision !== 'act') continue;
          const before = inHand.get(plan.accountId);
          if (before && rungHeight(before.rung) < rungHeight(plan.rung)) before.hurry.abort();
          inBackground(carryOn({ plan }, false, inner));
        }
        context.flushSoon();
        return plans;
      });
    },

    async onCampaign(campaign) {
      await noteCampaign(context, campaign);
      context.flushSoon();
    },

    async resume() {
      for (const restriction of await store.restrictions()) restrictions.put(restriction);
      context.flushSoon();
      if (!soleOwner) return;
      const unfinished = await store.dueActions(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      // What is verified waits for its end; everything else with something to do was cut short.
      for (const record of unfinished) inBackground(carryOn(record, record.state !== 'verified'));
    },

    async runDue() {
      const nowMs = clock.nowMs();
      const stranded = await afterSetBack(nowMs);
      const due = await store.dueActions(nowMs, DUE_BATCH);
      await Promise.all([...due.map((record) => carryOn(record)), ...stranded.map((record) => carryOn(record, true))]);
      await queue.run('#containments', advanceContainments);
      return due.length + stranded.length;
    },

    nextDueMs: () => store.nextDueMs(),
    approve: async (actionId, who) => follow(await approve(context, actionId, who)),
    reject: async (actionId, who, reason) => follow(await reject(context, actionId, who, reason)),
    reenable: async (accountId, who, reason, options) =>
      follow(await queue.run(accountId, () => reenable(context, accountId, who, reason, options))),
    closeBreaker: (scope, who, reason) => resetBreaker(context, scope, who, reason),
    verdict: async (wish, who) => follow(await giveVerdict(context, wish, who)),
    contain: {
      propose: (wish, preview, person) => proposeContainment(context, wish, preview, person),
      approve: async (id, digest, person) => followContainment(await approveContainment(context, id, digest, person)),
      pause: (id, reason, person) => pauseContainment(context, id, reason, person),
      resume: async (id, reason, person) => followContainment(await resumeContainment(context, id, reason, person)),
      revert: async (id, reason, person) => followContainment(await revertContainment(context, id, reason, person)),
    },
    askHolder: (accountId, alertId, lifeMs, who) => askHolder(context, accountId, alertId, lifeMs, who),
    answerHolder: (id, answer) => answerHolder(context, id, answer),
    tellPressed: (restriction, refused) => tellPressed(context, restriction, refused),
    setPolicy: (policy) => {
      context.policy = policy;
    },
    async idle() {
      do {
        await asking.idle();
        await planning.idle();
        await queue.idle();
        await Promise.all(background);
      } while (background.size > 0);
      const [error] = errors.splice(0);
      if (error !== undefined) throw error;
    },
  };
}
