import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRestrictionList, loadRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import { MAX_ACCOUNT_ID_CHARACTERS } from '#libs/model/account-id.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { sampleRestriction } from '../../support/sample-action.ts';
import { HOUR, MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { createApiBench, GATEWAY, VIEWER } from './api-bench.ts';

const ID = 'PS-000123';
const URL = `/v1/restrictions/${ID}`;

describe('the restriction of an account', () => {
  it('is none, then suspended, then none again, each under its own tag', async () => {
    const { ask, responder, clock } = createApiBench();
    const before = await ask(GATEWAY, 'GET', URL);
    expect(before.body).toMatchObject({ account: ID, restriction: 'none', since: null, until: null });
    const tag = { 'if-none-match': String(before.headers.etag) };
    expect((await ask(GATEWAY, 'GET', URL, undefined, tag)).status).toBe(304);
    await responder.onAlert(sampleAlert());
    await responder.idle();
    const after = await ask(GATEWAY, 'GET', URL, undefined, tag);
    expect(after).toMatchObject({ status: 200, body: { restriction: 'suspended', since: '2026-03-02T08:00:00.000Z' } });
    const weak = { 'if-none-match': `"x", W/${after.headers.etag}` };
    const same = await ask(GATEWAY, 'GET', URL, undefined, weak);
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', after.headers.etag]);
    clock.advance(MINUTE);
    await responder.reenable(ID, 'Anne', 'holder confirmed');
    expect((await ask(GATEWAY, 'GET', URL, undefined, weak)).body.restriction).toBe('none');
  });

  it('ends at its end, also before anybody has taken it back', async () => {
    const restrictions = createRestrictionList([sampleRestriction({ untilMs: T0 + HOUR })]);
    const { ask, clock } = createApiBench({}, { restrictions });
    expect((await ask(GATEWAY, 'GET', URL)).body).toMatchObject({ until: '2026-03-02T09:00:00.000Z' });
    expect((await ask(VIEWER, 'GET', '/v1/restrictions')).body.items).toHaveLength(1);
    clock.advance(HOUR);
    expect((await ask(GATEWAY, 'GET', URL)).body.restriction).toBe('none');
    expect((await ask(VIEWER, 'GET', '/v1/restrictions')).body.items).toEqual([]);
  });

  it('is right after a restart, from the store, before the first request', async () => {
    const store = await openSqliteStore(':memory:');
    const first = createApiBench({ store });
    await first.responder.onAlert(sampleAlert());
    await first.responder.idle();
    const { ask } = createApiBench({ store }, { restrictions: await loadRestrictionList(store) });
    expect((await ask(GATEWAY, 'GET', URL)).body.restriction).toBe('suspended');
    await store.close();
  });

  it.each(['à/b ?#%"\\', '\u{1f9ff}'.repeat(127), '\uffe6'.repeat(MAX_ACCOUNT_ID_CHARACTERS)])(
    'takes any account id that an access log may hold: %s',
    async (accountId) => {
      const restrictions = createRestrictionList([sampleRestriction({ accountId })]);
      const { ask } = createApiBench({}, { restrictions });
      const { body } = await ask(GATEWAY, 'GET', `/v1/restrictions/${encodeURIComponent(accountId)}`);
      expect(body).toMatchObject({ account: accountId, restriction: 'suspended' });
    },
  );

  it('is not asked for an id that no account can have', async () => {
    const { ask } = createApiBench();
    const longest = 'x'.repeat(MAX_ACCOUNT_ID_CHARACTERS);
    expect((await ask(GATEWAY, 'GET', `/v1/restrictions/${longest}`)).status).toBe(200);
    expect((await ask(GATEWAY, 'GET', `/v1/restrictions/${longest}x`)).status).toBe(400);
  });
});

describe('people new to a throttled account', () => {
  it('are few an hour; an account that is not throttled is not counted; a suspended one sees nobody', async () => {
    const restrictions = createRestrictionList([sampleRestriction({ restriction: 'throttle', newPerHour: 2 })]);
    const { ask, clock } = createApiBench({}, { restrictions });
    const next = async () => (await ask(GATEWAY, 'POST', `${URL}/new-person`)).status;
    expect([await next(), await next(), await next()]).toEqual([204, 204, 429]);
    clock.advance(HOUR);
    expect(await next()).toBe(204);
    restrictions.put(sampleRestriction({ seq: 2 }));
    expect(await next()).toBe(403);
    restrictions.put(sampleRestriction({ seq: 3, restriction: 'none' }));
    expect([await next(), await next(), await next()]).toEqual([204, 204, 204]);
  });

  it('asked for as only a program does are told to people, once for each throttle', async () => {
    const { ask, clock, responder, restrictions, published } = createApiBench({ policy: { throttleNewPerHour: 3 } });
    const [plan] = await responder.onAlert(sampleAlert({ rung: 'throttle' }));
    await responder.idle();
    const press = async (times: number) => {
      for (let i = 0; i < times; i += 1) await ask(GATEWAY, 'POST', `${URL}/new-person`);
      await responder.idle();
      return published.filter(({ id }) => id.startsWith('notice:')).map(({ id }) => id);
    };
    expect(await press(3 + 29)).toEqual([]);
    const once = [`notice:throttle_pressed:${plan!.id}`];
    expect(await press(1)).toEqual(once);
    expect(JSON.parse(published.find(({ id }) => id === once[0])!.body).message).toContain(
      `${ID} is throttled (incident ${plan!.alertId}) and was refused 30 more people`,
    );
    expect(await press(100)).toEqual(once);
    clock.advance(HOUR);
    expect(await press(100)).toEqual(once);
    // A busy waiting room is nobody's business.
    restrictions.put(sampleRestriction({ seq: 99, actionId: 'other', restriction: 'throttle', newPerHour: 5 }));
    clock.advance(HOUR);
    expect(await press(5 + 49)).toEqual(once);
  });

  it('are counted once, in the store, over several that answer at the same time, and over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-admissions-'));
    const path = join(folder, 'store.sqlite');
    const store = await openSqliteStore(path);
    const throttled = sampleRestriction({ restriction: 'throttle', newPerHour: 3 });
    const asking = (store: ResponseStore) =>
      createApiBench({ store }, { restrictions: createRestrictionList([throttled]) }).ask;
    const both = [asking(store), asking(store)];
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => (await both[i % 2]!(GATEWAY, 'POST', `${URL}/new-person`)).status),
    );
    expect(answers.filter((status) => status === 204)).toHaveLength(3);
    expect(answers.filter((status) => status === 429)).toHaveLength(5);
    await store.close();
    const again = await openSqliteStore(path);
    expect((await asking(again)(GATEWAY, 'POST', `${URL}/new-person`)).status).toBe(429);
    await again.close();
    rmSync(folder, { recursive: true });
  });
});
