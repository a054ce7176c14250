import { expect, it } from 'vitest';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { responseStoreContract } from '../../contract/response-store.cases.ts';
import { sampleAction } from '../../support/sample-action.ts';
import { freshDatabase } from './fresh-database.ts';
import { describeWith } from './with-servers.ts';

describeWith(['postgres'], 'PostgreSQL', ({ postgres }) => {
  const open = async (): Promise<ResponseStore> => {
    const database = await freshDatabase(postgres);
    const store = await openPostgresStore({ url: database.url });
    return {
      ...store,
      close: async () => {
        await store.close();
        await database.drop();
      },
    };
  };
  responseStoreContract('postgres', open);

  it('is migrated once by several processes that start together, and shows each what the others wrote', async () => {
    const database = await freshDatabase(postgres);
    const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore({ url: database.url, maxConnections: 2 })));
    await stores[0]!.commit({ actions: [sampleAction()] });
    for (const store of stores) expect(await store.actionsOf('PS-000123')).toEqual([sampleAction()]);
    for (const store of stores) await store.close();
    await database.drop();
  });

  it('commits that lock the same rows in opposite order both go through', async () => {
    const store = await open();
    const make = (id: string, version: number) => sampleAction({ version, plan: { id } });
    await store.commit({ actions: [make('a', 1), make('b', 1)] });
    for (let version = 2; version < 5; version += 1) {
      const [one, two] = await Promise.all([
        store.commit({ changes: [make('a', version), make('b', version)] }),
        store.commit({ changes: [make('b', version), make('a', version)] }),
      ]);
      expect([one, two].filter(Boolean)).toHaveLength(1);
    }
    await store.close();
  });

  it('lets one instance at a time publish', async () => {
    const database = await freshDatabase(postgres);
    const [one, two] = await Promise.all([1, 2].map(() => openPostgresStore({ url: database.url })));
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = one!.exclusively!(async () => {
      seen.push('one begins');
      await promise;
      seen.push('one ends');
    });
    while (seen.length === 0) await new Promise((r) => setImmediate(r));
    const second = two!.exclusively!(async () => void seen.push('two'));
    resolve();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(seen).toEqual(['one begins', 'one ends', 'two']);
    await expect(one!.exclusively!(() => Promise.reject(new Error('no topic')))).rejects.toThrow('no topic');
    expect(await two!.exclusively!(async () => {})).toBe(true);
    await Promise.all([one!.close(), two!.close()]);
    await database.drop();
  });

  it('refuses to change or delete a line of the audit log, in the database itself', async () => {
    const database = await freshDatabase(postgres);
    const store = await openPostgresStore({ url: database.url });
    await store.commit({ audit: [{ atMs: 1, actor: 'a', verb: 'v', subject: 's', detail: 'd' }] });
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    for (const statement of ["update audit set detail = 'x'", 'delete from audit', 'truncate audit']) {
      await expect(client.query(statement)).rejects.toThrow('append-only');
    }
    await client.end();
    await store.close();
    await database.drop();
  });

  it('says what is wrong without the password', async () => {
    const wrong = new URL(postgres);
    wrong.username = 'nobody';
    wrong.password = 'hunter2';
    wrong.pathname = '/not-there';
    const error = await openPostgresStore({ url: wrong.href }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('hunter2');
  });
});
