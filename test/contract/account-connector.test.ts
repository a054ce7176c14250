import { generateKeyPair } from 'jose';
import { createChainConnector } from '#libs/adapters/chain/connector.ts';
import { createCommandTopicConnector } from '#libs/adapters/command-topic/connector.ts';
import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { createSsfConnector } from '#libs/adapters/ssf/connector.ts';
import { createWebhookConnector } from '#libs/adapters/webhook/connector.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import { ssfReceiver, ToldPortal, webhookReceiver } from '../support/command-receivers.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { freePort } from '../support/free-port.ts';
import { T0 } from '../support/sample-alert.ts';
import type { ConnectorRig } from './account-connector.cases.ts';
import { accountConnectorContract } from './account-connector.cases.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What a rig needs of a portal that is told things. */
function rigOf(portal: ToldPortal): Pick<ConnectorRig, 'account' | 'state' | 'signIn'> {
  return {
    async account() {
      const id = `PS-${String(portal.accounts.size).padStart(6, '0')}`;
      portal.accounts.set(id, { enabled: true, stepUp: false, sessions: 0 });
      return id;
    },
    state: async (account) => ({ ...portal.accounts.get(account)! }),
    async signIn(account) {
      portal.accounts.get(account)!.sessions += 1;
    },
  };
}

async function openLocal(): Promise<ConnectorRig> {
  const register = new LocalRegister(':memory:');
  let made = 0;
  return {
    connector: createLocalConnector(register),
    async account() {
      made += 1;
      const id = `PS-${made}`;
      register.enter([{ id, class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true }]);
      return id;
    },
    async state(account) {
      const { enabled, stepUpRequired, sessions } = register.get(account)!;
      return { enabled, stepUp: stepUpRequired, sessions };
    },
    async signIn(account) {
      register.signIn(account, `s-${account}`, T0, false);
    },
    close: async () => register.close(),
  };
}

const webhook = async (readable: boolean): Promise<ConnectorRig> => {
  const portal = new ToldPortal();
  const receiver = await webhookReceiver(portal, SECRET, Date.now);
  const proxy = await startFaultProxy(receiver.url);
  const options = { secrets: [SECRET], readable, clock: SYSTEM_CLOCK, callTimeoutMs: 300 };
  return {
    ...rigOf(portal),
    proxy,
    connector: createWebhookConnector({ ...options, url: proxy.url }),
    unreachable: createWebhookConnector({ ...options, url: `http://127.0.0.1:${await freePort()}` }),
    close: async () => {
      await proxy.close();
      await receiver.close();
    },
  };
};

async function openSsf(): Promise<ConnectorRig> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const portal = new ToldPortal();
  const receiver = await ssfReceiver(portal, publicKey, 'https://vigie.example', 'https://portal.example');
  const proxy = await startFaultProxy(receiver.url);
  const options = {
    issuer: 'https://vigie.example',
    audience: 'https://portal.example',
    subject: { format: 'opaque' },
    signingKey: async () => ({ key: privateKey, alg: 'ES256', kid: 'k1' }) as const,
    clock: SYSTEM_CLOCK,
    callTimeoutMs: 300,
  } as const;
  return {
    ...rigOf(portal),
    proxy,
    connector: createSsfConnector({ ...options, url: proxy.url }),
    unreachable: createSsfConnector({ ...options, url: `http://127.0.0.1:${await freePort()}` }),
    close: async () => {
      await proxy.close();
      await receiver.close();
    },
  };
}

async function openCommandTopic(): Promise<ConnectorRig> {
  const log = openMemoryLog({ nowMs: () => T0 });
  await log.createTopics([{ name: 'vigie.commands', partitions: 3, compacted: false }]);
  const portal = new ToldPortal();
  const rig = rigOf(portal);
  return {
    ...rig,
    connector: createCommandTopicConnector({ log, topic: 'vigie.commands' }),
    // A portal that reads the whole topic whenever it is looked at.
    async state(account) {
      const from = new Map((await log.bounds('vigie.commands')).map((b) => [b.partition, b.first]));
      for await (const { records } of log.read({ topic: 'vigie.commands', from })) {
        for (const { value } of records) {
          const told = JSON.parse(String(Buffer.from(value!))) as { id: string; account: string; command: string };
          if (told.account === account) portal.tell(told.id, told.account, told.command);
        }
      }
      return rig.state(account);
    },
    close: () => log.close(),
  };
}

/** A keeper that can be asked and one that cannot, as they are chained in earnest. */
async function openChain(): Promise<ConnectorRig> {
  const [local, told] = [await openLocal(), await webhook(false)];
  const both = new Map<string, string>();
  return {
    connector: createChainConnector([
      { connector: local.connector },
      { connector: told.connector, mayLackAccount: true },
    ]),
    async account() {
      const id = await local.account();
      both.set(id, await told.account());
      return id;
    },
    state: local.state,
    signIn: local.signIn!,
    close: async () => {
      await local.close();
      await told.close();
    },
  };
}

accountConnectorContract('local register', openLocal);
accountConnectorContract('signed webhook', () => webhook(true));
accountConnectorContract('signed webhook that is only told', () => webhook(false));
accountConnectorContract('shared signals', openSsf);
accountConnectorContract('command topic', openCommandTopic);
accountConnectorContract('chain', openChain);
