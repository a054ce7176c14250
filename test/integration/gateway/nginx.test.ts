import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { createGatewayProbe } from '#libs/adapters/gateway-probe/probe.ts';
import { probeToken } from '#libs/adapters/gateway-probe/token.ts';
import { loadRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import type { RunningApi } from '#services/api/listen.ts';
import { startApi } from '#services/api/listen.ts';
import { createPortalGate } from '#services/api/portal-gate.ts';
import { createApiBench, GATEWAY } from '../../services/api/api-bench.ts';
import { freePort } from '../../support/free-port.ts';
import { MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import type { TokenIssuer } from '../../support/token-issuer.ts';
import { startTokenIssuer } from '../../support/token-issuer.ts';
import { findNginx, startNginx } from './local-nginx.ts';

const EXAMPLE = new URL('../../../deploy/gateway/nginx/portal.conf', import.meta.url);
const ID = 'PS-000123';
const HOST = '127.0.0.1';
const PROBE_KEY = Buffer.alloc(32, 9);

const nginx = await findNginx().then(
  (program) => ({ program, reason: '' }),
  (error: unknown) => ({ program: '', reason: String(error instanceof Error ? error.message : error).split('\n')[0] }),
);

/** A portal as the gateway's page describes it: it trusts the gateway's headers, and knows whom each account has served. */
async function startPortal(vigieUrl: () => string) {
  const known = new Set(['anna', 'ben']);
  const served: { path: string; restriction: string | undefined }[] = [];
  const one = (header: string | string[] | undefined) => (Array.isArray(header) ? header.join() : header);
  const mayServe = async (request: IncomingMessage, patient: string): Promise<boolean> => {
    if (one(request.headers['x-vigie-restriction']) !== 'throttle' || known.has(patient)) return true;
    const account = one(request.headers['x-vigie-account']);
    const answer = await fetch(`${vigieUrl()}/v1/restrictions/${account}/new-person`, {
      method: 'POST',
      headers: { authorization: `Bearer ${GATEWAY}` },
    });
    return answer.status === 204;
  };
  const server: Server = createServer((request, response) => {
    const patient = request.url!.split('/').at(-1)!;
    served.push({ path: request.url!, restriction: one(request.headers['x-vigie-restriction']) });
    void mayServe(request, patient).then((may) => response.writeHead(may ? 200 : 429).end(patient));
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, served, stop };
}

if (nginx.program === '') {
  const name = 'the gateway example in nginx';
  if (process.env.CI) {
    test(name, () => {
      throw new Error(`no nginx: ${nginx.reason}`);
    });
  } else describe.skip(`${name} (skipped: ${nginx.reason})`, () => {});
} else {
  describe('the gateway example in nginx', () => {
    let issuer: TokenIssuer;
    let portal: Awaited<ReturnType<typeof startPortal>>;
    let gateway: Awaited<ReturnType<typeof startNginx>>;
    let folder: string;
    let store: ResponseStore;
    let bench: ReturnType<typeof createApiBench>;
    let api: RunningApi;
    let vigiePort: number;
    let url: string;

    beforeAll(async () => {
      issuer = await startTokenIssuer();
      vigiePort = await freePort();
      portal = await startPortal(() => `http://${HOST}:${vigiePort}`);
      const port = await freePort();
      url = `http://${HOST}:${port}`;
      const addresses = new Map([
        [`${HOST}:8181`, `${HOST}:${vigiePort}`],
        [`${HOST}:9000`, `${HOST}:${portal.port}`],
        [`${HOST}:8080`, `${HOST}:${port}`],
      ]);
      gateway = await startNginx(nginx.program, EXAMPLE, addresses, port);
    });
    afterAll(async () => {
      await gateway.stop();
      await portal.stop();
      await issuer.stop();
    });

    /** Vigie as it comes up: the list is read from the store before it listens. */
    async function startVigie(): Promise<void> {
      bench = createApiBench({ store, accounts: 5, policy: { throttleNewPerHour: 2 } });
      await bench.responder.resume();
      const restrictions = await loadRestrictionList(store);
      const nowMs = () => bench.clock.nowMs();
      const gate = createPortalGate({
        issuer: issuer.issuer,
        audience: 'portal',
        accountClaim: 'preferred_username',
        strongAcr: ['2'],
        restrictions: bench.restrictions,
        probeKey: PROBE_KEY,
        nowMs,
      });
      expect([...restrictions.entries()]).toEqual([...bench.restrictions.entries()]);
      api = await startApi({ ...bench.parts, gate }, { host: HOST, port: vigiePort });
    }
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vigie-gateway-'));
      store = await openSqliteStore(join(folder, 'store.sqlite'));
      await startVigie();
      portal.served.length = 0;
    });
    afterEach(async () => {
      await api.stop();
      await store.close();
      rmSync(folder, { recursive: true });
    });

    const token = (claims = {}) =>
      issuer.sign({ aud: 'portal', sub: 'u-1', preferred_username: ID, exp: T0 / 1000 + 36_000, ...claims });
    const get = async (path: string, bearer = '', headers: Record<string, string> = {}) => {
      const answer = await fetch(url + path, {
        headers: { ...headers, ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
      });
      await answer.text();
      return { status: answer.status, challenge: answer.headers.get('www-authenticate') };
    };
    const restrict = async (rung: 'step_up' | 'throttle' | 'suspend') => {
      await bench.responder.onAlert(sampleAlert({ rung }));
      await bench.responder.idle();
    };

    it('lets honest tokens through, and nobody without one', async () => {
      expect((await get('/dossiers/anna', await token())).status).toBe(200);
      expect(await get('/dossiers/anna')).toEqual({ status: 401, challenge: 'Bearer' });
      const late = await get('/dossiers/anna', await token({ exp: T0 / 1000 - 60 }));
      expect(late).toEqual({ status: 401, challenge: 'Bearer error="invalid_token"' });
      expect((await get('/dossiers/anna', await token({ aud: 'elsewhere' }))).status).toBe(401);
      expect((await get('/_vigie', await token())).status).toBe(404);
      expect(portal.served).toEqual([{ path: '/dossiers/anna', restriction: 'none' }]);
    });

    it('refuses a suspended account’s token that is still valid, and takes it again when the account is given back', async () => {
      const bearer = await token();
      expect((await get('/dossiers/anna', bearer)).status).toBe(200);
      await restrict('suspend');
      expect((await get('/dossiers/anna', bearer)).status).toBe(403);
      expect((await get('/dossiers/anna', await token({ preferred_username: 'PS-000001' }))).status).toBe(200);
      expect(portal.served).toHaveLength(2);
      bench.clock.advance(MINUTE);
      await bench.responder.reenable(ID, 'Anne', 'holder confirmed');
      expect((await get('/dossiers/anna', bearer)).status).toBe(200);
    });

    it('lets a throttled account go on with patients it knows, and with few new ones', async () => {
      const bearer = await token();
      await restrict('throttle');
      const see = async (patient: string) => (await get(`/dossiers/${patient}`, bearer)).status;
      expect([await see('x1'), await see('x2'), await see('x3')]).toEqual([200, 200, 429]);
      for (let i = 0; i < 5; i += 1) expect([await see('anna'), await see('ben')]).toEqual([200, 200]);
      bench.clock.advance(60 * MINUTE);
      expect(await see('x3')).toBe(200);
    });

    it('asks for a second factor shown since, and not for one shown before', async () => {
      const strong = (atMs: number) => token({ acr: '2', auth_time: atMs / 1000 });
      const before = await strong(T0 - MINUTE);
      await restrict('step_up');
      const challenge = 'Bearer error="insufficient_user_authentication"';
      expect(await get('/dossiers/anna', await token())).toEqual({ status: 401, challenge });
      expect((await get('/dossiers/anna', before)).status).toBe(401);
      expect((await get('/dossiers/anna', await strong(T0 + MINUTE))).status).toBe(200);
    });

    it('tells the portal what holds, whatever a client says of itself', async () => {
      await restrict('throttle');
      const headers = { 'X-Vigie-Restriction': 'none', 'X-Vigie-Account': 'PS-000001' };
      await get('/dossiers/anna', await token(), headers);
      expect(portal.served).toEqual([{ path: '/dossiers/anna', restriction: 'throttle' }]);
    });

    it('tells a probe what an old token would meet, and lets no probe through to the portal', async () => {
      const probe = (key = PROBE_KEY) =>
        createGatewayProbe({ url: `${url}/_vigie_probe`, key, timeoutMs: 5_000, clock: bench.clock });
      const free = await probe().ask(ID);
      expect(free).toEqual({ answer: 'unknown', detail: 'HTTP 500' });
      await restrict('step_up');
      expect(await probe().ask(ID)).toEqual({ answer: 'step_up' });
      await restrict('suspend');
      expect(await probe().ask(ID)).toEqual({ answer: 'suspended' });
      expect(await probe(Buffer.alloc(32, 1)).ask(ID)).toEqual({ answer: 'unknown', detail: 'HTTP 401' });
      const bearer = await probeToken(PROBE_KEY, 'PS-000001', bench.clock.nowMs());
      expect((await get('/dossiers/anna', bearer)).status).toBe(500);
      await api.stop();
      expect(await probe().ask(ID)).toEqual({ answer: 'admitted' });
      await startVigie();
      await expect.poll(() => probe().ask(ID), { timeout: 15_000 }).toEqual({ answer: 'suspended' });
      expect(portal.served).toEqual([]);
    });

    it('lets care go on while Vigie is away, and refuses again as soon as it is back', async () => {
      const bearer = await token();
      await restrict('suspend');
      await api.stop();
      expect((await get('/dossiers/anna', bearer)).status).toBe(200);
      await startVigie();
      await expect.poll(async () => (await get('/dossiers/anna', bearer)).status, { timeout: 15_000 }).toBe(403);
    });
  });
}
