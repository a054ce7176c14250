import { Kysely, PostgresDialect } from 'kysely';
import type { PoolConfig } from 'pg';
import pg from 'pg';
import { migrate } from '#libs/adapters/sql/migrate.ts';
import { createSqlResponseStore } from '#libs/adapters/sql/response-store.ts';
import type { ResponseTables } from '#libs/adapters/sql/schema.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { exclusiveBy } from './exclusive.ts';
import { retriedCommit } from './retry.ts';

/** How to reach the store's database. */
export interface PostgresConnection {
  /** `postgres://user@host:5432/database`. It may hold a password: never print it. */
  readonly url: string;
  /** True for the system's certificate authorities; options for own ones or a client certificate; absent for no TLS. */
  readonly tls?: PoolConfig['ssl'];
  readonly maxConnections?: number;
  /** Longest wait for a connection, ms. */
  readonly connectTimeoutMs?: number;
  /** Longest a statement may take at the server, ms; the client gives up a little later, for a server that is cut off. */
  readonly statementTimeoutMs?: number;
  /** Told of connections that broke while nobody used them: the next query makes a new one. */
  readonly onConnectionLost?: (error: Error) => void;
}

const INT8 = 20;
/** Counts and times in ms are far below 2^53, so that they are numbers here as they are in SQLite. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as NonNullable<PoolConfig['types']>;

/** A pool whose sessions promise what the response relies on: a commit is on the disk when it returns, no wait is endless. */
function openPool(connection: PostgresConnection): pg.Pool {
  const { statementTimeoutMs = 10_000, connectTimeoutMs = 5_000, onConnectionLost } = connection;
  const pool = new pg.Pool({
    connectionString: connection.url,
    ...(connection.tls === undefined ? {} : { ssl: connection.tls }),
    max: connection.maxConnections ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'vigie',
    options: '-c synchronous_commit=on',
    types,
  });
  const lost = (error: Error) => onConnectionLost?.(error);
  // Without listeners, a connection lost while idle, or between two statements of a transaction, would end the process.
  pool.on('error', lost);
  pool.on('connect', (client) => void client.on('error', lost));
  return pool;
}

/**
 * Opens the store on PostgreSQL (15 or later), migrating it where needed. Several processes may work on one database.
 *
 * @throws where the server cannot be reached, refuses the sign-in, or holds tables of a newer version
 */
export async function openPostgresStore(connection: PostgresConnection): Promise<ResponseStore> {
  const pool = openPool(connection);
  const db = new Kysely<ResponseTables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, 'postgres');
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const store = createSqlResponseStore(db);
  return { ...store, commit: retriedCommit(store.commit), exclusively: exclusiveBy(pool) };
}
