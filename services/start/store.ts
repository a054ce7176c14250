import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { readSecret } from '#services/config/load.ts';

/** The store that is configured: PostgreSQL by the file that holds its URL, or a SQLite file. */
export function openStore(
  file: string | undefined,
  urlFile: string | undefined,
  onConnectionLost: (error: Error) => void,
): Promise<ResponseStore> {
  if (urlFile === undefined) return openSqliteStore(file ?? '');
  return openPostgresStore({ url: readSecret(urlFile).toString('utf8').trim(), onConnectionLost });
}
