import type { DatabaseView } from '#libs/adapters/postgres/inspect.ts';
import type { Finding } from './finding.ts';
import { isWell, isWrong, warns } from './finding.ts';

const OLDEST_SERVER = 150_000;
const CLOCK_MS = 2_000;

/** What a look at the store's database says. @param nowMs this machine's clock */
export function checkDatabase(view: DatabaseView, nowMs: number): readonly Finding[] {
  const part = 'store';
  const { serverVersion, missing, unknown, mayCreate } = view;
  const version = `PostgreSQL ${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
  const findings = [
    serverVersion < OLDEST_SERVER
      ? isWrong(part, version, 'use PostgreSQL 15 or later')
      : isWell(part, `${version}, reachable, and lets us sign in`),
  ];
  if (unknown.length > 0) {
    findings.push(
      isWrong(part, `migrated by a newer version: ${unknown.join(', ')}`, 'run that version, or restore a backup'),
    );
  } else if (missing.length === 0) findings.push(isWell(part, 'its tables are of this version'));
  else if (mayCreate)
    findings.push(isWell(part, `${missing.length} migrations to come: the responder makes them at its start`));
  else {
    findings.push(
      isWrong(
        part,
        `${missing.length} migrations are missing and our user may make no tables`,
        'grant create on schema to our user',
      ),
    );
  }
  const aheadMs = Math.round(view.nowMs - nowMs);
  if (Math.abs(aheadMs) > CLOCK_MS) {
    findings.push(
      warns(
        'clock',
        `the database is ${aheadMs} ms ahead of this machine`,
        'set both by NTP: terms and budgets go by the clock',
      ),
    );
  } else findings.push(isWell('clock', `within ${CLOCK_MS} ms of the database’s`));
  return findings;
}
