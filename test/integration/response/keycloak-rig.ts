import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import type { KeycloakOptions } from '#libs/adapters/keycloak/options.ts';
import type { ConnectorRig } from '../../contract/account-connector.cases.ts';
import type { FaultProxy } from '../../support/fault-proxy.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { portalOf } from './portal-client.ts';
import type { TestRealm, TestUser } from './test-realm.ts';
import { createTestRealm } from './test-realm.ts';

/** Options of the shipped client in a test realm. */
export const optionsFor = (realm: TestRealm, change: Partial<KeycloakOptions> = {}): KeycloakOptions => ({
  url: realm.url,
  realm: realm.realm,
  clientId: 'vigie-responder',
  clientSecret: async () => realm.secret,
  identity: { by: 'username' },
  stepUpGroup: 'vigie-step-up',
  ...change,
});

export interface KeycloakRig extends ConnectorRig {
  readonly realm: TestRealm;
  readonly proxy: FaultProxy;
}

/** The connector on a realm of its own, with a fault proxy between, for the contract suite. */
export async function openKeycloakRig(url: string, users: readonly TestUser[] = []): Promise<KeycloakRig> {
  const spare = Array.from({ length: 40 }, (_, i) => ({ username: `ps-${i}`, otp: true }));
  const realm = await createTestRealm(url, [...spare, ...users]);
  const proxy = await startFaultProxy(url);
  const portal = portalOf(realm);
  let given = 0;
  return {
    realm,
    proxy,
    connector: createKeycloakConnector(optionsFor(realm, { url: proxy.url })),
    unreachable: createKeycloakConnector(optionsFor(realm, { url: `http://127.0.0.1:${await freePort()}` })),
    async account() {
      const { username } = spare[given]!;
      given += 1;
      return username;
    },
    async state(account) {
      const user = await realm.userOf(account);
      const [groups, sessions] = await Promise.all(
        ['groups', 'sessions'].map((what) => realm.admin('GET', `/users/${user.id}/${what}`)),
      );
      return {
        enabled: user.enabled,
        stepUp: (groups!.body as { name: string }[]).some((g) => g.name === 'vigie-step-up'),
        sessions: (sessions!.body as unknown[]).length,
      };
    },
    async signIn(account) {
      const held = await portal.signIn(account);
      if ('refused' in held) throw new Error(`sign-in refused: ${held.refused}`);
    },
    async close() {
      await proxy.close();
      await realm.drop();
    },
  };
}
