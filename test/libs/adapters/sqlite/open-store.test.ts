import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import { sampleAction } from '../../../support/sample-action.ts';
import { T0 } from '../../../support/sample-alert.ts';

describe('SQLite store on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const audit = [{ atMs: T0, actor: 'vigie', verb: 'v', subject: 's', detail: 'd' }];

  it('keeps everything over a restart, and makes its folder', async () => {
    const path = join(folder, 'new', 'store.db');
    const first = await openSqliteStore(path);
    await first.commit({ actions: [sampleAction()], audit, planning: { readVersion: 0, snapshot: 'S' } });
    await first.close();
    const second = await openSqliteStore(path);
    expect(await second.action('act-1')).toEqual(sampleAction());
    await second.commit({ audit });
    expect(verifyAudit(await second.audit(1, 9))).toBeUndefined();
    expect(await second.audit(1, 9)).toHaveLength(2);
    await second.close();
  });

  it('lets two processes work on one file', async () => {
    const path = join(folder, 'store.db');
    const [a, b] = [await openSqliteStore(path), await openSqliteStore(path)];
    expect(await a.commit({ planning: { readVersion: 0, snapshot: 'a' } })).toBe(true);
    expect(await b.commit({ planning: { readVersion: 0, snapshot: 'b' } })).toBe(false);
    expect(await b.commit({ planning: { readVersion: 1, snapshot: 'b' } })).toBe(true);
    expect(await a.readPlanning()).toEqual({ version: 2, snapshot: 'b' });
    await a.close();
    await b.close();
  });

  it('lets nobody change or delete a line of the audit log', async () => {
    const path = join(folder, 'store.db');
    const store = await openSqliteStore(path);
    await store.commit({ audit });
    await store.close();
    const raw = new DatabaseSync(path);
    expect(() => raw.exec("update audit set detail = 'x'")).toThrow('append-only');
    expect(() => raw.exec('delete from audit')).toThrow('append-only');
    raw.close();
  });

  it('refuses a file that is no database', async () => {
    const path = join(folder, 'store.db');
    writeFileSync(path, 'not a database, but longer than a header would be '.repeat(20));
    await expect(openSqliteStore(path)).rejects.toThrow('not a database');
  });
});
