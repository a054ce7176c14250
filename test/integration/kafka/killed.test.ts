import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { readLatest } from '#libs/ports/read-latest.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import { writtenRecords } from '../../support/portal-log.ts';
import type { DetectorWorld } from './detector-world.ts';
import { openWorld } from './detector-world.ts';
import type { VigieProcess } from './vigie-process.ts';
import { describeWithKafka } from './with-kafka.ts';

const DAY_MS = 86_400_000;
/** By then a step has been reached, or never will be. */
const REACHED_MS = 100_000;
/** Each life waits until the group has forgotten the one before: six seconds, and more where others work on the machine. */
const LONG_MS = 300_000;

/** Every step between reading and committing at which a detector can die; the lives of a world follow one another. */
const LIVES = [
  ['opened.send', 'opened.sent', 'opened.committed', 'access.fetched', 'alert.send'],
  ['alert.sent', 'alert.committing', 'alert.committed', 'checkpoint.sent', 'checkpoint.committed'],
  ['policy.sent', 'decided.sent', 'checkpoint.put', 'checkpoint.renamed', 'offsets.commit'],
];

describeWithKafka('killed -9 at a step', ({ brokers }) => {
  let log: EventLog;
  beforeAll(async () => {
    log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'killed-test' });
  });
  afterAll(() => log.close());

  /** Runs a service that dies at the step, and proves that it did. */
  const dieAt = async (world: DetectorWorld, service: string, step: string): Promise<VigieProcess> => {
    const process = world.start(service, { step, signal: 'SIGKILL' });
    await Promise.race([process.exited, delay(REACHED_MS, undefined, { ref: false })]);
    expect(process.events('struck'), process.said()).toMatchObject([{ step }]);
    expect(process.child.signalCode).toBe('SIGKILL');
    return process;
  };

  // Most of a life is waiting until the group has forgotten the one before: the worlds wait side by side.
  describe.concurrent('a detector', () => {
    test.each(LIVES.map((steps) => [steps.join(', '), steps] as const))(
      '%s: every alert once, no gap in the journal',
      async (_name, steps) => {
        const world = await openWorld(log, brokers, { attacks: 3 });
        try {
          const pouring = world.append(world.records);
          for (const step of steps) await dieAt(world, 'detector', step);
          await pouring;
          const last = world.start();
          await world.expectExactlyOnce();
          await last.signal('SIGTERM');
          expect(last.events('fold_diverged')).toEqual([]);
        } finally {
          await world.close();
        }
      },
      LONG_MS,
    );
  });

  test(
    'all services in one process: the restrictions are those of the alerts, and the accounts are as they say',
    async () => {
      const start = new Date(Date.now() - 12 * DAY_MS).toISOString().slice(0, 10);
      const world = await openWorld(log, brokers, { start, config: { policy_file: 'policy.yaml' } });
      const { folder } = world.installation;
      const policyFile = join(folder, 'policy.yaml');
      await writeFile(policyFile, 'response:\n  auto_within_minutes: 20160\n');
      const registerFile = join(folder, 'register.db');
      const register = new LocalRegister(registerFile);
      const ids = [...new Set(world.records.map((record) => record.key!))];
      const holder = {
        class: 'professional',
        profession: 'optician',
        department: '69',
        hasSecondFactor: true,
      } as const;
      register.enter(ids.map((id) => ({ id, ...holder })));
      register.close();
      try {
        await world.append(world.records);
        for (const step of [
          'alert.committed',
          'alerts.fetched',
          'restrictions.send',
          'restrictions.sent',
          'actions.send',
        ]) {
          await dieAt(world, 'all', step);
        }
        const last = world.start('all');
        const expected = await world.expectExactlyOnce({ policy: loadPolicy(policyFile).detection });
        const suspended = new Set(
          [...expected.values()]
            .map((content) => (JSON.parse(content) as Finding).unmapped.alert)
            .flatMap(({ rung, account }) => (rung === 'suspend' ? [account.id] : [])),
        );
        expect(suspended.size).toBe(2);
        const restrictions = async () =>
          new Map(
            [...(await readLatest(log, world.topics.restrictions))].map(([account, { value }]) => {
              const { restriction } = JSON.parse(String(value)) as { restriction: string };
              return [account, restriction] as const;
            }),
          );
        const wanted = new Map([...suspended].map((account) => [account, 'suspended'] as const));
        await expect.poll(restrictions, { timeout: 60_000, interval: 500 }).toEqual(wanted);
        const verified = async () => {
          const done = (await writtenRecords(log, world.topics.actions))
            .map(({ content }) => content)
            .filter((content) => content.includes('suspend') && content.includes('verified'));
          return [...suspended].filter((account) => done.some((content) => content.includes(account)));
        };
        await expect.poll(verified, { timeout: 60_000, interval: 500 }).toHaveLength(suspended.size);
        await last.signal('SIGTERM');
        expect(await restrictions()).toEqual(wanted);
        const after = new LocalRegister(registerFile);
        expect(ids.filter((id) => !after.get(id)!.enabled).sort()).toEqual([...suspended].sort());
        after.close();
      } finally {
        await world.close();
      }
    },
    LONG_MS,
  );
});

interface Finding {
  readonly unmapped: { readonly alert: { readonly rung: string; readonly account: { readonly id: string } } };
}
