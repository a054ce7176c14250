import type { AuditBreak } from '#libs/ports/audit-chain.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import type { AuditRecord } from '#libs/ports/store.ts';

const AT_ONCE = 500;

export interface AuditCheck {
  /** Lines that hold. */
  readonly lines: number;
  /** The last line that holds: kept elsewhere, it shows later whether the log was cut short. */
  readonly head: { readonly seq: number; readonly hash: string } | undefined;
  readonly broken: AuditBreak | undefined;
}

/**
 * Reads a whole audit log in pieces and checks its chain.
 *
 * @param read lines from one number on, at most so many; fewer only at the end
 * @param each told of every line that holds
 */
export async function checkAudit(
  read: (fromSeq: number, limit: number) => Promise<readonly AuditRecord[]>,
  each: (record: AuditRecord) => void = () => {},
): Promise<AuditCheck> {
  let last: AuditRecord | undefined;
  for (;;) {
    const records = await read((last?.seq ?? 0) + 1, AT_ONCE);
    for (const record of records) {
      const broken = verifyAudit([record], last);
      if (broken) return { lines: last?.seq ?? 0, head: last && headOf(last), broken };
      last = record;
      each(record);
    }
    if (records.length < AT_ONCE) return { lines: last?.seq ?? 0, head: last && headOf(last), broken: undefined };
  }
}

const headOf = ({ seq, hash }: AuditRecord) => ({ seq, hash });
