import type { Kysely } from 'kysely';

/** All documents of one account are asked for with every look at an incident. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('case_document_account').on('case_document').columns(['kind', 'account_id']).execute();
}
