import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqliteDatabase } from 'kysely';
import { Kysely, SqliteDialect } from 'kysely';
import { migrate } from '#libs/adapters/sql/migrate.ts';
import { createSqlResponseStore } from '#libs/adapters/sql/response-store.ts';
import type { ResponseTables } from '#libs/adapters/sql/schema.ts';
import type { ResponseStore } from '#libs/ports/store.ts';

type Parameter = null | number | bigint | string | Uint8Array;

/**
 * Node's own SQLite as Kysely wants it. A commit is on the disk when it returns (`synchronous=FULL`), since what the
 * response wrote down is evidence. The busy time-out is set before the journal mode: a second process would otherwise
 * fail with "database is locked" at once.
 */
function openDatabase(path: string): SqliteDatabase {
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec('pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on');
  return {
    prepare(text) {
      const statement = database.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as Parameter[])),
        run: (parameters) => statement.run(...(parameters as Parameter[])),
        iterate: (parameters) => statement.iterate(...(parameters as Parameter[])),
      };
    },
    close: () => database.close(),
  };
}

/**
 * Opens the embedded store, making and migrating it where needed.
 *
 * @param path a file (its folder is made), or `:memory:`
 * @throws where the file cannot be opened, is no database, or comes from a newer version
 */
export async function openSqliteStore(path: string): Promise<ResponseStore> {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new Kysely<ResponseTables>({ dialect: new SqliteDialect({ database: openDatabase(path) }) });
  try {
    await migrate(db, 'sqlite');
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return createSqlResponseStore(db);
}
