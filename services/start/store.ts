import { isAway } from '#libs/adapters/postgres/is-away.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { readSecret } from '#services/config/load.ts';

/** The store's server cannot be reached at present: a service that needs it can be begun again later. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

/**
 * The store that is configured: PostgreSQL by the file that holds its URL, or a SQLite file. Errors: {@link StoreAway}, and
 * those that will not pass by themselves.
 */
export async function openStore(
  file: string | undefined,
  urlFile: string | undefined,
  onConnectionLost: (error: Error) => void,
): Promise<ResponseStore> {
  if (urlFile === undefined) return openSqliteStore(file ?? '');
  try {
    return await openPostgresStore({ url: readSecret(urlFile).toString('utf8').trim(), onConnectionLost });
  } catch (error) {
    if (!isAway(error)) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    throw new StoreAway(message || String(code), { cause: error });
  }
}
