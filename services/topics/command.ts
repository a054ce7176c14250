/** `vigie topics create|check`: the topics that the product needs, made or looked at. */
import type { Command } from 'commander';
import type { EventLog, TopicSpec } from '#libs/ports/event-log.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { wholeNumber } from '#services/cli/options.ts';
import { note } from '#services/cli/terminal/message.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { openConfiguredLog } from '#services/config/open-log.ts';
import { topicNames, topicSpecs } from '#services/detector/topics.ts';

const DEFAULT_PARTITIONS = 12;

/** Adds the command to the program. Exit codes: 0 done or all is well, 1 something is missing or unreachable, 78 configuration. */
export function registerTopics(program: Command): void {
  const topics = program
    .command('topics')
    .description('make or check the topics that the product needs')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, or all is well; 1 a topic is missing or does not fit, or Kafka does not answer; 2 usage;\n78 the configuration will not do.',
    );
  topics
    .command('create')
    .description('make the topics that are missing; one that exists is left as it is')
    .requiredOption('--config <file>', 'configuration of the service (YAML)')
    .option(
      '--partitions <n>',
      'partitions of the access log where it does not exist: it cannot be changed later',
      wholeNumber(1, 10_000),
      DEFAULT_PARTITIONS,
    )
    .action((options: { config: string; partitions: number }) => createTopics(options.config, options.partitions));
  topics
    .command('check')
    .description('say which topics are missing or do not fit together')
    .requiredOption('--config <file>', 'configuration of the service (YAML)')
    .action((options: { config: string }) => checkTopics(options.config));
}

async function withTopics(
  file: string,
  work: (log: EventLog, specs: (partitions: number) => readonly TopicSpec[]) => Promise<void>,
) {
  const config = loadServiceConfig(file);
  const log = await openConfiguredLog(config);
  const names = topicNames(config.prefix, config.access_topic);
  try {
    await work(log, (partitions) => topicSpecs(names, partitions));
  } finally {
    await log.close();
  }
}

const createTopics = (file: string, partitions: number) =>
  withTopics(file, async (log, specs) => {
    // The access log is the portal's: where it exists, ours follow it.
    const access = specs(partitions)[0]!.name;
    const there = (await log.partitionCounts([access])).get(access) ?? partitions;
    const wanted = specs(there);
    const created = await log.createTopics(wanted);
    for (const spec of wanted) {
      note(`${created.includes(spec.name) ? 'created' : 'was there'}  ${spec.name}`);
    }
  });

const checkTopics = (file: string) =>
  withTopics(file, async (log, specs) => {
    const problems = topicProblems(await log.partitionCounts(specs(1).map((s) => s.name)), specs);
    for (const problem of problems) note(problem);
    if (problems.length > 0) throw new CommandFailure(`${problems.length} of the topics need work`, EXIT.failure);
    note('all topics are there and fit together');
  });

/** What is wrong with the topics that exist, one line each. */
export function topicProblems(
  counts: ReadonlyMap<string, number>,
  specs: (partitions: number) => readonly TopicSpec[],
): readonly string[] {
  const access = specs(1)[0]!.name;
  const partitions = counts.get(access);
  return specs(partitions ?? 1).flatMap((spec) => {
    const count = counts.get(spec.name);
    if (count === undefined) return [`${spec.name}: missing; \`vigie topics create\` makes it`];
    const mustFit = /\.(journal|controls|signals)$/.test(spec.name);
    return mustFit && partitions !== undefined && count !== spec.partitions
      ? [`${spec.name}: has ${count} partitions, needs ${spec.partitions}`]
      : [];
  });
}
