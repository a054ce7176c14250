/** A look at the store's database that changes nothing: which server, whose clock, which migrations it has had. */
import pg from 'pg';
import { MIGRATION_NAMES } from '#libs/adapters/sql/migrate.ts';

export interface DatabaseView {
  /** 150004 for 15.4. */
  readonly serverVersion: number;
  /** The server's clock, ms. */
  readonly nowMs: number;
  /** Migrations of ours that it has not had. */
  readonly missing: readonly string[];
  /** Migrations that it had from a newer version of the product. */
  readonly unknown: readonly string[];
  /** Our user may make tables in the schema. */
  readonly mayCreate: boolean;
}

const WAIT_MS = 5_000;

/** @throws where the server cannot be reached or refuses the sign-in; the message never holds the URL */
export async function inspectPostgres(url: string): Promise<DatabaseView> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: WAIT_MS,
    query_timeout: WAIT_MS,
    application_name: 'vigie-doctor',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; now: string; create: boolean; migrated: boolean }>(
      `select current_setting('server_version_num') as version,
              (extract(epoch from clock_timestamp()) * 1000)::text as now,
              has_schema_privilege(current_schema(), 'CREATE') as create,
              to_regclass('kysely_migration') is not null as migrated`,
    );
    const [row] = rows;
    const applied = row?.migrated
      ? (await client.query<{ name: string }>('select name from kysely_migration')).rows
      : [];
    const had = new Set(applied.map(({ name }) => name));
    return {
      serverVersion: Number(row?.version),
      nowMs: Number(row?.now),
      missing: MIGRATION_NAMES.filter((name) => !had.has(name)),
      unknown: [...had].filter((name) => !MIGRATION_NAMES.includes(name)),
      mayCreate: row?.create === true,
    };
  } finally {
    await client.end().catch(() => {});
  }
}
