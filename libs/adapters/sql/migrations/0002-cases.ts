import type { Kysely } from 'kysely';

/** What people decided or are asked to decide: verdicts, containments, holders' confirmations. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('case_document')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('open', 'integer', (c) => c.notNull())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('updated_ms', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('case_document_key', ['kind', 'id'])
    .execute();
  await db.schema.createIndex('case_document_time').on('case_document').columns(['kind', 'updated_ms']).execute();
  await db.schema.createIndex('case_document_open').on('case_document').columns(['kind', 'open']).execute();
}
