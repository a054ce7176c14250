import { randomBytes } from 'node:crypto';
import pg from 'pg';

async function asOwner(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** An empty database on the server of `url`, and how to drop it. */
export async function freshDatabase(url: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `vigie_test_${randomBytes(6).toString('hex')}`;
  await asOwner(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => asOwner(url, `drop database if exists ${name} with (force)`) };
}
