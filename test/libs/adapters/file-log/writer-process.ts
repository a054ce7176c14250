/** Run as a process of its own by processes.test.ts: appends numbered pairs until it is killed, going on where the log ends. */
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';

const log = await openFileLog({ folder: process.argv[2]!, nowMs: () => 0 });
await log.createTopics(['left', 'right'].map((name) => ({ name, partitions: 1, compacted: false })));
const writer = await log.openTransactional('pairs');
for (let number = (await log.bounds('left'))[0]!.end; ; number++) {
  await writer.append(
    ['left', 'right'].map((topic) => ({ topic, key: null, partition: 0, value: Buffer.from(String(number)) })),
  );
  process.stdout.write(`${number}\n`);
}
