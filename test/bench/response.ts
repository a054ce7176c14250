import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { freshDatabase } from '../integration/response/fresh-database.ts';
import { optionsFor } from '../integration/response/keycloak-rig.ts';
import { liveResponder } from '../integration/response/live-responder.ts';
import { startLocalKeycloak } from '../integration/response/local-keycloak.ts';
import { startLocalPostgres } from '../integration/response/local-postgres.ts';
import { portalOf } from '../integration/response/portal-client.ts';
import { createTestRealm } from '../integration/response/test-realm.ts';
import { sampleAlert } from '../support/sample-alert.ts';
import type { Figures } from './figure.ts';

const WARM_UP = 8;
const MEASURED = 100;
const AT_ONCE = 4;

/** Server given by the environment, or a process of its own distribution. */
async function server(given: string | undefined, start: () => Promise<{ url: string; stop(): Promise<void> }>) {
  return given ? { url: given, stop: async () => {} } : start();
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;

function figuresOf(name: string, ms: readonly number[]): Figures {
  const round = (n: number) => Number(n.toPrecision(5));
  const sorted = [...ms].sort((a, b) => a - b);
  const runs = sorted.map(round);
  return {
    [`${name}_p50`]: { value: round(percentile(sorted, 0.5)), unit: 'ms', runs },
    [`${name}_p99`]: { value: round(percentile(sorted, 0.99)), unit: 'ms', runs },
  };
}

/**
 * The stop against a real Keycloak with the store on PostgreSQL, both on this machine: from the alert handed to the
 * responder to the answered disable call (`stop_call_ms`), and to the account read back as disabled with no session left
 * (`stop_verified_ms`, 1.1 s of which are the wait for the second sign-out). 100 accounts with a session and an offline
 * token each, 4 at a time. Not in it: the way of the access event to the alert, and a network.
 */
export async function benchResponse(): Promise<Figures> {
  const keycloak = await server(process.env.KEYCLOAK_URL, startLocalKeycloak);
  const postgres = await server(process.env.DATABASE_URL, startLocalPostgres);
  try {
    return await measure(keycloak.url, postgres.url);
  } finally {
    await postgres.stop();
    await keycloak.stop();
  }
}

async function measure(keycloakUrl: string, postgresUrl: string): Promise<Figures> {
  const accounts = Array.from({ length: WARM_UP + MEASURED }, (_, i) => `ps-${i}`);
  const realm = await createTestRealm(
    keycloakUrl,
    accounts.map((username) => ({ username })),
  );
  const database = await freshDatabase(postgresUrl);
  const store = await openPostgresStore({ url: database.url });
  const real = createKeycloakConnector(optionsFor(realm, { callTimeoutMs: 10_000 }));
  const disabledAt = new Map<string, number>();
  const connector: AccountConnector = {
    ...real,
    async disable(account, why) {
      const outcome = await real.disable(account, why);
      if (outcome.outcome === 'done') disabledAt.set(account, performance.now());
      return outcome;
    },
  };
  const live = liveResponder({ store, connector });
  const portal = portalOf(realm);

  async function stop(account: string): Promise<{ readonly callMs: number; readonly verifiedMs: number }> {
    for (const offline of [false, true]) await portal.signIn(account, { offline });
    const begun = performance.now();
    await live.responder.onAlert(
      sampleAlert({ id: `incident-${account}`, timeMs: Date.now(), account: { id: account } }),
    );
    for (;;) {
      const [action] = await store.actionsOf(account);
      if (action?.state === 'verified') break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { callMs: disabledAt.get(account)! - begun, verifiedMs: performance.now() - begun };
  }

  const waiting = accounts.slice(WARM_UP);
  const measured: { callMs: number; verifiedMs: number }[] = [];
  try {
    for (const account of accounts.slice(0, WARM_UP)) await stop(account);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let account = waiting.shift(); account !== undefined; account = waiting.shift()) {
          measured.push(await stop(account));
        }
      }),
    );
  } finally {
    await live.stop();
    await store.close();
    await database.drop();
    await realm.drop();
  }
  return {
    ...figuresOf(
      'stop_call_ms',
      measured.map((m) => m.callMs),
    ),
    ...figuresOf(
      'stop_verified_ms',
      measured.map((m) => m.verifiedMs),
    ),
  };
}
