import type { CaseDocument, ResponseStore } from '#libs/ports/store.ts';

const HOUR_MS = 3_600_000;
/** Questions about one account that meet each other, before somebody is told to ask again. */
const TRIES = 20;

/** When an account was let through to a new person within the last hour, ms, oldest first. */
const timesOf = (document: CaseDocument | undefined): number[] =>
  document === undefined ? [] : (JSON.parse(document.body) as number[]);

/**
 * Whether a throttled account may look up one more person it does not know; counts the one where it may. People it knows
 * are free and are not asked about here. The count stands in the store, so that it is one however many processes answer,
 * and no restart begins the hour anew.
 *
 * @throws where the store cannot be reached: nobody can say then
 */
export async function admitNewPerson(
  store: Pick<ResponseStore, 'caseDocument' | 'commit'>,
  accountId: string,
  newPerHour: number,
  nowMs: number,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await store.caseDocument('admissions', accountId);
    // What a clock that went back left in the future counts as well.
    const recent = timesOf(found).filter((ms) => ms > nowMs - HOUR_MS);
    if (recent.length >= newPerHour) return false;
    const document: CaseDocument = {
      kind: 'admissions',
      id: accountId,
      accountId,
      open: false,
      version: (found?.version ?? 0) + 1,
      updatedMs: nowMs,
      body: JSON.stringify([...recent, nowMs]),
    };
    if (await store.commit({ cases: [document] })) return true;
  }
  throw new Error('too many at once ask about one account');
}
