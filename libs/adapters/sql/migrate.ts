import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { Migrator } from 'kysely/migration';
import * as response from './migrations/0001-response.ts';
import * as cases from './migrations/0002-cases.ts';
import * as caseAccount from './migrations/0003-case-account.ts';

export type SqlDialect = 'sqlite' | 'postgres';

interface DialectMigration {
  up(db: Kysely<unknown>, dialect: SqlDialect): Promise<void>;
}

/** Numbered for ever: a migration that has been released is never changed, the next one puts things right. */
const MIGRATIONS: Readonly<Record<string, DialectMigration>> = {
  '0001-response': response,
  '0002-cases': cases,
  '0003-case-account': caseAccount,
};

/** In the order in which they are made. */
export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS);

/** Brings the database to the newest form. Safe to run from several processes at once. Throws where it cannot. */
export async function migrate<T>(db: Kysely<T>, dialect: SqlDialect): Promise<void> {
  const migrations: Record<string, Migration> = {};
  for (const [name, migration] of Object.entries(MIGRATIONS)) {
    migrations[name] = { up: (connection) => migration.up(connection, dialect) };
  }
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error) throw error;
}
