/** A portal's access log with a theft in it, and what an undisturbed fold of it says: what every detector must say too. */
import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import { createDecoder, DECODED, Pseudonymiser } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { createState, step } from '#libs/pipeline/index.ts';
import type { EventLog, NewRecord } from '#libs/ports/event-log.ts';
import { VERSION } from '#services/cli/version.ts';
import { alertRecord } from '#services/detector/outgoing.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { DEFAULT_CONFIG } from '#services/simulate/config.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

export const TEST_KEY = { id: 'test', key: Buffer.alloc(32, 7) };
export const TEST_SOURCE: OcsfSource = { productVersion: VERSION, language: 'en' };
export const TEST_POLICY: DetectionPolicy = defaultPolicy().detection;

/** Access records in order of arrival: a small portal's weeks with sweeps in them. */
export function portalRecords(
  topic: string,
  options: {
    readonly accounts?: number;
    readonly days?: number;
    readonly attacks?: number;
    readonly start?: string;
  } = {},
): NewRecord[] {
  const { accounts = 12, days = 12, attacks = 2, start = DEFAULT_CONFIG.start } = options;
  const attack = parseAttack('sweep:people=150,rate=600');
  if (!attack.ok) throw new Error(attack.error);
  const simulation = createSimulation({
    ...DEFAULT_CONFIG,
    seed: 11,
    accounts,
    days,
    start,
    warmUpDays: days - 3,
    attacks: Array.from({ length: attacks }, () => attack.value),
  });
  const records: NewRecord[] = [];
  for (const { line, arrivalMs, accountId } of simulation.deliveries()) {
    records.push({ topic, key: accountId, value: Buffer.from(line, 'utf8'), timeMs: arrivalMs });
  }
  return records;
}

export async function createPortalTopics(log: EventLog, prefix: string, partitions: number): Promise<TopicNames> {
  const names = topicNames(prefix, `${prefix}.access`);
  // Kept for ever: the simulated events are older than what a real log is kept for.
  await log.createTopics(topicSpecs(names, partitions).map((spec) => ({ ...spec, retentionMs: -1 })));
  return names;
}

/** Alerts by id and revision, each with its content, as a plain fold of each partition gives them. */
export async function undisturbedAlerts(
  log: EventLog,
  topics: TopicNames,
  policy = TEST_POLICY,
): Promise<Map<string, string>> {
  const decoder = createDecoder({ pseudonymiser: new Pseudonymiser(TEST_KEY) });
  const event = new AccessEvent();
  const alerts = new Map<string, string>();
  const bounds = await log.bounds(topics.access);
  const states = bounds.map(() => createState({ policy }));
  const from = new Map(bounds.map((b) => [b.partition, b.first]));
  for await (const batch of log.read({ topic: topics.access, from })) {
    for (const record of batch.records) {
      const value = Buffer.from(record.value ?? []);
      if (decoder.decode(value, 0, value.length, event, record.offset) !== DECODED) continue;
      event.arrivalMs = record.arrivalMs;
      for (const output of step(states[batch.partition]!, event)) {
        if (output.kind !== 'alert') continue;
        const { value: content } = alertRecord(topics.alerts, output.alert, TEST_SOURCE);
        alerts.set(`${output.alert.id}:${output.alert.revision}`, Buffer.from(content!).toString('utf8'));
      }
    }
  }
  return alerts;
}

/** What stands on a topic, committed: id of each record (CloudEvents) and its content, in order of reading. */
export async function writtenRecords(log: EventLog, topic: string): Promise<{ id: string; content: string }[]> {
  const written: { id: string; content: string }[] = [];
  const from = new Map((await log.bounds(topic)).map((b) => [b.partition, b.first]));
  for await (const batch of log.read({ topic, from })) {
    for (const record of batch.records) {
      written.push({ id: record.headers.get('ce_id') ?? '', content: Buffer.from(record.value!).toString('utf8') });
    }
  }
  return written;
}

/** The signals and marks of each partition, in order, wherever their records are cut. */
export async function toldByPartition(log: EventLog, topic: string): Promise<{ readonly signal: string }[][]> {
  const bounds = await log.bounds(topic);
  const told: { readonly signal: string }[][] = bounds.map(() => []);
  for await (const { partition, records } of log.read({
    topic,
    from: new Map(bounds.map((b) => [b.partition, b.first])),
  })) {
    for (const { value } of records) told[partition]!.push(...JSON.parse(Buffer.from(value!).toString('utf8')));
  }
  return told;
}
