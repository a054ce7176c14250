import { createHash } from 'node:crypto';
import type { AuditEntry, AuditRecord } from './store.ts';

/** The hash before the first line. */
export const AUDIT_ROOT = '0'.repeat(64);

/** SHA-256, hex, over the previous hash and every field of the line, as a JSON array: no two lines write alike. */
export function auditHash(previous: string, seq: number, entry: AuditEntry): string {
  const line = JSON.stringify([previous, seq, entry.atMs, entry.actor, entry.verb, entry.subject, entry.detail]);
  return createHash('sha256').update(line).digest('hex');
}

/** Where a chain is broken, or `undefined` where it holds. */
export interface AuditBreak {
  readonly seq: number;
  readonly problem: 'missing line' | 'wrong link' | 'wrong hash';
}

/**
 * Checks lines in their order. `from` is the record before the first one, where it is not the start of the log. A log
 * cut short at its end is not seen here: compare the last hash with one kept elsewhere.
 */
export function verifyAudit(records: Iterable<AuditRecord>, from?: AuditRecord): AuditBreak | undefined {
  let seq = from?.seq ?? 0;
  let previous = from?.hash ?? AUDIT_ROOT;
  for (const record of records) {
    seq += 1;
    if (record.seq !== seq) return { seq, problem: 'missing line' };
    if (record.previous !== previous) return { seq, problem: 'wrong link' };
    if (record.hash !== auditHash(previous, seq, record)) return { seq, problem: 'wrong hash' };
    previous = record.hash;
  }
  return undefined;
}
