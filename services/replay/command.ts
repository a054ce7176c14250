import { once } from 'node:events';
import type { Command } from 'commander';
import { Option } from 'commander';
import { INPUT_FORMATS } from '#libs/intake/index.ts';
import type { Control } from '#libs/model/input.ts';
import { canonicalDigest } from '#libs/model/policy/canonical.ts';
import { pseudonymKey } from '#services/baseline/pseudonym-key.ts';
import type { BaselineStart, Surroundings } from '#services/baseline/read-baseline.ts';
import { policyFrom, readBaseline } from '#services/baseline/read-baseline.ts';
import { refuseOverwriting, writeBaseline } from '#services/baseline/write-baseline.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { interruption } from '#services/cli/interruption.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption, wholeNumber } from '#services/cli/options.ts';
import { note, warn } from '#services/cli/terminal/message.ts';
import { createProgress } from '#services/cli/terminal/progress.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import { checkpointHeader, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { readControls } from './controls.ts';
import type { Assertion } from './fail-on.ts';
import { FIGURE_NAMES, parseAssertion } from './fail-on.ts';
import type { ReplayResult } from './json-result.ts';
import { jsonResult } from './json-result.ts';
import { foldKafka, kafkaSource } from './kafka-source.ts';
import type { Labels } from './labels.ts';
import { readLabels } from './labels.ts';
import { rankingReport } from './ranking-report.ts';
import { Replay } from './replay.ts';
import { foldSources, sourceFormat } from './sources.ts';
import type { LaneSummary } from './summary.ts';
import { summarise } from './summary.ts';
import { parseSweep } from './sweep.ts';
import { textReport } from './text-report.ts';
import { absentAttacks, unreadOf } from './unread.ts';

interface ReplayCommandOptions {
  readonly format: OutputFormat;
  readonly input: string;
  readonly mapping?: string;
  readonly policy?: string;
  readonly against?: string;
  readonly sweep?: string;
  readonly labels?: string;
  readonly containment: 'simulate' | 'off';
  readonly failOn: readonly string[];
  readonly top: number;
  readonly warmUp: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly controls?: string;
  readonly baseline?: string;
  readonly baselineOut?: string;
  readonly withState?: true;
  readonly force?: true;
  readonly key?: string;
  readonly config?: string;
}

const HELP = `
Sources are read in the order given: plain, gzip or zstd, recognised by content; - is standard input.
kafka://host:port/topic?from=2026-03-01&to=2026-03-08 reads a topic as the detector does, each partition with a state of its
own: the alerts are those that went out, whatever order the partitions are read in. from and to are when records came.
The format (access events, Apache/nginx combined, CSV, …) is recognised by the first lines, or named with --input.

Examples:
  vigie replay access.ndjson.zst
  vigie replay access_log --input combined --top 50
  vigie simulate --attack sweep --labels l.json | vigie replay - --labels l.json --containment simulate
  vigie replay kafka://localhost:9092/portal.access --against new.yaml
  vigie replay kafka://broker:9093/portal.access --config vigie.yaml
  vigie replay year/*.gz --policy new.yaml --against old.yaml
  vigie replay 2025/*.gz --baseline-out baseline.yaml --with-state && vigie replay 2026/*.gz --baseline baseline.yaml
  vigie replay month.gz --labels l.json --sweep rungs.suspend=15,17,19 --fail-on 'false_suspends>0'

Figures for --fail-on: ${FIGURE_NAMES.join(', ')}.
exposed_… is what the simulated portal let out, or without --containment simulate what left before the suspend.

Labelled attacks that are not in the log are named and left out of the figures of exposure.

In JSON, actions are all plans: their decision is act (the machine does it by itself), await_approval (a person has to, for the
reason given), observe or drop. A time that there is none of is "" in runs, alerts and actions, and null in labels.

Exit codes: 0 done, 1 a source cannot be read or broke off, or more than half of the log was not read, for its time or
its form (what could be read is reported), 2 usage, 3 a --fail-on came true or cannot be told, 78 the policy or the mapping is not valid, 130 interrupted.`;

/** `vigie replay SOURCE…`: what the detector would have said of a log, and what the response would have done. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run recorded access logs through detection and planning; touches no account')
    .argument('<source...>', 'files, - for standard input, or one kafka://host:port/topic')
    .addOption(formatOption())
    .option('--input <format>', `format of the log: auto, ${INPUT_FORMATS.join(', ')}`, 'auto')
    .option('--mapping <file>', 'mapping file (YAML) that says where a log of your own keeps its fields')
    .option('--policy <file>', 'policy file; without one, the built-in defaults')
    .option('--against <file>', 'a second policy, folded in the same pass: shows which accounts differ')
    .option('--sweep <name=a,b,c>', 'try several values of one field of the policy in the same pass')
    .option(
      '--labels <file>',
      'the truth about the log (JSON): states exposure per attack and the cost to honest accounts',
    )
    .addOption(
      new Option('--containment <mode>', 'whether a simulated portal obeys the restrictions')
        .choices(['simulate', 'off'])
        .default('off'),
    )
    .addOption(
      new Option(
        '--fail-on <expression>',
        'end with exit code 3 if it is true, such as false_suspends>0; may be repeated',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option(
      '--warm-up <days>',
      'days at the beginning that teach the detector but do not count as cost to honest accounts (needs --labels)',
      wholeNumber(0, 3660),
      0,
    )
    .option('--top <n>', 'incidents listed in text output', wholeNumber(1, 1_000_000), 20)
    .option('--controls <file>', 'what people told the detector (one control a line, as on its topic), at its time')
    .option('--baseline <file>', 'start from what another log has taught, not from nothing')
    .option('--baseline-out <file>', 'write what this log has taught of groups of peers')
    .option('--with-state', 'and the whole state beside it (accounts, pseudonyms), to go on from as if live')
    .option('--force', 'write over a baseline that exists')
    .option(
      '--key <id=file>',
      'pseudonymise people with this key, as the detector does; needed for --with-state and planted people',
    )
    .option('--config <file>', 'service configuration (YAML) that says how to sign in to Kafka: TLS, SASL')
    .option('--checkpoint <file>', 'write the whole state at the end, to go on from later')
    .option('--resume <file>', 'go on from a checkpoint')
    .addHelpText('after', HELP)
    .action(runReplay);
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

async function runReplay(paths: readonly string[], options: ReplayCommandOptions): Promise<void> {
  const startedMs = performance.now();
  const assertions = options.failOn.map(parseAssertion);
  const topic = kafkaSource(paths, options);
  refuseBaselineMisuse(options);
  const key = pseudonymKey(options.key);
  const format = sourceFormat(options.input, options.mapping);
  checkLabelsGiven(assertions, options.labels);
  const labels = options.labels === undefined ? undefined : await labelsOf(options.labels, paths);
  const controls = options.controls === undefined ? undefined : readControls(options.controls);
  const { replay, start, sweepValues } = createReplay(options, labels, controls, {
    keyId: key.id,
    stateless: topic && 'each partition of a topic has a state of its own.',
  });
  if (start !== undefined) note(start.note);
  const planted = replay.lanes.some(({ policy }) => (policy.detection.honeytokens ?? []).length > 0);
  if (planted && options.key === undefined) {
    warn('the policy names planted people (streams.honeytokens): without the --key of the detector none is recognised');
  }
  const header = checkpointHeader({
    policies: replay.lanes.map((lane) => lane.policy.digest),
    containment: options.containment,
    labels: labels ? canonicalDigest(labels) : '',
    controls: controls ? canonicalDigest(controls) : '',
  });
  if (options.resume !== undefined) readCheckpoint(options.resume, header, replay);

  const progress = createProgress('events');
  try {
    const onProgress = (done: number, of: number) => progress.update({ count: replay.events, done, of });
    const shared = { format, key, signal: interruption, warn, onProgress };
    if (topic === undefined) await foldSources(replay, paths, shared);
    else await foldKafka(replay, topic, shared);
  } finally {
    progress.clear();
  }
  if (interruption.aborted) {
    note(`Interrupted after ${replay.events} events; nothing is printed, since the result would be of a part only.`);
    return;
  }
  if (options.checkpoint !== undefined) writeCheckpoint(options.checkpoint, header, replay);
  replay.end();
  const [first] = replay.lanes;
  const written = writeBaseline(options, first.pipeline, {
    policyDigest: first.policy.digest,
    keyId: key.id,
    fromMs: replay.fromMs,
    toMs: replay.toMs,
    events: replay.events,
    accounts: replay.accounts.size,
  });

  const unread = unreadOf(replay, {
    topic: topic !== undefined,
    goesOn: options.resume !== undefined || start?.state !== undefined,
  });
  const result = resultOf(replay, labels, start, options, sweepValues, {
    unread,
    wallSeconds: (performance.now() - startedMs) / 1000,
  });
  process.stdout.write(
    options.format === 'json' ? `${JSON.stringify(jsonResult(result))}\n` : textReport(result, options.top),
  );
  for (const line of [...written, ...replay.rejections.lines()]) note(line);
  for (const limit of replay.limits()) warn(limit);
  warnOfUnread(result);
  if (replay.events === 0) {
    if (replay.rejections.total === 0) note('The input holds no event.');
    else warn('not one record could be taken: is this the right format?');
  }
  if (result.unread.some(({ failed }) => failed)) process.exitCode = EXIT.failure;
  if (replay.truncated || (replay.events === 0 && replay.rejections.total > 0)) process.exitCode = EXIT.failure;
  checkAssertions(assertions, result);
}

function warnOfUnread({ replay, summaries, unread }: ReplayResult): void {
  for (const { text } of unread) warn(text);
  // The same log and labels in every lane: the first speaks for all.
  const absent = absentAttacks(summaries?.get(replay.lanes[0].name)?.attacks ?? []);
  if (absent !== undefined) warn(`labelled, but ${absent}`);
}

function refuseBaselineMisuse(options: ReplayCommandOptions): void {
  refuseOverwriting(options);
  const { baseline, baselineOut, containment, resume, sweep, against } = options;
  if (baseline !== undefined && resume !== undefined) {
    throw new CommandFailure('a checkpoint goes on from where it was written: --baseline has no place', EXIT.usage);
  }
  if (baselineOut === undefined) return;
  const inTheWay = containment === 'simulate' ? '--containment simulate' : sweep ? '--sweep' : against && '--against';
  if (inTheWay) {
    throw new CommandFailure(
      `--baseline-out learns from the log as it is, by one policy: not with ${inTheWay}`,
      EXIT.usage,
    );
  }
}

function createReplay(
  options: ReplayCommandOptions,
  labels: Labels | undefined,
  controls: readonly Control[] | undefined,
  surroundings: Pick<Surroundings, 'keyId' | 'stateless'>,
) {
  const { containment } = options;
  const lanes = [{ name: 'policy', policy: loadPolicy(options.policy), labels, containment }];
  if (options.against !== undefined) {
    lanes.push({ name: 'against', policy: loadPolicy(options.against), labels, containment });
  }
  const sweepValues = options.sweep === undefined ? [] : parseSweep(options.sweep);
  sweepValues.forEach((override, i) => {
    lanes.push({ name: `sweep ${i}`, policy: loadPolicy(options.policy, [override]), labels, containment });
  });
  const policies = lanes.map((lane) => lane.policy);
  const start =
    options.baseline === undefined ? undefined : readBaseline(options.baseline, { ...surroundings, policies });
  const started = lanes.map((lane) => ({ ...lane, policy: policyFrom(start, lane.policy), initial: start?.state }));
  return { replay: new Replay({ lanes: started, controls }), start, sweepValues };
}

function resultOf(
  replay: Replay,
  labels: Labels | undefined,
  start: BaselineStart | undefined,
  options: ReplayCommandOptions,
  sweepValues: ReturnType<typeof parseSweep>,
  more: Pick<ReplayResult, 'unread' | 'wallSeconds'>,
): ReplayResult {
  const summaries =
    labels && new Map(replay.lanes.map((lane) => [lane.name, summarise(replay, lane, labels, options.warmUp)]));
  const swept = sweepValues.map(({ value }, i) => ({
    value,
    lane: replay.lanes[replay.lanes.length - sweepValues.length + i],
  }));
  return {
    replay,
    start,
    summaries,
    against: options.against === undefined ? undefined : replay.lanes[1],
    sweep: sweepValues.length === 0 ? undefined : { path: sweepValues[0].path, lanes: swept },
    robots: rankingReport(replay.lanes[0], replay.robots),
    ...more,
  };
}

/**
 * Whoever writes the log into a pipe may write the labels just before it (as `vigie simulate` does): they are read when
 * the first bytes have come.
 */
async function labelsOf(file: string, paths: readonly string[]): Promise<Labels> {
  if (paths.includes('-')) await once(process.stdin, 'readable', { signal: interruption });
  return readLabels(file);
}

function checkLabelsGiven(assertions: readonly Assertion[], labels: string | undefined): void {
  const wanting = labels === undefined ? assertions.find((assertion) => assertion.needsLabels) : undefined;
  if (wanting) throw new CommandFailure(`--fail-on ${wanting.text} needs --labels`, EXIT.usage);
}

function checkAssertions(assertions: readonly Assertion[], { replay, summaries }: ReplayResult): void {
  const [lane] = replay.lanes;
  const figures = { replay, lane, summary: summaries?.get(lane.name) as LaneSummary | undefined };
  for (const assertion of assertions) {
    const { value, failed } = assertion.check(figures);
    if (!failed) continue;
    warn(
      Number.isNaN(value)
        ? `--fail-on ${assertion.text} cannot be told: no labelled attack is in the log`
        : `--fail-on ${assertion.text} came true: it is ${value}`,
    );
    process.exitCode = EXIT.assertion;
  }
}
