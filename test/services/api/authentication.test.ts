import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CryptoKey, JWTPayload } from 'jose';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '#services/api/authenticate.ts';
import type { Peer } from '#services/api/identity.ts';
import { bearerToken, isLoopback } from '#services/api/identity.ts';
import { localToken, localTokenReader } from '#services/api/local-token.ts';
import { oidcReader } from '#services/api/oidc.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MINUTE, T0 } from '../../support/sample-alert.ts';
import type { TokenIssuer } from '../../support/token-issuer.ts';
import { startTokenIssuer } from '../../support/token-issuer.ts';

const HERE: Peer = { address: '127.0.0.1', forwarded: false };

describe('tokens of an OpenID Connect issuer', () => {
  let issuer: TokenIssuer;
  const clock = new ManualClock(T0);
  beforeAll(async () => {
    issuer = await startTokenIssuer();
  });
  afterAll(() => issuer.stop());

  const sign = (claims: JWTPayload, key: CryptoKey = issuer.privateKey, kid = 'k1') =>
    new SignJWT({
      iss: issuer.issuer,
      aud: 'vigie',
      sub: 'u-1',
      exp: T0 / 1000 + 300,
      preferred_username: 'amartin',
      realm_access: { roles: ['vigie-approver', 'vigie-king', 'auditor', 'offline_access'] },
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(key);
  const reader = () =>
    oidcReader({
      issuer: issuer.issuer,
      audience: 'vigie',
      rolesClaim: 'realm_access.roles',
      rolePrefix: 'vigie-',
      nowMs: () => clock.nowMs(),
    });

  it('say who somebody is, and of their roles those that are ours', async () => {
    const found = await reader()(await sign({ name: 'Anne Martin' }), HERE);
    expect(found).toEqual({
      ok: true,
      identity: {
        person: { id: 'u-1', name: 'Anne Martin', kind: 'named' },
        roles: ['approver'],
        untilMs: T0 + MINUTE,
      },
    });
  });

  it.each([
    ['expired', { exp: T0 / 1000 - 60 }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['for somebody else', { aud: 'portal' }],
    ['not yet valid', { nbf: T0 / 1000 + 600 }],
    ['without an end', { exp: undefined as never }],
    ['without a subject', { sub: undefined as never }],
  ])('are refused when %s', async (_what, claims) => {
    expect(await reader()(await sign(claims), HERE)).toMatchObject({ ok: false });
  });

  it('are refused when signed by another key, by a shared secret, or not at all', async () => {
    const stranger = await generateKeyPair('ES256');
    expect(await reader()(await sign({}, stranger.privateKey), HERE)).toMatchObject({ ok: false });
    expect(await reader()(await sign({}, stranger.privateKey, 'k2'), HERE)).toMatchObject({ ok: false });
    const claims = { iss: issuer.issuer, aud: 'vigie', sub: 'u-1', exp: T0 / 1000 + 300 };
    const shared = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 1));
    expect(await reader()(shared, HERE)).toMatchObject({ ok: false });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await reader()(`${part({ alg: 'none' })}.${part(claims)}.`, HERE)).toMatchObject({ ok: false });
  });

  it.each([
    ['Keycloak’s service account', { preferred_username: 'service-account-portal' }],
    ['RFC 9068’s client', { client_id: 'u-1' }],
    ['a subject that is the client', { azp: 'u-1' }],
    ['Auth0’s grant', { gty: 'client-credentials' }],
  ])('are a program’s: %s', async (_what, claims) => {
    const found = await reader()(await sign(claims), HERE);
    expect(found?.ok && found.identity.person.kind).toBe('service');
  });

  it('are believed for a minute at most, and never past their own end', async () => {
    const authenticate = createAuthenticator([reader()], () => clock.nowMs());
    const token = await sign({ exp: T0 / 1000 + 30 });
    const asked = issuer.asked.length;
    for (let i = 0; i < 5; i += 1) expect((await authenticate(token, HERE)).ok).toBe(true);
    expect(issuer.asked.length - asked).toBe(2);
    clock.advance(29_000);
    expect((await authenticate(token, HERE)).ok).toBe(true);
    clock.advance(12_000);
    expect((await authenticate(token, HERE)).ok).toBe(false);
  });

  it('are refused while the issuer’s keys are not to be had', async () => {
    const away = oidcReader({
      issuer: issuer.issuer,
      audience: 'vigie',
      jwksUri: 'http://127.0.0.1:1/keys',
      rolesClaim: 'roles',
      rolePrefix: '',
      nowMs: () => T0,
    });
    const why = 'the issuer’s keys are not to be had';
    expect(await away(await sign({}), HERE)).toEqual({ ok: false, why });
  });
});

describe('the local token', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-token-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is made once, for its owner alone', () => {
    const path = join(folder, 'new', 'token');
    const made = localToken(path);
    expect(made.ok).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(localToken(path)).toEqual(made);
    chmodSync(path, 0o644);
    expect(localToken(path)).toMatchObject({ ok: false });
    writeFileSync(join(folder, 'other'), 'hunter2', { mode: 0o600 });
    expect(localToken(join(folder, 'other'))).toMatchObject({ ok: false });
  });

  it('counts from loopback only, not through a proxy, and only the right one', async () => {
    const made = localToken(join(folder, 'token'));
    if (!made.ok) throw new Error(made.error);
    const authenticate = createAuthenticator([localTokenReader(made.value, () => T0)], () => T0);
    const asks = async (token: string, peer: Peer) => (await authenticate(token, peer)).ok;
    expect(await asks(made.value, HERE)).toBe(true);
    expect(await asks(made.value, { address: '::1', forwarded: false })).toBe(true);
    expect(await asks(made.value, { address: '192.0.2.7', forwarded: false })).toBe(false);
    expect(await asks(made.value, { address: '127.0.0.1', forwarded: true })).toBe(false);
    expect(await asks(`${made.value.slice(0, -1)}!`, HERE)).toBe(false);
    expect(await asks('vigie_local_', HERE)).toBe(false);
  });
});

describe('where a token stands and where it comes from', () => {
  it('is after Bearer, and nothing else', () => {
    expect(bearerToken('Bearer abc')).toBe('abc');
    expect(bearerToken('bearer abc')).toBe('abc');
    for (const header of [undefined, '', 'Bearer', 'Bearer a b', 'Basic abc', `Bearer ${'x'.repeat(8193)}`]) {
      expect(bearerToken(header)).toBeUndefined();
    }
  });

  it('is loopback or is not', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(isLoopback)).not.toContain(false);
    expect(['0.0.0.0', '10.0.0.1', '::', '1270.0.0.1', '::10', 'fe80::1'].map(isLoopback)).not.toContain(true);
  });
});
