import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScimConnector } from '#libs/adapters/scim/connector.ts';
import { accountConnectorContract } from '../../contract/account-connector.cases.ts';
import type { FaultProxy } from '../../support/fault-proxy.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { T0 } from '../../support/sample-alert.ts';
import { SCIM_TOKEN } from './local-scim.ts';
import { describeWith } from './with-servers.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const token = async () => SCIM_TOKEN;

describeWith(['scim'], 'SCIM', ({ scim }) => {
  const run = Date.now().toString(36);
  let made = 0;
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${SCIM_TOKEN}`, 'content-type': 'application/scim+json' };
    const answer = await fetch(scim + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return (await answer.json()) as Record<string, unknown>;
  };
  const create = async (more: object = {}) => {
    made += 1;
    const userName = `ps-${run}-${made}`;
    const emails = [{ value: `${userName}@example.test` }];
    const user = await ask('POST', '/Users', { schemas: [USER], userName, active: true, emails, ...more });
    return { userName, id: String(user.id) };
  };
  const shown = async (userName: string) => {
    const list = await ask('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
    return (list.Resources as Record<string, unknown>[])[0]!;
  };

  accountConnectorContract('scim', async () => {
    const proxy = await startFaultProxy(scim);
    const base = new URL(scim).pathname;
    const options = { token, identity: 'userName', callTimeoutMs: 2_000 } as const;
    return {
      proxy,
      connector: createScimConnector({ ...options, url: proxy.url + base }),
      unreachable: createScimConnector({ ...options, url: `http://127.0.0.1:${await freePort()}${base}` }),
      account: async () => (await create()).userName,
      state: async (account) => ({ enabled: (await shown(account)).active === true }),
      close: () => proxy.close(),
    };
  });

  describe('what it leaves alone and what it does not believe', () => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startFaultProxy(scim);
    });
    afterAll(() => proxy.close());
    const connect = (url = proxy.url + new URL(scim).pathname, identity: 'userName' | 'externalId' = 'userName') =>
      createScimConnector({ url, token, identity });

    it('changes nothing but `active`', async () => {
      const { userName } = await create({ externalId: `x-${run}`, name: { familyName: 'Durand' } });
      const before = await shown(userName);
      await connect().disable(userName, WHY);
      const after = await shown(userName);
      expect({ ...after, active: 0, meta: 0 }).toEqual({ ...before, active: 0, meta: 0 });
      expect(after.active).toBe(false);
    });

    it.each([405, 501])(
      'where PATCH is not offered (%i), writes the whole user back with that alone changed',
      async (status) => {
        const { userName } = await create({ externalId: `p-${status}-${run}`, name: { familyName: 'Durand' } });
        const before = await shown(userName);
        const fault = {
          kind: 'status' as const,
          status,
          on: (r: { method: string }) => r.method === 'PATCH',
          times: 1,
          struck: 0,
        };
        proxy.faults = [fault];
        expect(await connect().disable(userName, WHY)).toEqual({ outcome: 'done', value: undefined });
        expect(fault.struck).toBe(1);
        expect(proxy.passed.at(-1)?.method).toBe('PUT');
        const after = await shown(userName);
        expect({ ...after, active: 0, meta: 0 }).toEqual({ ...before, active: 0, meta: 0 });
        expect(after.active).toBe(false);
      },
    );

    it('finds accounts by externalId, exactly', async () => {
      const { userName } = await create({ externalId: `RPPS-${run}` });
      const byId = connect(undefined, 'externalId');
      expect(await byId.disable(`RPPS-${run}`, WHY)).toMatchObject({ outcome: 'done' });
      expect((await shown(userName)).active).toBe(false);
      expect((await byId.read(userName)).outcome).toBe('not_found');
    });

    it('takes a user who does not show `active` for one who is not stopped', async () => {
      const { userName } = await create({ active: undefined });
      expect(await connect().read(userName)).toMatchObject({ value: { enabled: true } });
    });

    it('takes a wrong address or token for what it is, and not for an account that is not there', async () => {
      const { userName } = await create();
      expect((await connect(`${proxy.url}/elsewhere`).disable(userName, WHY)).outcome).toBe('rejected');
      const wrong = createScimConnector({ url: scim, token: async () => 'wrong', identity: 'userName' });
      expect((await wrong.read(userName)).outcome).toBe('denied');
    });

    it('disables nobody where the answer is about somebody else or about several', async () => {
      const other = { id: '1', userName: 'other', active: true };
      const user = { id: '2', userName: 'asked', active: true };
      for (const Resources of [[other], [user, user], [user, other]]) {
        const body = JSON.stringify({ totalResults: Resources.length, Resources });
        proxy.faults = [{ kind: 'status', status: 200, body, on: () => true, times: 1 }];
        const before = proxy.passed.length;
        expect((await connect().disable('asked', WHY)).outcome).toBe('rejected');
        expect(proxy.passed.slice(before).map((r) => r.method)).toEqual(['GET']);
      }
    });
  });
});
