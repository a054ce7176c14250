/**
 * The API as a process of its own for the bench of restrictions: a full list, a local token. Says on stdout its URL and that of
 * a server that does nothing but answer; and after SIGTERM the µs of CPU it took.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { DEFAULT_RESPONSE_POLICY } from '#libs/model/response-policy.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import { createAuthenticator } from '#services/api/authenticate.ts';
import { startApi } from '#services/api/listen.ts';
import { localToken, localTokenReader } from '#services/api/local-token.ts';
import { createResponder } from '#services/responder/responder.ts';

const [tokenFile = '', restricted = '0'] = process.argv.slice(2);
const nowMs = () => SYSTEM_CLOCK.nowMs();
const token = localToken(tokenFile);
if (!token.ok) throw new Error(token.error);

const restrictions = createRestrictionList(
  Array.from({ length: Number(restricted) }, (_, i) => ({
    accountId: `PS-${i}`,
    restriction: i % 2 === 0 ? ('suspended' as const) : ('throttle' as const),
    untilMs: 0,
    newPerHour: i % 2 === 0 ? 0 : 5,
    sinceMs: nowMs(),
    actionId: `action-${i}`,
    seq: 1 + (i % 7),
  })),
);
const refused = async () => ({ outcome: 'rejected' as const, detail: 'no keeper in this bench' });
const connector: AccountConnector = {
  name: 'none',
  read: refused,
  disable: refused,
  enable: refused,
  requireStepUp: refused,
  clearStepUp: refused,
  endSessions: refused,
};
const store = createMemoryStore();
const common = { store, connector, restrictions, clock: SYSTEM_CLOCK };
const api = await startApi(
  {
    ...common,
    responder: createResponder({ ...common, policy: DEFAULT_RESPONSE_POLICY, publish: async () => {} }),
    policy: () => DEFAULT_RESPONSE_POLICY,
    authenticate: createAuthenticator([localTokenReader(token.value, nowMs)], nowMs),
    logger: () => {},
    version: 'bench',
  },
  { host: '127.0.0.1', port: 0 },
);
const floor = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
await once(floor, 'listening');
process.stdout.write(`${api.url}\nhttp://127.0.0.1:${(floor.address() as AddressInfo).port}\n`);
const before = process.cpuUsage();
process.once('SIGTERM', async () => {
  await api.stop();
  floor.close();
  floor.closeAllConnections();
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${user + system}\n`);
});
