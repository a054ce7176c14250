import { randomUUID } from 'node:crypto';
import type { RestrictingRung } from '#libs/model/alert.ts';
import type { Containment, ContainmentPreview, ContainmentSelector } from '#libs/model/containment.ts';
import type { Person } from '#libs/model/person.ts';
import { actorOf } from '#libs/model/person.ts';
import type { AuditEntry, CaseDocument } from '#libs/ports/store.ts';
import { isBounded } from '#libs/respond/index.ts';
import type { ResponderContext } from './context.ts';

/*
 * Containment of a whole class of accounts: one person asks, seeing who would be hurt; another one, who names the digest of
 * what was shown, lets it go; it is done slice by slice (see `containment-run.ts`) and can be given back as a whole.
 */

/** What came of a person's wish about a containment. */
export type ContainmentDecision =
  | { readonly done: true; readonly containment: Containment }
  | { readonly done: false; readonly why: string };
const refused = (why: string): ContainmentDecision => ({ done: false, why });

export interface ContainmentWish {
  readonly selector: ContainmentSelector;
  readonly rung: RestrictingRung;
  readonly reason: string;
  readonly sliceSize: number;
  readonly sliceEveryMs: number;
  readonly lengthMs: number;
}

/** An approval that comes later than this speaks of a world that has changed: it has to be asked for anew. */
export const PROPOSAL_HOURS = 24;

export const containmentOf = (document: CaseDocument | undefined): Containment | undefined =>
  document && (JSON.parse(document.body) as Containment);

/** The document of a containment after a change. */
export const containmentDocument = (containment: Containment, version: number, nowMs: number): CaseDocument => ({
  kind: 'containment',
  id: containment.id,
  accountId: '',
  open: containment.state === 'running' || containment.state === 'reverting',
  version,
  updatedMs: nowMs,
  body: JSON.stringify(containment),
});

/** Asks for a containment of what `preview` showed. Nothing happens yet. */
export async function proposeContainment(
  context: ResponderContext,
  wish: ContainmentWish,
  preview: ContainmentPreview,
  person: Person,
): Promise<ContainmentDecision> {
  if (!wish.reason.trim()) return refused('a reason is needed');
  if (!isBounded(wish.selector)) return refused('a class, an organisation or a campaign must be named');
  if (preview.accounts.length === 0) return refused('no account would be restricted');
  const nowMs = context.clock.nowMs();
  const { accounts, digest, spared } = preview;
  const containment: Containment = {
    ...wish,
    id: randomUUID(),
    accounts,
    digest,
    spared,
    state: 'proposed',
    begun: 0,
    sliceFrom: 0,
    skipped: 0,
    givenBack: 0,
    nextSliceMs: 0,
    askedBy: { id: person.id, name: person.name },
    approvedBy: '',
    createdMs: nowMs,
    detail: `asked for by ${actorOf(person)}`,
  };
  const detail = `${wish.rung} of ${accounts.length} accounts, digest ${digest}: ${wish.reason}`;
  const audit = [{ atMs: nowMs, actor: actorOf(person), verb: 'containment.asked', subject: containment.id, detail }];
  await context.store.commit({ cases: [containmentDocument(containment, 1, nowMs)], audit });
  return { done: true, containment };
}

/** Changes a containment by `change`, with its line in the audit log, on the newest version of it. */
async function decide(
  context: ResponderContext,
  id: string,
  person: Person,
  verb: string,
  change: (found: Containment, nowMs: number) => Containment | string,
  detail: (after: Containment) => string,
): Promise<ContainmentDecision> {
  for (;;) {
    const document = await context.store.caseDocument('containment', id);
    const found = containmentOf(document);
    if (!document || !found) return refused('there is no containment of that id');
    const nowMs = context.clock.nowMs();
    const after = change(found, nowMs);
    if (typeof after === 'string') return refused(after);
    const line: AuditEntry = { atMs: nowMs, actor: actorOf(person), verb, subject: id, detail: detail(after) };
    const cases = [containmentDocument(after, document.version + 1, nowMs)];
    if (await context.store.commit({ cases, audit: [line] })) return { done: true, containment: after };
  }
}

/**
 * The second person lets it go. Both must be known by name: whoever can read a machine's token file could be either.
 *
 * @param digest of the list of accounts that this person has seen
 */
export const approveContainment = (
  context: ResponderContext,
  id: string,
  digest: string,
  person: Person,
): Promise<ContainmentDecision> =>
  decide(
    context,
    id,
    person,
    'containment.approved',
    (found, nowMs) => {
      if (found.state !== 'proposed') return `the containment is ${found.state}`;
      if (person.kind !== 'named') return 'the second person must be signed in by name';
      if (person.id === found.askedBy.id) return 'whoever asks cannot approve';
      if (digest !== found.digest) return 'the digest is not that of the list that was asked for';
      if (nowMs > found.createdMs + PROPOSAL_HOURS * 3_600_000) {
        return `asked for more than ${PROPOSAL_HOURS} h ago: ask anew`;
      }
      return {
        ...found,
        state: 'running',
        approvedBy: { id: person.id, name: person.name },
        nextSliceMs: nowMs,
        detail: `approved by ${actorOf(person)}`,
      };
    },
    (after) => `${after.rung} of ${after.accounts.length} accounts, digest ${after.digest}`,
  );

/** Anyone of the two roles stops it: what is restricted stays so, the next slice does not come. */
export const pauseContainment = (
  context: ResponderContext,
  id: string,
  reason: string,
  person: Person,
): Promise<ContainmentDecision> =>
  decide(
    context,
    id,
    person,
    'containment.paused',
    (found) => {
      if (!reason.trim()) return 'a reason is needed';
      if (found.state !== 'running') return `the containment is ${found.state}`;
      return { ...found, state: 'paused', detail: `paused by ${actorOf(person)}: ${reason}` };
    },
    () => reason,
  );

/** Goes on with a paused one; two people have approved it already. */
export const resumeContainment = (
  context: ResponderContext,
  id: string,
  reason: string,
  person: Person,
): Promise<ContainmentDecision> =>
  decide(
    context,
    id,
    person,
    'containment.resumed',
    (found, nowMs) => {
      if (!reason.trim()) return 'a reason is needed';
      if (found.state !== 'paused') return `the containment is ${found.state}`;
      // A slice that was too much trouble is looked at again from here on.
      return { ...found, state: 'running', nextSliceMs: nowMs, sliceFrom: found.begun, detail: `resumed: ${reason}` };
    },
    () => reason,
  );

/** Withdraws one that waits for its approval, or gives every account back that it has restricted. */
export const revertContainment = (
  context: ResponderContext,
  id: string,
  reason: string,
  person: Person,
): Promise<ContainmentDecision> =>
  decide(
    context,
    id,
    person,
    'containment.reverted',
    (found) => {
      if (!reason.trim()) return 'a reason is needed';
      const detail = `reverted by ${actorOf(person)}: ${reason}`;
      if (found.state === 'proposed') return { ...found, state: 'cancelled', detail };
      if (found.state === 'running' || found.state === 'paused' || found.state === 'done') {
        return { ...found, state: 'reverting', givenBack: 0, detail };
      }
      return `the containment is ${found.state}`;
    },
    (after) => `${after.begun} of ${after.accounts.length} accounts were begun: ${reason}`,
  );
