import type { Control } from '#libs/model/input.ts';
import type { CaseDocument } from '#libs/ports/store.ts';
import type { ResponderContext } from './context.ts';
import type { Decision } from './people.ts';
import { refused } from './people.ts';

export const VERDICTS = ['true', 'false', 'benign'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a person found out about an incident. */
export interface IncidentVerdict {
  readonly alertId: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** `benign`: when the exception ends, ms. 0 elsewhere. */
  readonly untilMs: number;
  readonly by: string;
  readonly atMs: number;
}

/** An exception for longer than this is a hole in the fence: it has to be asked for again. */
export const LONGEST_BENIGN_DAYS = 92;

export const verdictOf = (document: CaseDocument | undefined): IncidentVerdict | undefined =>
  document && (JSON.parse(document.body) as IncidentVerdict);

/**
 * Writes down what an incident was, and tells the detector. `true`: it was what it looked like. `false`: it was nothing,
 * and the evidence is forgotten. `benign`: there is a reason, and until `untilMs` the account's score stays silent.
 * It restricts and frees nobody. A later verdict takes the place of an earlier one; both stay in the audit log.
 */
export async function giveVerdict(
  context: ResponderContext,
  wish: Pick<IncidentVerdict, 'alertId' | 'verdict' | 'reason' | 'untilMs'>,
  who: string,
): Promise<Decision> {
  const { store, clock, outbound } = context;
  const { alertId, verdict, reason, untilMs } = wish;
  if (!reason.trim()) return refused('a reason is needed');
  const alert = await store.incident(alertId);
  if (!alert) return refused('there is no incident of that id');
  for (;;) {
    const atMs = clock.nowMs();
    if (verdict === 'benign' && untilMs <= atMs) return refused('an exception needs an end that lies ahead');
    if (verdict === 'benign' && untilMs > atMs + LONGEST_BENIGN_DAYS * 86_400_000) {
      return refused(`an exception may last ${LONGEST_BENIGN_DAYS} days`);
    }
    const kept = await store.caseDocument('verdict', alertId);
    const accountId = alert.account.id;
    const given: IncidentVerdict = {
      alertId,
      verdict,
      reason,
      untilMs: verdict === 'benign' ? untilMs : 0,
      by: who,
      atMs,
    };
    const control: Control = {
      kind: 'control',
      control: 'verdict',
      timeMs: atMs,
      accountId,
      alertId,
      verdict,
      reason,
      untilMs: given.untilMs,
    };
    const until = given.untilMs ? ` until ${new Date(given.untilMs).toISOString()}` : '';
    const done = await store.commit({
      cases: [
        {
          kind: 'verdict',
          id: alertId,
          accountId,
          open: false,
          version: (kept?.version ?? 0) + 1,
          updatedMs: atMs,
          body: JSON.stringify(given),
        },
      ],
      audit: [
        { atMs, actor: who, verb: 'incident.verdict', subject: alertId, detail: `${verdict}${until}: ${reason}` },
      ],
      outbox: [outbound.control(control)],
    });
    if (done) return { done: true, changed: [] };
  }
}
