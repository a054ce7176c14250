import { createHash, randomBytes } from 'node:crypto';
import type { CaseDocument } from '#libs/ports/store.ts';
import type { ResponderContext } from './context.ts';

/** What the account's holder says when asked. */
export const HOLDER_ANSWERS = ['mine', 'not_mine'] as const;
export type HolderAnswer = (typeof HOLDER_ANSWERS)[number];

/**
 * "Was it you?", put to the holder of an account. The answer is a statement for whoever decides: it frees nobody by itself,
 * because a thief who sits in the holder's session would see the same question.
 */
export interface Confirmation {
  readonly id: string;
  readonly accountId: string;
  /** The incident asked about. */
  readonly alertId: string;
  readonly askedBy: string;
  readonly askedMs: number;
  readonly expiresMs: number;
  readonly answer: HolderAnswer | '';
  /** 0 until then. */
  readonly answeredMs: number;
}

export const confirmationOf = (document: CaseDocument | undefined): Confirmation | undefined =>
  document && (JSON.parse(document.body) as Confirmation);

const documentOf = (c: Confirmation, version: number): CaseDocument => ({
  kind: 'confirmation',
  id: c.id,
  accountId: c.accountId,
  open: false,
  version,
  updatedMs: c.answeredMs || c.askedMs,
  body: JSON.stringify(c),
});

/** The newest incident for which something was done about the account; `undefined` where there is none. */
async function latestIncidentOf(context: ResponderContext, accountId: string): Promise<string | undefined> {
  const records = await context.store.actionsOf(accountId);
  return records.findLast((r) => !r.plan.alertId.startsWith('containment:'))?.plan.alertId;
}

/** Opens a question to the holder, or finds the one that stands open, about the account's latest incident, or about `alertId`. */
export async function askHolder(
  context: ResponderContext,
  accountId: string,
  alertId: string | undefined,
  lifeMs: number,
  who: string,
): Promise<Confirmation | undefined> {
  const about = alertId ?? (await latestIncidentOf(context, accountId));
  const alert = about === undefined ? undefined : await context.store.incident(about);
  if (!alert || alert.account.id !== accountId) return undefined;
  const nowMs = context.clock.nowMs();
  // Asked again while the question stands open: it is the same question, however often a portal shows it.
  const asked = (await context.store.casesOf('confirmation', accountId)).map((d) => confirmationOf(d)!);
  const open = asked.findLast(
    (c) => c.alertId === alert.id && c.askedBy === who && c.answer === '' && nowMs + lifeMs / 2 < c.expiresMs,
  );
  if (open) return open;
  const confirmation: Confirmation = {
    id: randomBytes(16).toString('hex'),
    accountId,
    alertId: alert.id,
    askedBy: who,
    askedMs: nowMs,
    expiresMs: nowMs + lifeMs,
    answer: '',
    answeredMs: 0,
  };
  await context.store.commit({
    cases: [documentOf(confirmation, 1)],
    audit: [
      { atMs: nowMs, actor: who, verb: 'holder.asked', subject: alert.id, detail: `question ${shown(confirmation)}` },
    ],
  });
  return confirmation;
}

/** A question's id as it may be shown: who knows the whole one and the key could answer. */
const shown = ({ id }: Confirmation): string => createHash('sha256').update(id).digest('hex').slice(0, 12);

export type HolderOutcome =
  | { readonly done: true; readonly confirmation: Confirmation }
  | { readonly done: false; readonly why: 'unknown' | 'expired' | 'answered' };

/** Takes the holder's answer, once. */
export async function answerHolder(
  context: ResponderContext,
  id: string,
  answer: HolderAnswer,
): Promise<HolderOutcome> {
  const { store, clock } = context;
  for (;;) {
    const document = await store.caseDocument('confirmation', id);
    const found = confirmationOf(document);
    if (!document || !found) return { done: false, why: 'unknown' };
    if (found.answer !== '') return { done: false, why: 'answered' };
    const nowMs = clock.nowMs();
    if (nowMs >= found.expiresMs) return { done: false, why: 'expired' };
    const after: Confirmation = { ...found, answer, answeredMs: nowMs };
    const done = await store.commit({
      cases: [documentOf(after, document.version + 1)],
      audit: [
        {
          atMs: nowMs,
          actor: 'holder',
          verb: 'holder.answered',
          subject: found.alertId,
          detail: `${answer}, question ${shown(found)}`,
        },
      ],
    });
    if (done) return { done: true, confirmation: after };
  }
}
