import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import type { KeycloakOptions } from '#libs/adapters/keycloak/options.ts';
import { freePort } from '../../support/free-port.ts';
import { T0 } from '../../support/sample-alert.ts';
import type { KeycloakRig } from './keycloak-rig.ts';
import { openKeycloakRig, optionsFor } from './keycloak-rig.ts';
import type { Held } from './portal-client.ts';
import { browserSignIn, otpCode, portalOf } from './portal-client.ts';
import { describeWith } from './with-servers.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };
const DONE = { outcome: 'done', value: undefined };
const ALIVE = { userinfo: 200, active: true, refresh: 200 };

describeWith(['keycloak'], 'Keycloak', ({ keycloak }) => {
  let rig: KeycloakRig;
  let portal: ReturnType<typeof portalOf>;
  const connect = (change: Partial<KeycloakOptions> = {}) => createKeycloakConnector(optionsFor(rig.realm, change));
  const hold = async (username: string, options = {}): Promise<Held> => {
    const held = await portal.signIn(username, options);
    if ('refused' in held) throw new Error(`refused: ${held.refused}`);
    return held;
  };

  beforeAll(async () => {
    rig = await openKeycloakRig(keycloak, [
      { username: 'anne', otp: true, attributes: { rpps: ['10000000001'] } },
      { username: 'zoe', otp: true, otpSinceMs: T0 },
      { username: 'luc', attributes: { rpps: ['10000000002'] } },
      { username: 'eva', attributes: { rpps: ['10000000003'] } },
      { username: 'twin-1', attributes: { rpps: ['10000000009'] } },
      { username: 'twin-2', attributes: { rpps: ['10000000009'] } },
      { username: 'kine.leroy', enabled: false },
      { username: 'soc.operator' },
    ]);
    portal = portalOf(rig.realm);
  });
  afterAll(() => rig?.close());

  describe('a stop that stays one', () => {
    it('nothing that was held before works again, not even after the account is given back', async () => {
      const account = await rig.account();
      const session = await hold(account);
      const offline = await hold(account, { offline: true });
      expect(await portal.probe(session)).toEqual(ALIVE);
      expect(await portal.probe(offline)).toEqual(ALIVE);
      const connector = connect();
      expect(await connector.disable(account, WHY)).toEqual(DONE);
      expect(await connector.endSessions(account, WHY)).toEqual(DONE);
      expect(await connector.read(account)).toMatchObject({ value: { enabled: false, sessions: 0 } });
      for (const held of [session, offline]) {
        expect(await portal.probe(held)).toEqual({ userinfo: 401, active: false, refresh: 400 });
      }
      expect(await portal.signIn(account)).toEqual({ refused: 400 });

      expect(await connector.enable(account, WHY)).toEqual(DONE);
      for (const held of [session, offline]) {
        expect(await portal.probe(held)).toEqual({ userinfo: 401, active: false, refresh: 400 });
      }
      expect(await portal.probe(await hold(account))).toEqual(ALIVE);
    });

    it('disabling alone would not have been one: this is why sessions are ended', async () => {
      const account = await rig.account();
      const held = await hold(account);
      const connector = connect();
      await connector.disable(account, WHY);
      expect((await portal.probe(held)).active).toBe(false);
      expect(await connector.read(account)).toMatchObject({ value: { enabled: false, sessions: 1 } });
      await connector.enable(account, WHY);
      expect((await portal.probe(held)).active).toBe(true);
    });

    it('a token issued between the two sign-outs is refused as well', async () => {
      const account = await rig.account();
      const between: Held[] = [];
      const connector = connect({
        pause: async (ms) => {
          between.push(await hold(account, { offline: true }), await hold(account));
          await new Promise((resolve) => setTimeout(resolve, ms));
        },
      });
      expect(await connector.endSessions(account, WHY)).toEqual(DONE);
      expect(between).toHaveLength(2);
      for (const held of between) {
        expect(await portal.probe(held)).toEqual({ userinfo: 401, active: false, refresh: 400 });
      }
    });

    it('is not called one where the clock of tokens did not move on', async () => {
      const connector = connect({ pause: async () => {} });
      // Without the wait, both sign-outs fall into one second now and then: some try of several does.
      const outcomes = new Set<string>();
      for (let tries = 0; tries < 20 && !outcomes.has('unknown'); tries += 1) {
        outcomes.add((await connector.endSessions('eva', WHY)).outcome);
      }
      expect([...outcomes]).toContain('unknown');
    });

    it('leaves everything else of the account as it was', async () => {
      const connector = connect();
      const before = await rig.realm.userOf('anne');
      await connector.disable('anne', WHY);
      await connector.enable('anne', WHY);
      const after = await rig.realm.userOf('anne');
      expect({ ...after, notBefore: 0 }).toEqual({ ...before, notBefore: 0 });
      expect(before.firstName).toBe('Anne');
    });

    it('an account that was disabled already is seen as such', async () => {
      expect(await connect().read('kine.leroy')).toMatchObject({ value: { enabled: false } });
    });
  });

  describe('step-up', () => {
    it('demands the enrolled second factor: the password alone is refused, with the code it is not', async () => {
      const connector = connect();
      expect(await connector.read('anne')).toMatchObject({ value: { secondFactor: 'yes', stepUpRequired: false } });
      expect(await connector.read('zoe')).toMatchObject({ value: { secondFactor: 'yes', secondFactorSinceMs: T0 } });
      const held = await hold('anne');
      await connector.requireStepUp('anne', WHY);
      await connector.endSessions('anne', WHY);
      expect((await portal.probe(held)).refresh).toBe(400);
      expect(await portal.signIn('anne')).toEqual({ refused: expect.any(Number) });
      const { location, page } = await browserSignIn(rig.realm, 'anne');
      expect(location).toBe('');
      expect(page).toContain('name="otp"');
      expect(await portal.probe(await hold('anne', { otp: otpCode() }))).toEqual(ALIVE);
      await connector.clearStepUp('anne', WHY);
      expect((await browserSignIn(rig.realm, 'anne')).location).toContain('code=');
    });

    it('an account without a second factor says so, and a thief is not offered to enrol one', async () => {
      const connector = connect();
      expect(await connector.read('luc')).toMatchObject({ value: { secondFactor: 'no' } });
      expect((await browserSignIn(rig.realm, 'luc')).location).toContain('code=');
      await connector.requireStepUp('luc', WHY);
      const { location, page } = await browserSignIn(rig.realm, 'luc');
      expect(location).not.toContain('code=');
      expect(location + page).not.toMatch(/CONFIGURE_TOTP|totpSecret/i);
      expect(page).toMatch(/access denied/i);
      expect(await portal.signIn('luc')).toEqual({ refused: 401 });
      await connector.clearStepUp('luc', WHY);
    });

    it('a new password is demanded from who shows the second factor, and from nobody else', async () => {
      const connector = connect();
      const account = await rig.account();
      const before = await rig.realm.userOf(account);
      expect(await connector.demandNewPassword!(account, WHY)).toEqual(DONE);
      expect(await connector.demandNewPassword!(account, WHY)).toEqual(DONE);
      const after = await rig.realm.userOf(account);
      expect(after).toEqual({ ...before, requiredActions: ['UPDATE_PASSWORD'] });
      const { page } = await browserSignIn(rig.realm, account);
      expect(page).toContain('name="otp"');
      expect(page).not.toContain('password-new');
      expect(await connector.demandNewPassword!('luc', WHY)).toMatchObject({ outcome: 'rejected' });
      expect(await rig.realm.userOf('luc')).toMatchObject({ requiredActions: [] });
    });

    it('a realm without the group can still disable, and says why it cannot step up', async () => {
      const connector = connect({ stepUpGroup: 'not-there' });
      expect(await connector.read('eva')).toMatchObject({ outcome: 'done', value: { stepUpRequired: false } });
      expect(await connector.requireStepUp('eva', WHY)).toEqual({
        outcome: 'rejected',
        detail: 'the realm has no group not-there: step-up is not set up there',
      });
      expect(await connector.disable('eva', WHY)).toEqual(DONE);
      await connector.enable('eva', WHY);
    });
  });

  describe('the right account', () => {
    it('by username, whatever its case', async () => {
      expect(await connect().read('ANNE')).toMatchObject({ outcome: 'done' });
    });

    it('by an attribute, exactly', async () => {
      const byRpps = connect({ identity: { by: 'attribute', name: 'rpps' } });
      expect(await byRpps.disable('10000000003', WHY)).toEqual(DONE);
      expect((await rig.realm.userOf('eva')).enabled).toBe(false);
      await byRpps.enable('10000000003', WHY);
      expect((await byRpps.read('1000000000')).outcome).toBe('not_found');
      expect((await byRpps.read('1000000000*')).outcome).toBe('rejected');
      // Keycloak would take the last of two as what is asked.
      expect((await byRpps.read('10000000001 rpps:10000000003')).outcome).toBe('rejected');
      expect((await byRpps.read('anne')).outcome).toBe('not_found');
    });

    it('is not one of two', async () => {
      const byRpps = connect({ identity: { by: 'attribute', name: 'rpps' } });
      expect(await byRpps.disable('10000000009', WHY)).toEqual({
        outcome: 'rejected',
        detail: 'more than one user has this account id',
      });
    });

    it('is never a service account, nor one on the list', async () => {
      const connector = connect({ neverTouch: ['soc.operator'] });
      for (const account of ['service-account-vigie-responder', 'SOC.Operator']) {
        expect((await connector.disable(account, WHY)).outcome).toBe('rejected');
      }
      expect((await rig.realm.userOf('soc.operator')).enabled).toBe(true);
      expect((await rig.realm.userOf('service-account-vigie-responder')).enabled).toBe(true);
    });
  });

  describe('what is set up wrong is not an account that is not there', () => {
    it('a client that may not see users', async () => {
      const blind = connect({ clientId: 'blind' });
      expect(await blind.read('anne')).toEqual({ outcome: 'denied', detail: 'our client may not see any user' });
      expect((await connect({ clientId: 'without-rights' }).read('anne')).outcome).toBe('denied');
    });

    it('a wrong realm, a wrong secret, a wrong client, a wrong address', async () => {
      expect(await connect({ realm: 'elsewhere' }).disable('anne', WHY)).toEqual({
        outcome: 'rejected',
        detail: 'sign-in of our client: HTTP 404: there is no such realm',
      });
      expect((await connect({ clientSecret: async () => 'wrong' }).read('anne')).outcome).toBe('denied');
      expect((await connect({ clientId: 'nobody' }).read('anne')).outcome).toBe('denied');
      expect((await connect({ url: `${rig.realm.url}/auth` }).read('anne')).outcome).toBe('rejected');
      expect((await connect({ url: `http://127.0.0.1:${await freePort()}` }).read('anne')).outcome).toBe('unavailable');
    });

    it('a profile that the realm no longer accepts: not disabled, and it says so', async () => {
      const account = await rig.account();
      const { id } = await rig.realm.userOf(account);
      const profile = await rig.realm.admin('GET', '/users/profile');
      const strict = structuredClone(profile.body) as { attributes: { name: string; required?: unknown }[] };
      for (const attribute of strict.attributes)
        if (attribute.name === 'rpps') attribute.required = { roles: ['admin'] };
      expect((await rig.realm.admin('PUT', '/users/profile', strict)).status).toBe(200);
      const answer = await connect().disable(account, WHY);
      await rig.realm.admin('PUT', '/users/profile', profile.body);
      expect(answer).toMatchObject({
        outcome: 'rejected',
        detail: expect.stringMatching(/^profile_validation: .* rpps$/),
      });
      expect((await rig.realm.admin('GET', `/users/${id}`)).body).toMatchObject({ enabled: true });
    });
  });

  it('takes a new token, once, where its own was taken back before its time', async () => {
    const { connector, proxy } = rig;
    await connector.read('anne');
    const refusal = { kind: 'status' as const, status: 401, on: (r: { path: string }) => /^\/admin/.test(r.path) };
    for (const [times, outcome] of [
      [1, 'done'],
      [2, 'denied'],
    ] as const) {
      const fault = { ...refusal, times, struck: 0 };
      const before = proxy.passed.length;
      proxy.faults = [fault];
      expect((await connector.read('anne')).outcome).toBe(outcome);
      expect(fault.struck).toBe(times);
      expect(proxy.passed.slice(before).filter((r) => r.path.endsWith('/token'))).toHaveLength(1);
    }
    proxy.faults = [];
  });

  it.each([
    [{ kind: 'status' as const, status: 503 }, 'unavailable'],
    [{ kind: 'status' as const, status: 429 }, 'throttled'],
    [{ kind: 'hang' as const }, 'unavailable'],
    [{ kind: 'cut' as const }, 'unavailable'],
  ])('a change is known not to be made where our client gets no token: %o', async (kind, outcome) => {
    const { proxy } = rig;
    proxy.faults = [{ ...kind, on: (r) => r.path.endsWith('/token'), times: 1 }];
    const connector = connect({ url: proxy.url, callTimeoutMs: 500 });
    expect((await connector.disable('anne', WHY)).outcome).toBe(outcome);
    expect((await connector.enable('anne', WHY)).outcome).toBe('done');
  });

  it('the shipped client may do little more than it needs', async () => {
    const { realm, secret } = rig.realm;
    const signedIn = await fetch(`${rig.realm.url}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'vigie-responder',
        client_secret: secret,
      }),
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    // One role, and what Keycloak counts as part of it, is none.
    const { resource_access: access } = JSON.parse(String(Buffer.from(token.split('.')[1]!, 'base64url')));
    expect(access['realm-management']).toEqual({ roles: ['manage-users'] });
    const ask = async (method: string, path: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const body = method === 'GET' ? {} : { body: '{}' };
      return (await fetch(`${rig.realm.url}/admin/realms/${realm}${path}`, { method, headers, ...body })).status;
    };
    for (const [method, path] of [
      ['GET', '/clients'],
      ['GET', '/roles'],
      ['GET', '/events'],
      ['GET', '/admin-events'],
      ['PUT', ''],
      ['POST', '/clients'],
      ['POST', '/push-revocation'],
      ['POST', `/users/${(await rig.realm.userOf('anne')).id}/impersonation`],
    ]) {
      expect(`${method} ${path} ${await ask(method!, path!)}`).toBe(`${method} ${path} 403`);
    }
  });
});
