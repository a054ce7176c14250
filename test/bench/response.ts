/** The stop from the thief's own request on, against a real Kafka, Keycloak and PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import type { AlertReading } from '#services/responder/alert-reader.ts';
import { readAlerts } from '#services/responder/alert-reader.ts';
import { createPublisher } from '#services/responder/publisher.ts';
import { KafkaContainer } from '../integration/kafka/kafka-container.ts';
import { kafkaImage } from '../integration/kafka/kafka-image.ts';
import { install, VigieProcess } from '../integration/kafka/vigie-process.ts';
import { freshDatabase } from '../integration/response/fresh-database.ts';
import { optionsFor } from '../integration/response/keycloak-rig.ts';
import { liveResponder } from '../integration/response/live-responder.ts';
import { startLocalKeycloak } from '../integration/response/local-keycloak.ts';
import { startLocalPostgres } from '../integration/response/local-postgres.ts';
import { portalOf } from '../integration/response/portal-client.ts';
import { createTestRealm } from '../integration/response/test-realm.ts';
import type { Figures } from './figure.ts';
import type { Theft } from './thefts.ts';
import { portalWithThefts } from './thefts.ts';

const WARM_UP = 8;
const MEASURED = 100;
const AT_ONCE = 4;
const PARTITIONS = 4;
const METRICS_PORT = 19_466;
/** Between two requests of a thief. */
const REQUEST_EVERY_MS = 250;
/** A theft that is not suspended by then is not waited for any longer. */
const GIVEN_UP_MS = 30_000;

type Server = { readonly url: string; stop(): Promise<void> };

/** Server given by the environment, or one of its own. */
const server = async (given: string | undefined, start: () => Promise<Server>): Promise<Server> =>
  given ? { url: given, stop: async () => {} } : start();

async function startKafka(): Promise<Server> {
  const container = await new KafkaContainer(kafkaImage()).start();
  return { url: container.broker, stop: async () => void (await container.stop({ timeout: 0 })) };
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
 * From the append of the access event that decides: to its alert at the responder (`stop_alert_ms`), to the answered disable
 * call (`stop_call_ms`), and to the account read back as disabled with no session left (`stop_verified_ms`, 1.1 s of which
 * are the wait for the second sign-out). 100 thefts of accounts with a session and an offline token each, 4 at a time, a
 * request every 250 ms until the account is stopped; half of the accounts have a second factor, so that a step-up may be
 * under way when the suspension comes. The detector is a process of its own, and everything shares this machine. Not in it:
 * a network.
 */
export async function benchResponse(): Promise<Figures> {
  const servers: Server[] = [];
  const open = async (given: string | undefined, start: () => Promise<Server>) => {
    const opened = await server(given, start);
    servers.unshift(opened);
    return opened.url;
  };
  try {
    const keycloak = await open(process.env.KEYCLOAK_URL, startLocalKeycloak);
    const postgres = await open(process.env.DATABASE_URL, startLocalPostgres);
    const kafka = await open(process.env.KAFKA_BROKERS, startKafka);
    return await measure(keycloak, postgres, kafka);
  } finally {
    for (const { stop } of servers) await stop();
  }
}

interface Stop {
  readonly alertMs: number;
  readonly callMs: number;
  readonly verifiedMs: number;
}

async function measure(keycloakUrl: string, postgresUrl: string, brokers: string): Promise<Figures> {
  const { history, thefts } = portalWithThefts(WARM_UP + MEASURED, Date.now());
  const realm = await createTestRealm(
    keycloakUrl,
    thefts.map(({ accountId }, i) => ({ username: accountId, otp: i % 2 === 0 })),
  );
  const database = await freshDatabase(postgresUrl);
  const store = await openPostgresStore({ url: database.url });
  const log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'bench' });
  const prefix = `b${randomUUID().slice(0, 8)}`;
  const topics = topicNames(prefix, `${prefix}.access`);
  await log.createTopics(topicSpecs(topics, PARTITIONS).map((spec) => ({ ...spec, retentionMs: -1 })));
  const appendLine = (accountId: string, line: string) => ({
    topic: topics.access,
    key: accountId,
    value: Buffer.from(line),
  });
  for (let at = 0; at < history.length; at += 2_000) {
    await log.append(history.slice(at, at + 2_000).map(({ accountId, line }) => appendLine(accountId, line)));
  }
  const detector = new VigieProcess(
    'detector',
    await install(brokers, prefix, {
      // As in earnest: a checkpoint a second would have each partition wait for its own.
      detector: { checkpoints: 'checkpoints', checkpoint_seconds: 60 },
      metrics: { port: METRICS_PORT },
    }),
  );

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
  const live = liveResponder({ store, connector, publish: createPublisher(log, prefix) });
  /** When each alert revision came to the responder, by account and event time. */
  const alertedAt = new Map<string, number>();
  const portal = portalOf(realm);
  const measured: Stop[] = [];
  /** Thefts that did not reach the rung in time: the detector's matter. */
  let notSuspended = 0;

  /** The thief acts until his account is stopped. */
  async function steal({ accountId, requests }: Theft): Promise<Stop | undefined> {
    const sentAt = new Map<number, number>();
    let seq = 0;
    const request = async () => {
      const timeMs = Date.now();
      const event = { ...requests[seq % requests.length], id: randomUUID(), time: new Date(timeMs).toISOString() };
      seq += 1;
      sentAt.set(timeMs, performance.now());
      await log.append([appendLine(accountId, JSON.stringify(event))]);
    };
    let nextMs = performance.now();
    for (const end = nextMs + GIVEN_UP_MS; performance.now() < end; ) {
      if (performance.now() >= nextMs) {
        nextMs += REQUEST_EVERY_MS;
        await request();
      }
      const action = (await store.actionsOf(accountId)).find((a) => a.plan.rung === 'suspend');
      if (action?.state === 'verified') {
        const begun = sentAt.get(action.plan.timeMs)!;
        return {
          alertMs: alertedAt.get(`${accountId}/${action.plan.timeMs}`)! - begun,
          callMs: disabledAt.get(accountId)! - begun,
          verifiedMs: performance.now() - begun,
        };
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return undefined;
  }

  let reading: AlertReading | undefined;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  try {
    await allTaken(log, topics.access, detector);
    reading = await readAlerts({
      log,
      store,
      responder: {
        ...live.responder,
        onAlert(alert) {
          alertedAt.set(`${alert.account.id}/${alert.timeMs}`, performance.now());
          return live.responder.onAlert(alert);
        },
      },
      topic: topics.alerts,
      group: `${prefix}.responder`,
      deadLetter: topics.deadLetter,
      onRejection: ({ reason }) => {
        throw new Error(`an alert was rejected: ${reason}`);
      },
      onFailure: failed.reject,
    });
    for (const { accountId } of thefts) {
      for (const offline of [false, true]) await portal.signIn(accountId, { offline });
    }
    for (const theft of thefts.slice(0, WARM_UP)) await steal(theft);
    const waiting = thefts.slice(WARM_UP);
    const thieves = Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let theft = waiting.shift(); theft !== undefined; theft = waiting.shift()) {
          const stop = await steal(theft);
          if (stop) measured.push(stop);
          else notSuspended += 1;
        }
      }),
    );
    await Promise.race([thieves, failed.promise]);
    if (live.errors.length > 0) throw live.errors[0];
  } finally {
    await detector.signal('SIGTERM');
    await reading?.stop();
    await live.stop();
    await log.close();
    await store.close();
    await database.drop();
    await realm.drop();
  }
  const figures = (name: string, of: keyof Stop) =>
    figuresOf(
      name,
      measured.map((m) => m[of]),
    );
  return {
    stop_not_suspended: {
      value: notSuspended,
      unit: `of ${MEASURED} thefts in ${GIVEN_UP_MS / 1000} s`,
      runs: [notSuspended],
    },
    ...figures('stop_alert_ms', 'alertMs'),
    ...figures('stop_call_ms', 'callMs'),
    ...figures('stop_verified_ms', 'verifiedMs'),
  };
}

/** Waits until the detector has folded everything that the topic holds. */
async function allTaken(log: EventLog, topic: string, detector: VigieProcess): Promise<void> {
  await detector.until((p) => p.events('partition_opened').length === PARTITIONS);
  const events = (await log.bounds(topic)).reduce((sum, { first, end }) => sum + end - first, 0);
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
    const folded = Number(/^vigie_events_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0);
    if (folded >= events) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
