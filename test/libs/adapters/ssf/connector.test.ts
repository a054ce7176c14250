import { generateKeyPair } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { SsfOptions } from '#libs/adapters/ssf/connector.ts';
import { createSsfConnector } from '#libs/adapters/ssf/connector.ts';
import { listen, ssfReceiver, ToldPortal } from '../../../support/command-receivers.ts';
import { T0 } from '../../../support/sample-alert.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };
const { publicKey, privateKey } = await generateKeyPair('ES256');
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const connect = (url: string, change: Partial<SsfOptions> = {}) =>
  createSsfConnector({
    url,
    issuer: 'https://vigie.example',
    audience: 'https://portal.example',
    subject: { format: 'opaque' },
    signingKey: async () => ({ key: privateKey, alg: 'ES256', kid: 'k1' }),
    clock: { nowMs: () => T0 },
    ...change,
  });

describe('shared signals', () => {
  it.each([
    ['an issuer it does not trust', { issuer: 'https://else.example' }, 'denied', 'invalid_issuer'],
    ['an audience that is somebody else', { audience: 'https://else.example' }, 'rejected', 'invalid_audience'],
  ] as const)('a receiver refuses %s, and that is told apart from an outage', async (_what, change, outcome, code) => {
    const portal = new ToldPortal();
    const receiver = await ssfReceiver(portal, publicKey, 'https://vigie.example', 'https://portal.example');
    closing.push(receiver.close);
    expect(await connect(receiver.url, change).disable('a', WHY)).toEqual({ outcome, detail: `HTTP 400: ${code}` });
    expect(portal.refused).toBe(1);
  });

  it('a receiver refuses what another key signed', async () => {
    const portal = new ToldPortal();
    const receiver = await ssfReceiver(portal, publicKey, 'https://vigie.example', 'https://portal.example');
    closing.push(receiver.close);
    const other = await generateKeyPair('ES256');
    const signingKey = async () => ({ key: other.privateKey, alg: 'ES256', kid: 'k2' }) as const;
    expect(await connect(receiver.url, { signingKey }).disable('a', WHY)).toMatchObject({ outcome: 'denied' });
  });

  it('writes the tokens that the specifications ask for', async () => {
    const got: { header: object; claims: object; type: string; authorization: string }[] = [];
    const receiver = await listen(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const [header, claims] = body.split('.').map((part) => Buffer.from(part, 'base64url').toString());
      const { 'content-type': type = '', authorization = '' } = request.headers;
      got.push({ header: JSON.parse(header!), claims: JSON.parse(claims!), type, authorization });
      response.writeHead(202).end();
    });
    closing.push(receiver.close);
    const subject = { format: 'iss_sub', issuer: 'https://id.example' } as const;
    const connector = connect(receiver.url, { subject, authorization: async () => 'Bearer abc' });
    for (const method of ['disable', 'endSessions'] as const) {
      expect(await connector[method]('PS-1', WHY)).toEqual({ outcome: 'done', value: undefined });
    }
    const common = {
      iss: 'https://vigie.example',
      aud: 'https://portal.example',
      iat: T0 / 1000,
      txn: 'act-1',
      sub_id: { format: 'iss_sub', iss: 'https://id.example', sub: 'PS-1' },
    };
    expect(got).toEqual([
      {
        header: { alg: 'ES256', kid: 'k1', typ: 'secevent+jwt' },
        type: 'application/secevent+jwt',
        authorization: 'Bearer abc',
        claims: {
          ...common,
          jti: `act-1:account-disabled:${T0}`,
          events: { 'https://schemas.openid.net/secevent/risc/event-type/account-disabled': { reason: 'hijacking' } },
        },
      },
      expect.objectContaining({
        claims: {
          ...common,
          jti: `act-1:session-revoked:${T0}`,
          events: {
            'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {
              event_timestamp: T0 / 1000,
              initiating_entity: 'policy',
              reason_admin: { en: 'alert a1f0' },
            },
          },
        },
      }),
    ]);
  });
});
