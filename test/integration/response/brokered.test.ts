import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import { createBench } from '../../services/responder/bench.ts';
import { sampleAlert, T0 } from '../../support/sample-alert.ts';
import type { Broker } from './broker.ts';
import { createBroker } from './broker.ts';
import { optionsFor } from './keycloak-rig.ts';
import type { TestRealm } from './test-realm.ts';
import { createTestRealm } from './test-realm.ts';
import { describeWith } from './with-servers.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };
const DONE = { outcome: 'done', value: undefined };
/** The flow of the shipped realm that is set at each identity provider. */
const AFTER_SIGN_IN = 'portail after broker';

describeWith(['keycloak'], 'people who sign in to Keycloak by way of another identity provider', ({ keycloak }) => {
  let realm: TestRealm;
  let broker: Broker;
  const connect = () => createKeycloakConnector(optionsFor(realm));

  beforeAll(async () => {
    realm = await createTestRealm(keycloak, [
      { username: 'nora' },
      { username: 'paul' },
      { username: 'remi', otp: true },
      { username: 'lise' },
    ]);
    broker = await createBroker(realm, 'psc', AFTER_SIGN_IN);
    for (const username of ['nora', 'paul', 'remi', 'lise']) await broker.link(username);
  });
  afterAll(async () => {
    await broker?.drop();
    await realm?.drop();
  });

  it('a disabled one stays out, though the session at the broker lives on', async () => {
    const browser = broker.open('nora');
    expect((await browser.signIn()).location).toContain('code=');
    const connector = connect();
    expect(await connector.read('nora')).toMatchObject({ value: { enabled: true, sessions: 1 } });
    expect(await connector.disable('nora', WHY)).toEqual(DONE);
    expect(await connector.endSessions('nora', WHY)).toEqual(DONE);
    expect(await connector.read('nora')).toMatchObject({ value: { enabled: false, sessions: 0 } });
    expect(await broker.sessions('nora')).toBe(1);
    for (const who of [browser, broker.open('nora')]) {
      const { location, page } = await who.signIn();
      expect(location).not.toContain('code=');
      expect(page).toMatch(/account is disabled/i);
    }
    // The broker's word at each try has opened nothing, and made nobody anew.
    expect(await connector.read('nora')).toMatchObject({ value: { enabled: false, sessions: 0 } });
    expect(await connector.enable('nora', WHY)).toEqual(DONE);
    expect((await browser.signIn()).location).toContain('code=');
  });

  describe('step-up', () => {
    it('the broker’s own factor is none that can be demanded here: the account is throttled in its place', async () => {
      const connector = connect();
      expect(await connector.read('paul')).toMatchObject({ value: { secondFactor: 'no' } });
      const bench = createBench({ connect: () => connector });
      const [plan] = await bench.responder.onAlert(sampleAlert({ rung: 'step_up', account: { id: 'paul' } }));
      await bench.responder.idle();
      expect(plan).toMatchObject({ rung: 'throttle', decision: 'act' });
      expect(bench.restrictions.get('paul')).toMatchObject({ restriction: 'throttle' });
      expect((await broker.open('paul').signIn()).location).toContain('code=');
    });

    it('who has a factor here is asked for it after the broker, and who has none is refused', async () => {
      const connector = connect();
      for (const [username, secondFactor] of [
        ['remi', 'yes'],
        ['lise', 'no'],
      ] as const) {
        const browser = broker.open(username);
        expect((await browser.signIn()).location).toContain('code=');
        expect(await connector.read(username)).toMatchObject({ value: { secondFactor } });
        expect(await connector.requireStepUp(username, WHY)).toEqual(DONE);
        expect(await connector.endSessions(username, WHY)).toEqual(DONE);
        const { location, page } = await browser.signIn();
        expect(location).not.toContain('code=');
        if (secondFactor === 'yes') expect(page).toContain('name="otp"');
        else expect(page).toMatch(/access denied/i);
        expect(location + page).not.toMatch(/CONFIGURE_TOTP|totpSecret/i);
        await connector.clearStepUp(username, WHY);
        expect((await browser.signIn()).location).toContain('code=');
      }
    });

    it('is asked for by that flow alone: a provider without it lets in who has no factor', async () => {
      const bare = await createBroker(realm, 'bare', '');
      await bare.link('lise');
      await connect().requireStepUp('lise', WHY);
      expect((await bare.open('lise').signIn()).location).toContain('code=');
      await bare.drop();
    });
  });
});
