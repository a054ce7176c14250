import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { MemoryCheckpoints } from '#libs/adapters/memory/checkpoints.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import { createDecoder, DECODED, Pseudonymiser } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import { createState, snapshot, step } from '#libs/pipeline/index.ts';
import type { NewRecord } from '#libs/ports/event-log.ts';
import type { DetectorParts } from '#services/detector/detector.ts';
import { alertRecord } from '#services/detector/outgoing.ts';
import {
  createPortalTopics,
  portalRecords,
  TEST_KEY,
  TEST_POLICY,
  TEST_SOURCE,
  writtenRecords,
} from '../../support/portal-log.ts';
import { detector, journal, until } from './harness.ts';

/** A detector that begins with the state that an archive has taught, as if it had been there all the time. */

const records = portalRecords('p.access', { accounts: 8 });
const CUT = Math.floor(records.length * 0.7);
const archive = records.slice(0, CUT);
const live = records.slice(CUT);

function foldInto(state: ReturnType<typeof createState>, some: readonly NewRecord[], alerts?: Map<string, string>) {
  const decoder = createDecoder({ pseudonymiser: new Pseudonymiser(TEST_KEY) });
  const event = new AccessEvent();
  some.forEach(({ value, timeMs }, i) => {
    const bytes = Buffer.from(value!);
    if (decoder.decode(bytes, 0, bytes.length, event, i) !== DECODED) return;
    event.arrivalMs = timeMs!;
    for (const output of step(state, event)) {
      if (output.kind !== 'alert') continue;
      const record = alertRecord('p.alerts', output.alert, TEST_SOURCE);
      alerts?.set(`${output.alert.id}:${output.alert.revision}`, Buffer.from(record.value!).toString('utf8'));
    }
  });
  return state;
}

function taught() {
  const bytes = snapshot(foldInto(createState({ policy: TEST_POLICY }), archive));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function world() {
  const log = openMemoryLog({ nowMs: () => 0 });
  const topics = await createPortalTopics(log, 'p', 1);
  await log.append(live);
  return { log, topics };
}

async function runThrough({ log, topics }: Awaited<ReturnType<typeof world>>, over: Partial<DetectorParts>) {
  const running = await detector(log, topics, over);
  const failed = running.failed.then((error) => error.message);
  const done = until(() => (running.reached.get(0) ?? -1) >= live.length);
  const why = await Promise.race([done.then(() => ''), failed]);
  await running.stop();
  return why;
}

test('what it writes of the live log is byte for byte what one says that folded archive and live', async () => {
  const expected = new Map<string, string>();
  foldInto(foldInto(createState({ policy: TEST_POLICY }), archive), live, expected);
  expect(expected.size).toBeGreaterThan(1);
  const here = await world();
  await runThrough(here, { firstState: taught() });
  const written = new Map((await writtenRecords(here.log, here.topics.alerts)).map((r) => [r.id, r.content]));
  expect(written).toEqual(expected);

  const cold = await world();
  await runThrough(cold, {});
  const other = new Map((await writtenRecords(cold.log, cold.topics.alerts)).map((r) => [r.id, r.content]));
  expect(other).not.toEqual(expected);
});

test('the journal names the state: a fold without checkpoints begins with it again, or refuses', async () => {
  const here = await world();
  const firstState = taught();
  await runThrough(here, { firstState, checkpoints: new MemoryCheckpoints() });
  const before = await writtenRecords(here.log, here.topics.alerts);
  const [entries] = await journal(here.log, here.topics);
  expect(entries!.find((entry) => entry.kind === 'policy')).toMatchObject({ state: firstState.sha256 });

  // All checkpoints are lost; nothing is written twice, and nothing differs from what was journaled.
  await runThrough(here, { firstState, checkpoints: new MemoryCheckpoints() });
  expect(await writtenRecords(here.log, here.topics.alerts)).toEqual(before);
  const why = await runThrough(here, { checkpoints: new MemoryCheckpoints() });
  expect(why).toContain("began from a baseline's state");
});

test('a partition that began from nothing keeps what it has when a baseline comes later', async () => {
  const here = await world();
  const checkpoints = new MemoryCheckpoints();
  await runThrough(here, { checkpoints });
  const before = await writtenRecords(here.log, here.topics.alerts);
  await runThrough(here, { checkpoints: new MemoryCheckpoints(), firstState: taught() });
  expect(await writtenRecords(here.log, here.topics.alerts)).toEqual(before);
});
