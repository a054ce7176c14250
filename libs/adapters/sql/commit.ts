import type { Transaction } from 'kysely';
import { AUDIT_ROOT, auditHash } from '#libs/ports/audit-chain.ts';
import type { AuditEntry, OutboundRecord, StoreCommit } from '#libs/ports/store.ts';
import { actionRow, caseRow, restrictionRow } from './rows.ts';
import type { ResponseTables } from './schema.ts';

type Tx = Transaction<ResponseTables>;

/** Thrown inside the transaction to roll it back: somebody else was first. */
export class Conflict extends Error {}

const expectOne = (rows: bigint | number | undefined): void => {
  if (Number(rows ?? 0) !== 1) throw new Conflict();
};

async function writePlanning(tx: Tx, planning: NonNullable<StoreCommit['planning']>): Promise<void> {
  const version = planning.readVersion + 1;
  const row = { id: 1, version, snapshot: planning.snapshot };
  if (planning.readVersion === 0) {
    const made = await tx
      .insertInto('planning')
      .values(row)
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    expectOne(made.numInsertedOrUpdatedRows);
    return;
  }
  const changed = await tx
    .updateTable('planning')
    .set({ version, snapshot: planning.snapshot })
    .where('id', '=', 1)
    .where('version', '=', planning.readVersion)
    .executeTakeFirst();
  expectOne(changed.numUpdatedRows);
}

async function writeAlert(tx: Tx, alert: NonNullable<StoreCommit['alert']>): Promise<void> {
  const row = {
    id: alert.id,
    account_id: alert.account.id,
    revision: alert.revision,
    time_ms: alert.timeMs,
    alert: JSON.stringify(alert),
  };
  await tx
    .insertInto('incident')
    .values(row)
    .onConflict((c) => c.column('id').doUpdateSet(row).where('incident.revision', '<', alert.revision))
    .execute();
}

async function writeActions(tx: Tx, { actions = [], changes = [] }: StoreCommit): Promise<void> {
  for (const record of actions) {
    const made = await tx
      .insertInto('action')
      .values(actionRow(record))
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    expectOne(made.numInsertedOrUpdatedRows);
  }
  for (const record of changes) {
    const changed = await tx
      .updateTable('action')
      .set(actionRow(record))
      .where('id', '=', record.plan.id)
      .where('version', '=', record.version - 1)
      .executeTakeFirst();
    expectOne(changed.numUpdatedRows);
  }
}

async function writeRestrictions(tx: Tx, restrictions: StoreCommit['restrictions'] = []): Promise<void> {
  for (const restriction of restrictions) {
    const row = restrictionRow(restriction);
    const written = await tx
      .insertInto('restriction')
      .values(row)
      .onConflict((c) =>
        c
          .column('account_id')
          .doUpdateSet(row)
          .where('restriction.seq', '=', row.seq - 1),
      )
      .executeTakeFirst();
    expectOne(written.numInsertedOrUpdatedRows);
  }
}

async function writeCases(tx: Tx, cases: StoreCommit['cases'] = []): Promise<void> {
  for (const document of cases) {
    const row = caseRow(document);
    // The first version only where there is none; a later one only on the one it was made from.
    const written =
      document.version === 1
        ? await tx
            .insertInto('case_document')
            .values(row)
            .onConflict((c) => c.doNothing())
            .executeTakeFirst()
        : await tx
            .updateTable('case_document')
            .set(row)
            .where('kind', '=', row.kind)
            .where('id', '=', row.id)
            .where('version', '=', row.version - 1)
            .executeTakeFirst();
    expectOne('numUpdatedRows' in written ? written.numUpdatedRows : written.numInsertedOrUpdatedRows);
  }
}

async function writePositions(tx: Tx, positions: StoreCommit['positions'] = []): Promise<void> {
  for (const { topic, partition, next } of positions) {
    await tx
      .insertInto('position')
      .values({ topic, part: partition, next })
      .onConflict((c) => c.columns(['topic', 'part']).doUpdateSet({ next }).where('position.next', '<', next))
      .execute();
  }
}

/** Takes the next `count` numbers of a list; the row stays locked until the transaction ends. */
async function advance(tx: Tx, name: string, count: number): Promise<{ before: number; hash: string }> {
  await tx
    .insertInto('tail')
    .values({ name, seq: 0, hash: AUDIT_ROOT })
    .onConflict((c) => c.doNothing())
    .execute();
  const tail = await tx
    .updateTable('tail')
    .set((eb) => ({ seq: eb('seq', '+', count) }))
    .where('name', '=', name)
    .returning(['seq', 'hash'])
    .executeTakeFirstOrThrow();
  return { before: tail.seq - count, hash: tail.hash };
}

async function writeAudit(tx: Tx, entries: readonly AuditEntry[] = []): Promise<void> {
  if (entries.length === 0) return;
  const { before, hash } = await advance(tx, 'audit', entries.length);
  let previous = hash;
  for (const [i, entry] of entries.entries()) {
    const seq = before + 1 + i;
    const own = auditHash(previous, seq, entry);
    const { atMs, actor, verb, subject, detail } = entry;
    await tx
      .insertInto('audit')
      .values({ seq, at_ms: atMs, actor, verb, subject, detail, previous, hash: own })
      .execute();
    previous = own;
  }
  await tx.updateTable('tail').set({ hash: previous }).where('name', '=', 'audit').execute();
}

async function writeOutbox(tx: Tx, records: readonly OutboundRecord[] = []): Promise<void> {
  if (records.length === 0) return;
  const { before } = await advance(tx, 'outbox', records.length);
  for (const [i, r] of records.entries()) {
    await tx
      .insertInto('outbox')
      .values({
        seq: before + 1 + i,
        id: r.id,
        topic: r.topic,
        key: r.key,
        type: r.type,
        time_ms: r.timeMs,
        body: r.body,
        sent: 0,
      })
      .onConflict((c) => c.column('id').doNothing())
      .execute();
  }
}

/** Writes one commit inside a transaction; throws {@link Conflict} where it must not happen. */
export async function writeCommit(tx: Tx, change: StoreCommit): Promise<void> {
  if (change.planning) await writePlanning(tx, change.planning);
  await writeActions(tx, change);
  await writeRestrictions(tx, change.restrictions);
  await writeCases(tx, change.cases);
  if (change.alert) await writeAlert(tx, change.alert);
  await writePositions(tx, change.positions);
  await writeAudit(tx, change.audit);
  await writeOutbox(tx, change.outbox);
}
