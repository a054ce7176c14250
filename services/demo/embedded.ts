/**
 * The whole product on embedded parts, in one process and one folder: event log in files, detector, responder, SQLite
 * store, account register and its gate. The same services as in production behind the same ports; only wired here.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileCheckpoints } from '#libs/adapters/file-checkpoints/store.ts';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import { openJsonLinesSink } from '#libs/adapters/json-lines/sink.ts';
import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import type { PortalGate } from '#libs/adapters/local-register/gate.ts';
import { createPortalGate } from '#libs/adapters/local-register/gate.ts';
import type { NewAccount } from '#libs/adapters/local-register/register.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import { detectionFinding } from '#libs/formats/ocsf/index.ts';
import type { PseudonymKey } from '#libs/intake/index.ts';
import { createPseudonymiser } from '#libs/intake/index.ts';
import type { ActionState, PlannedAction } from '#libs/model/action.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import { startDetector } from '#services/detector/detector.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { readAlerts } from '#services/responder/alert-reader.ts';
import { runDueLoop } from '#services/responder/due-loop.ts';
import { createPublisher } from '#services/responder/publisher.ts';
import type { Responder } from '#services/responder/responder.ts';
import { createResponder } from '#services/responder/responder.ts';
import type { DetectorTally } from './detector-tally.ts';
import { tallyDetector } from './detector-tally.ts';

/** One process, so one partition: accounts share what is learnt of their region. */
const PARTITIONS = 1;
/** Checkpoints, and looks at what has fallen due, on the wall clock. */
const CHECKPOINT_EVERY_MS = 60_000;
const DUE_EVERY_MS = 100;
const SETTLED_POLL_MS = 5;

export interface EmbeddedOptions {
  /** Everything is kept in here; it is the caller's alone. */
  readonly folder: string;
  readonly key: PseudonymKey;
  readonly policy: Policy;
  readonly accounts: Iterable<NewAccount>;
  readonly clock: Clock;
  readonly language: 'en' | 'fr';
  readonly productVersion: string;
  /** Told of each alert as the responder takes it, and of each published state of an action. */
  readonly onAlert: (alert: Alert) => void;
  readonly onAction: (plan: PlannedAction, state: ActionState) => void;
}

export interface Embedded {
  readonly register: LocalRegister;
  readonly gate: PortalGate;
  readonly tally: DetectorTally;
  /** The portal's way to its log. Durable when it resolves. */
  logRequests(
    lines: readonly { readonly accountId: string; readonly line: string; readonly arrivalMs: number }[],
  ): Promise<void>;
  setResponsePolicy(policy: ResponsePolicy): void;
  /** Resolves when everything that was logged is folded, answered for and published. Throws what went wrong. */
  settled(signal: AbortSignal): Promise<void>;
  /** Throws what went wrong in work that nobody waits for. */
  check(): void;
  close(): Promise<void>;
}

/** Starts every part. What was started is closed again where one of them cannot be. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { folder, clock } = options;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const log = await openFileLog({ folder: join(folder, 'log'), nowMs: () => clock.nowMs() });
    closers.push(() => log.close());
    const store = await openSqliteStore(join(folder, 'response.sqlite'));
    closers.push(() => store.close());
    const register = new LocalRegister(join(folder, 'accounts.sqlite'));
    closers.push(() => register.close());
    register.enter(options.accounts);
    return await startServices(options, { log, store, register, closers, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Opened {
  readonly log: EventLog;
  readonly store: ResponseStore;
  readonly register: LocalRegister;
  readonly closers: (() => unknown)[];
  readonly close: () => Promise<void>;
}

async function startServices(options: EmbeddedOptions, opened: Opened): Promise<Embedded> {
  const { folder, clock, policy, language, productVersion } = options;
  const { log, store, register, closers, close } = opened;
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const check = () => {
    if (errors.length > 0) throw errors[0];
  };

  const topics = topicNames();
  await log.createTopics(topicSpecs(topics, PARTITIONS));
  const readable = openJsonLinesSink(join(folder, 'published'));
  closers.push(() => readable.close());
  const restrictions = createRestrictionList();
  const responder = createResponder({
    store,
    connector: createLocalConnector(register),
    restrictions,
    policy: policy.response,
    clock,
    publish: publisher(options, opened, readable.publish),
    productVersion,
    language,
    groupSizes: register.groupSizes(),
    onError,
  });
  await responder.resume();
  closers.push(() => responder.idle());
  const stopping = new AbortController();
  const due = runDueLoop(responder, DUE_EVERY_MS, stopping.signal, onError);
  closers.push(() => {
    stopping.abort();
    return due;
  });
  const told = tellingAlerts(responder, async (alert) => {
    options.onAlert(alert);
    await readable.publish(alertRecord(alert, options));
  });
  const reading = await readAlerts({
    log,
    store,
    responder: told,
    topic: topics.alerts,
    group: 'vigie.responder',
    deadLetter: topics.deadLetter,
    onRejection: ({ reason }) => onError(new Error(`a record on ${topics.alerts} is no alert: ${reason}`)),
    onFailure: onError,
  });
  closers.push(() => reading.stop());
  const { events, tally } = tallyDetector(onError);
  const detector = await startDetector({
    log,
    checkpoints: new FileCheckpoints(join(folder, 'checkpoints')),
    pseudonymiser: createPseudonymiser(options.key),
    policy: policy.detection,
    topics,
    group: 'vigie.detector',
    instance: 'demo',
    checkpointEveryMs: CHECKPOINT_EVERY_MS,
    source: { productVersion, language },
    clock,
    events,
    failed: onError,
  });
  closers.push(() => detector.stop());

  let logged = 0;
  return {
    register,
    gate: createPortalGate(register, restrictions),
    tally,
    async logRequests(requests) {
      if (requests.length === 0) return;
      logged += requests.length;
      await log.append(
        requests.map(({ accountId, line, arrivalMs }) => ({
          topic: topics.access,
          key: accountId,
          value: Buffer.from(line, 'utf8'),
          timeMs: arrivalMs,
        })),
      );
    },
    setResponsePolicy: (response) => responder.setPolicy(response),
    async settled(signal) {
      const isAnswered = async () => {
        const [alerts] = await log.bounds(topics.alerts);
        return ((await store.position(topics.alerts, 0)) ?? 0) >= alerts!.end;
      };
      while (!signal.aborted && (tally.folded < logged || !(await isAnswered()))) {
        check();
        await sleep(SETTLED_POLL_MS, undefined, { signal }).catch(() => {});
      }
      await responder.idle();
      check();
    },
    check,
    close,
  };
}

/** To the topic, to a file that people can read, and to whoever tells the story. */
function publisher(options: EmbeddedOptions, { log, store }: Opened, toFile: (r: OutboundRecord) => Promise<void>) {
  const toTopic = createPublisher(log, 'vigie');
  return async (record: OutboundRecord): Promise<void> => {
    if (record.topic === 'actions') {
      const { unmapped } = JSON.parse(record.body) as { unmapped: { action: string; state: ActionState } };
      const action = await store.action(unmapped.action);
      if (action) options.onAction(action.plan, unmapped.state);
    }
    await toFile(record);
    await toTopic(record);
  };
}

const alertRecord = (alert: Alert, { productVersion, language }: EmbeddedOptions): OutboundRecord => ({
  id: `${alert.id}:${alert.revision}`,
  topic: 'alerts',
  key: alert.account.id,
  type: 'vigie.alert',
  timeMs: alert.timeMs,
  body: JSON.stringify(detectionFinding(alert, { productVersion, language })),
});

/** The responder, with somebody else told of each alert first. */
function tellingAlerts(responder: Responder, tell: (alert: Alert) => Promise<void>): Responder {
  return {
    ...responder,
    async onAlert(alert) {
      await tell(alert);
      return responder.onAlert(alert);
    },
  };
}
