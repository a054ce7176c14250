/** The event log: reachable, its topics there and fitting together, readable, our transactional ids ours to take. */
import type { EventLog } from '#libs/ports/event-log.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import { topicSpecs } from '#services/detector/topics.ts';
import { topicProblems } from '#services/topics/command.ts';
import type { Finding } from './finding.ts';
import { isWell, isWrong, warns, wordsOf } from './finding.ts';

/** A record from further in the future says that a clock is wrong. */
const FUTURE_MS = 5 * 60_000;
const NOBODY_WRITES_MS = 86_400_000;
const READ_LIMIT_MS = 5_000;

export interface LogChecks {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly prefix: string;
  readonly nowMs: () => number;
}

/** Only looks: the one thing it asks for is a transactional id of its own, `<prefix>.doctor`, and it writes nothing with it. */
export async function checkLog({ log, topics, prefix, nowMs }: LogChecks): Promise<readonly Finding[]> {
  const names = topicSpecs(topics, 1).map(({ name }) => name);
  const counts = await log.partitionCounts(names);
  const findings: Finding[] = [isWell('log', 'reachable, and lets us sign in')];
  const problems = topicProblems(counts, (partitions) => topicSpecs(topics, partitions));
  if (problems.length === 0) findings.push(isWell('topics', `all ${names.length} are there and fit together`));
  for (const problem of problems) {
    findings.push(isWrong('topics', problem, 'vigie topics create --config FILE, or ask who runs the log to make it'));
  }
  for (const name of names) {
    if (counts.has(name)) findings.push(...(await checkReading(log, name, name === topics.access, nowMs)));
  }
  findings.push(await checkTransactions(log, `${prefix}.doctor`));
  return findings;
}

async function checkReading(
  log: EventLog,
  topic: string,
  isAccess: boolean,
  nowMs: () => number,
): Promise<readonly Finding[]> {
  const part = `topic ${topic}`;
  try {
    const bounds = (await log.bounds(topic)).filter(({ first, end }) => end > first);
    if (bounds.length === 0) {
      return isAccess ? [warns(part, 'is empty', 'let the portal write its access events to it')] : [];
    }
    const newestMs = await newestArrival(log, topic, bounds);
    if (newestMs === undefined || !isAccess) return [isWell(part, 'can be read')];
    const ageMs = nowMs() - newestMs;
    if (ageMs < -FUTURE_MS) {
      const found = `its newest record is ${Math.round(-ageMs / 1000)} s in the future`;
      return [isWrong('clock', found, 'set the clocks of this machine, the portal and the brokers (NTP)')];
    }
    return ageMs > NOBODY_WRITES_MS
      ? [
          warns(
            part,
            `its newest record is ${Math.round(ageMs / 3_600_000)} h old`,
            'look whether the portal still writes',
          ),
        ]
      : [isWell(part, `can be read, newest record ${Math.max(0, Math.round(ageMs / 1000))} s old`)];
  } catch (error) {
    return [isWrong(part, wordsOf(error), `allow our user to Describe and Read ${topic}`)];
  }
}

/** When the newest of the last records of each partition arrived, ms. */
async function newestArrival(
  log: EventLog,
  topic: string,
  bounds: readonly { readonly partition: number; readonly first: number; readonly end: number }[],
): Promise<number | undefined> {
  // A few offsets back, for marks of transactions may stand at the end.
  const from = new Map(bounds.map(({ partition, first, end }) => [partition, Math.max(first, end - 5)]));
  const signal = AbortSignal.timeout(READ_LIMIT_MS);
  let newestMs: number | undefined;
  for await (const { records } of log.read({ topic, from, signal })) {
    for (const { arrivalMs } of records) newestMs = Math.max(newestMs ?? arrivalMs, arrivalMs);
  }
  return newestMs;
}

async function checkTransactions(log: EventLog, id: string): Promise<Finding> {
  try {
    await (await log.openTransactional(id)).close();
    return isWell('transactions', 'our transactional ids may be used; rights to write to topics are not tried');
  } catch (error) {
    return isWrong(
      'transactions',
      wordsOf(error),
      'allow our user to Write transactional ids that begin with our prefix',
    );
  }
}
