/**
 * A responder as a process of its own, for tests that kill it: takes the alerts of its order, works until it is idle, and
 * ends with 0; or dies by SIGKILL right after its `dieAfter`-th call to store, connector, restriction list or topics.
 * Prints the number of calls it made.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import { createResponder } from '#services/responder/responder.ts';

export type StoreOrder = { readonly sqlite: string } | { readonly postgres: string };
export type KeeperOrder =
  | { readonly register: string }
  | { readonly keycloak: { readonly url: string; readonly realm: string; readonly secret: string } };

/** What the process is to do; read from the file that its argument names. */
export interface ResponderOrder {
  readonly store: StoreOrder;
  readonly keeper: KeeperOrder;
  readonly policy: ResponsePolicy;
  readonly alerts: readonly Alert[];
  /** Where published records go, one a line. */
  readonly published: string;
  /** 0: never. */
  readonly dieAfter: number;
}

export const openStore = (order: StoreOrder): Promise<ResponseStore> =>
  'sqlite' in order ? openSqliteStore(order.sqlite) : openPostgresStore({ url: order.postgres });

/** The connector of an order, and how to let go of what it holds. */
export function openKeeper(order: KeeperOrder): { readonly connector: AccountConnector; close(): void } {
  if ('register' in order) {
    const register = new LocalRegister(order.register);
    return { connector: createLocalConnector(register), close: () => register.close() };
  }
  const { url, realm, secret } = order.keycloak;
  const connector = createKeycloakConnector({
    url,
    realm,
    clientId: 'vigie-responder',
    clientSecret: async () => secret,
    identity: { by: 'username' },
    stepUpGroup: 'vigie-step-up',
    callTimeoutMs: 10_000,
  });
  return { connector, close: () => {} };
}

export const publishTo = (path: string) => async (record: OutboundRecord) => {
  appendFileSync(path, `${JSON.stringify(record)}\n`);
};

async function main(orderPath: string): Promise<void> {
  const order = JSON.parse(readFileSync(orderPath, 'utf8')) as ResponderOrder;
  let calls = 0;
  const counted = async <T>(make: () => T): Promise<Awaited<T>> => {
    const result = await make();
    calls += 1;
    if (calls === order.dieAfter) process.kill(process.pid, 'SIGKILL');
    // A signal to oneself may arrive a little later: nothing more is done meanwhile.
    if (calls === order.dieAfter) await new Promise(() => {});
    return result;
  };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => counted(() => Reflect.apply(member, object, args));
      },
    });
  const store = await openStore(order.store);
  const keeper = openKeeper(order.keeper);
  const topics = wrap({ publish: publishTo(order.published) });
  const responder = createResponder({
    store: wrap(store),
    connector: wrap(keeper.connector),
    restrictions: createRestrictionList(),
    policy: order.policy,
    clock: SYSTEM_CLOCK,
    publish: topics.publish,
    soleOwner: 'sqlite' in order.store,
  });
  await responder.resume();
  for (const alert of order.alerts) await responder.onAlert(alert);
  await responder.idle();
  process.stdout.write(`${calls}\n`);
  keeper.close();
  await store.close();
}

const [orderPath] = process.argv.slice(2);
if (import.meta.main && orderPath) await main(orderPath);
