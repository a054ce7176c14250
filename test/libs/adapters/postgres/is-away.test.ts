import pg from 'pg';
import { expect, test } from 'vitest';
import { isAway } from '#libs/adapters/postgres/is-away.ts';
import { freePort } from '../../../support/free-port.ts';

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });

test('a server that is down, starting or unreachable is away', async () => {
  for (const code of ['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', '57P03', '08006', '53300']) {
    expect([code, isAway(withCode(code))]).toEqual([code, true]);
  }
  expect(isAway(new Error('timeout exceeded when trying to connect'))).toBe(true);
  expect(isAway(new Error('Connection terminated unexpectedly'))).toBe(true);
  const port = await freePort();
  // By name, so that several addresses are tried.
  const client = new pg.Client({ connectionString: `postgres://vigie@localhost:${port}/postgres` });
  const refused: unknown = await client.connect().catch((error: unknown) => error);
  expect(isAway(refused)).toBe(true);
});

test('one that answers and refuses is not: a password, a database, tables of a newer version, an error of our own', () => {
  for (const code of ['28P01', '3D000', '42501', 'ERR_INVALID_URL']) {
    expect([code, isAway(withCode(code))]).toEqual([code, false]);
  }
  expect(isAway(new Error('corrupted migrations: previously executed migration 0009 is missing'))).toBe(false);
  expect(isAway('away')).toBe(false);
});
