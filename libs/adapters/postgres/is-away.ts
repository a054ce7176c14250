/** Of the machine and its network: nobody listens, nobody answers, the name is not known at present. */
const UNREACHABLE: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
/** admin_shutdown, crash_shutdown, cannot_connect_now (it starts up), too_many_connections. */
const NOT_NOW: ReadonlySet<unknown> = new Set(['57P01', '57P02', '57P03', '53300']);
/** What the client says in words only. */
const IN_WORDS = /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout)/;

/**
 * True where the server is away and may come back; false where it answers and refuses (a wrong password, a database that is
 * not there, tables of a newer version): waiting would change nothing.
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (UNREACHABLE.has(code) || NOT_NOW.has(code)) return true;
  // Class 08: connection exceptions.
  return (typeof code === 'string' && /^08[0-9A-Z]{3}$/.test(code)) || IN_WORDS.test(error.message);
}
