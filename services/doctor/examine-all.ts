/** Every check that a configuration gives reason for, one after the other. Changes nothing. */
import { existsSync } from 'node:fs';
import { createKeycloakClient } from '#libs/adapters/keycloak/client.ts';
import { inspectPostgres } from '#libs/adapters/postgres/inspect.ts';
import { MIN_KEY_BYTES } from '#libs/intake/index.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import type { KeeperConfig } from '#services/config/keepers.ts';
import { keeperName } from '#services/config/keepers.ts';
import { readSecret } from '#services/config/load.ts';
import { openConfiguredLog } from '#services/config/open-log.ts';
import type { ServiceConfig } from '#services/config/schema.ts';
import { topicNames } from '#services/detector/topics.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import type { OpenedKeepers } from '#services/start/keepers.ts';
import { chosenKeepers, openKeepers } from '#services/start/keepers.ts';
import { checkConnector, checkRoles } from './check-connector.ts';
import { checkFolders, checkKey } from './check-files.ts';
import { checkListener } from './check-listener.ts';
import { checkLog } from './check-log.ts';
import { checkDatabase } from './check-store.ts';
import type { Finding } from './finding.ts';
import { examine, isWell, isWrong, warns, wordsOf } from './finding.ts';

const LIMIT_MS = 20_000;

/**
 * Looks at everything that `config` names.
 * @param nowMs the clock that others are held against
 */
export async function examineAll(config: ServiceConfig, nowMs: () => number): Promise<readonly Finding[]> {
  const findings: Finding[] = [...checkKey(config, MIN_KEY_BYTES), ...checkFolders(config)];
  const policy = checkPolicy(config);
  findings.push(policy.finding);
  findings.push(...(await withLog(config, (log) => logAndKeepers(config, log, policy.connectors, nowMs))));
  findings.push(...(await checkStore(config, nowMs)));
  for (const { part, address } of listeners(config)) {
    findings.push(await checkListener(part, address));
  }
  return findings;
}

function checkPolicy({ policy_file: file }: ServiceConfig): {
  readonly finding: Finding;
  readonly connectors: readonly string[];
} {
  try {
    const { effective } = loadPolicy(file);
    const found = file === undefined ? 'none is named: the built-in defaults hold' : `${file} is valid`;
    return { finding: isWell('policy', found), connectors: effective.connectors };
  } catch (error) {
    return {
      finding: isWrong('policy', wordsOf(error), 'vigie policy validate FILE shows every line that is wrong'),
      connectors: [],
    };
  }
}

async function withLog(
  config: ServiceConfig,
  work: (log: EventLog) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  let log: EventLog;
  const said: Finding[] = [];
  const { log: where } = config;
  const at = where.kind === 'files' ? where.folder : where.brokers.join(', ');
  if (where.kind === 'files' && !existsSync(where.folder)) {
    return [isWrong('log', `${at} does not exist`, 'vigie topics create --config FILE makes it')];
  }
  if (where.kind === 'kafka') {
    const brokers = await Promise.all(where.brokers.map((broker) => checkListener('log', addressOf(broker))));
    // The client would go on trying for long; and a broker that is down among others is worth a word.
    if (brokers.every(({ verdict }) => verdict === 'problem')) return brokers;
    said.push(
      ...brokers.filter(({ verdict }) => verdict === 'problem').map((f): Finding => ({ ...f, verdict: 'warning' })),
    );
  }
  try {
    log = await openConfiguredLog(config);
  } catch (error) {
    const todo = 'look whether it runs at this address, and at log.tls and log.sign_in';
    return [...said, isWrong('log', wordsOf(error), todo)];
  }
  try {
    return [...said, ...(await work(log))];
  } finally {
    await log.close();
  }
}

async function logAndKeepers(
  config: ServiceConfig,
  log: EventLog,
  chosen: readonly string[],
  nowMs: () => number,
): Promise<readonly Finding[]> {
  const { prefix, access_topic: access, responder } = config;
  const topics = topicNames(prefix, access);
  const findings = [
    ...(await examine('log', 'look at the brokers and at the rights of our user', LIMIT_MS * 2, () =>
      checkLog({ log, topics, prefix, nowMs }),
    )),
  ];
  if (responder === undefined) return findings;
  const local = { type: 'local_register', register_file: responder.register_file ?? '' } as const;
  let keepers: readonly KeeperConfig[];
  try {
    keepers = chosenKeepers(responder.connectors ?? [local], chosen);
  } catch (error) {
    return [...findings, isWrong('connectors', wordsOf(error), 'name those that are set up in the policy')];
  }
  for (const keeper of keepers) {
    const part = `connector ${keeperName(keeper)}`;
    const todo = 'look at this connector in the configuration';
    findings.push(...(await examine(part, todo, LIMIT_MS, () => checkKeeper(part, keeper, log, prefix))));
  }
  return findings;
}

async function checkKeeper(part: string, keeper: KeeperConfig, log: EventLog, prefix: string) {
  if (keeper.type === 'local_register' && !existsSync(keeper.register_file)) {
    return [
      warns(part, `${keeper.register_file} is not there yet`, 'it is made empty at the first start: enter accounts'),
    ];
  }
  let opened: OpenedKeepers;
  try {
    opened = openKeepers([keeper], log, prefix);
  } catch (error) {
    // A register has one owner: that it cannot be opened beside a running responder is as it should be.
    if (keeper.type !== 'local_register' || !/locked/.test(wordsOf(error))) throw error;
    return [isWell(part, `${keeper.register_file} is there, and in use by a running service`)];
  }
  try {
    const findings = [...(await checkConnector(part, opened.connector))];
    if (keeper.type === 'keycloak') {
      const client = createKeycloakClient({
        url: keeper.url,
        realm: keeper.realm,
        clientId: keeper.client_id,
        clientSecret: async () => readSecret(keeper.client_secret_file).toString('utf8').trim(),
        identity: { by: 'username' },
        callTimeoutMs: keeper.timeout_ms,
      });
      findings.push(...checkRoles(part, await client.grantedRoles()));
    }
    return findings;
  } finally {
    opened.close();
  }
}

async function checkStore({ responder }: ServiceConfig, nowMs: () => number): Promise<readonly Finding[]> {
  const file = responder?.store_url_file;
  if (file === undefined) return [];
  const todo = `look whether PostgreSQL runs there, and at the URL in ${file}`;
  return examine('store', todo, LIMIT_MS, async () => {
    const view = await inspectPostgres(readSecret(file).toString('utf8').trim());
    return checkDatabase(view, nowMs());
  });
}

function addressOf(broker: string): { host: string; port: number } {
  const at = broker.lastIndexOf(':');
  return { host: broker.slice(0, at), port: Number(broker.slice(at + 1)) };
}

/** Who is only told things: whether somebody listens there is all that is asked. */
function listeners({ notify, otlp }: ServiceConfig): { part: string; address: { host: string; port: number } }[] {
  const ofUrl = (url: string) => {
    const { hostname, port, protocol } = new URL(url);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  };
  return [
    ...(notify?.sinks ?? []).map((sink) => ({
      part: `notify ${sink.name}`,
      address: sink.type === 'webhook' ? ofUrl(sink.url) : { host: sink.host, port: sink.port },
    })),
    ...(otlp ? [{ part: 'otlp', address: ofUrl(otlp.endpoint) }] : []),
  ];
}
