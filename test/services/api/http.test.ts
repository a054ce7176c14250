import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { buildApi } from '#services/api/app.ts';
import { startApi } from '#services/api/listen.ts';
import { openApiDocument } from '#services/api/openapi.ts';
import { route } from '#services/api/route.ts';
import { allRoutes } from '#services/api/routes/index.ts';
import { createApiBench, GATEWAY, VIEWER } from './api-bench.ts';

describe('over a real connection', () => {
  it('serves, tells a proxy from its absence, and lets go of its port when it stops', async () => {
    const seen: unknown[] = [];
    const { parts } = createApiBench();
    const authenticate: typeof parts.authenticate = async (_token, peer) => {
      seen.push(peer);
      return { ok: false, why: 'test' };
    };
    const api = await startApi({ ...parts, authenticate }, { host: '127.0.0.1', port: 0 });
    const health = await fetch(`${api.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok', version: '0.0.0-test' }]);
    const headers = { authorization: 'Bearer x' };
    await fetch(`${api.url}/v1/incidents`, { headers });
    await fetch(`${api.url}/v1/incidents`, { headers: { ...headers, 'x-forwarded-for': '127.0.0.1' } });
    expect(seen).toEqual([
      { address: '127.0.0.1', forwarded: false },
      { address: '127.0.0.1', forwarded: true },
    ]);
    await api.stop();
    await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
  });

  it('does not carry tokens in the clear beyond loopback', async () => {
    const { parts } = createApiBench();
    await expect(startApi(parts, { host: '0.0.0.0', port: 0 })).rejects.toThrow('0.0.0.0 is not loopback');
  });

  it('refuses bytes that are no request, and goes on', async () => {
    const { parts } = createApiBench();
    const api = await startApi(parts, { host: '127.0.0.1', port: 0 });
    const { port } = new URL(api.url);
    const status = await new Promise((resolve, reject) => {
      const broken = request({ host: '127.0.0.1', port, path: '/v1/restrictions/%ff%zz', method: 'GET' });
      broken.on('response', (answer) => resolve(answer.statusCode)).on('error', reject);
      broken.end();
    });
    expect(status).toBe(400);
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    await api.stop();
  });
});

describe('what goes wrong', () => {
  it('is a problem document that repeats nothing of the request', async () => {
    const { ask } = createApiBench();
    const wrong = await ask(VIEWER, 'GET', '/v1/incidents?limit=secret180056912345678');
    expect(wrong.status).toBe(400);
    expect(wrong.headers['content-type']).toContain('application/problem+json');
    expect(wrong.body).toMatchObject({ title: 'Bad Request', errors: [{ path: 'query.limit' }] });
    expect(wrong.text).not.toContain('18005');
    expect((await ask(VIEWER, 'GET', '/v1/nothing')).body).toMatchObject({ status: 404 });
    expect((await ask(VIEWER, 'POST', '/v1/containments/preview', { x: 'y'.repeat(70_000) })).status).toBe(413);
  });

  it('inside is told to nobody outside, and logged', async () => {
    const bench = createApiBench();
    const failing = route({
      method: 'GET',
      path: '/v1/failing',
      summary: '',
      permission: 'open',
      answers: {},
      handle() {
        throw new Error('password=hunter2');
      },
    });
    const answer = await buildApi(bench.parts, [failing]).inject('/v1/failing');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('hunter2');
    expect(bench.logged.map((l) => l.event)).toEqual(['api_request_failed']);
  });

  it('in the store shows in the health', async () => {
    const bench = createApiBench();
    const store = { ...bench.store, nextDueMs: () => Promise.reject(new Error('down')) };
    const answer = await buildApi({ ...bench.parts, store }).inject('/healthz');
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'store' }]);
  });

  it('is never kept by anything in between', async () => {
    const { ask } = createApiBench();
    expect((await ask(VIEWER, 'GET', '/v1/incidents')).headers['cache-control']).toBe('no-store');
    expect((await ask(GATEWAY, 'GET', '/v1/restrictions/x')).headers['cache-control']).toBe('private, no-cache');
  });
});

describe('the OpenAPI document', () => {
  it('names every route with what it takes, gives and asks for', async () => {
    const { app } = createApiBench();
    const served = (await app.inject('/openapi.json')).json();
    const document = openApiDocument(allRoutes(), '0.0.0-test') as typeof served;
    expect(served).toEqual(JSON.parse(JSON.stringify(document)));
    expect(served.openapi).toBe('3.1.0');
    const operations = Object.values(served.paths).flatMap((path) => Object.values(path as object));
    expect(operations).toHaveLength(allRoutes().length);
    expect(new Set(operations.map((o) => o.operationId)).size).toBe(operations.length);
    const reenable = served.paths['/v1/accounts/{account}/reenable'].post;
    expect(reenable.requestBody.content['application/json'].schema.required).toEqual(['reason']);
    expect(reenable.parameters).toMatchObject([{ name: 'account', in: 'path', required: true }]);
    expect(reenable['x-permission']).toBe('accounts.reenable');
    expect(served.paths['/v1/restrictions/{account}'].get.responses['304']).toBeDefined();
    expect(served.paths['/v1/gate'].get.security).toEqual([]);
  });
});
