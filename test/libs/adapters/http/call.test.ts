import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callHttp, failureOf, retryAfter } from '#libs/adapters/http/call.ts';
import { freePort } from '../../../support/free-port.ts';
import { T0 } from '../../../support/sample-alert.ts';

const server = createServer((request, response) => {
  if (request.url === '/redirect') return void response.writeHead(302, { location: '/elsewhere' }).end();
  if (request.url === '/endless') {
    response.writeHead(200);
    for (let i = 0; i < 40; i += 1) response.write('x'.repeat(65_536));
    return void response.end();
  }
  // The head comes and the body never does.
  response.writeHead(200).flushHeaders();
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const call = (path: string, writes: boolean, root = url) =>
  callHttp({ method: 'POST', url: root + path, headers: {}, body: '{}', timeoutMs: 200, writes });

describe('a bounded call', () => {
  it('does not follow a redirect to another place', async () => {
    const result = await call('/redirect', true);
    expect(result.ok && failureOf(result.answer, true)).toEqual({ outcome: 'rejected', detail: 'HTTP 302' });
  });

  it('ends where the body hangs or never ends', async () => {
    expect(await call('/hangs', false)).toMatchObject({
      failure: { outcome: 'unavailable', detail: 'no answer in 200 ms' },
    });
    expect(await call('/hangs', true)).toMatchObject({ failure: { outcome: 'unknown' } });
    expect(await call('/endless', true)).toMatchObject({ failure: { outcome: 'unknown' } });
  });

  it('knows that nothing was done where no connection was made', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await call('/', true, nobody)).toMatchObject({ failure: { outcome: 'unavailable' } });
    expect(await call('/', true, 'http://nowhere.invalid')).toMatchObject({ failure: { outcome: 'unavailable' } });
  });

  it('waits as it is asked to, within bounds', () => {
    expect(retryAfter('7', T0)).toBe(7_000);
    expect(retryAfter(new Date(T0 + 30_000).toUTCString(), T0)).toBe(30_000);
    expect(retryAfter('99999999', T0)).toBe(600_000);
    expect(retryAfter(new Date(T0 - 30_000).toUTCString(), T0)).toBe(0);
    expect(retryAfter('soon', T0)).toBe(1_000);
    expect(retryAfter(null, T0)).toBe(1_000);
  });
});
