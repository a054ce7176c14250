import type { Pool } from 'pg';
import type { ResponseStore } from '#libs/ports/store.ts';

/** Key of the lock among this database's advisory locks: "vigie" in ASCII, as far as it goes into 32 bits. */
const LOCK = 0x76696769;
/** Longest wait for another instance's turn, ms. */
const PATIENCE_MS = 5_000;

/** lock_not_available: somebody else still holds it. */
const isHeld = (error: unknown) => error instanceof Error && 'code' in error && error.code === '55P03';

/**
 * One instance at a time, by an advisory lock that lives in a transaction: it ends with the connection of a holder that
 * dies, and with the server's limit on idle transactions where the holder hangs.
 */
export function exclusiveBy(pool: Pool): NonNullable<ResponseStore['exclusively']> {
  return async (work) => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      await client.query(`set local lock_timeout = ${PATIENCE_MS}`);
      try {
        await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
      } catch (error) {
        if (!isHeld(error)) throw error;
        await client.query('rollback');
        return false;
      }
      await work();
      await client.query('commit');
      return true;
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A connection in an unknown state is not given to anybody else.
      client.release(broken ?? false);
    }
  };
}
