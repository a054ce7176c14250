import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { compilePolicy } from '#libs/decide/index.ts';
import { INPUT_FORMATS } from '#libs/intake/index.ts';
import { pseudonymKey } from '#services/baseline/pseudonym-key.ts';
import { refuseOverwriting, writeBaseline } from '#services/baseline/write-baseline.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption, wholeNumber } from '#services/cli/options.ts';
import { note, warn } from '#services/cli/terminal/message.ts';
import { loadPolicy } from '#services/policy/load-policy.ts';
import { readLabels } from '#services/replay/labels.ts';
import { sourceFormat } from '#services/replay/sources.ts';
import { calibrationText, readCalibration } from './calibration-file.ts';
import { driftsBetween } from './drift.ts';
import type { FoldedMonths, FoldMonthsOptions } from './fold-months.ts';
import { foldMonths } from './fold-months.ts';
import { calibrationOf, learnAllTails, learnScores, tailsOf } from './learn.ts';
import type { AccountMonth } from './monthly-maxima.ts';
import { policyForFolding, policyWith } from './policy-with.ts';
import { calibrationJson, calibrationReport } from './report.ts';
import type { CalibrationResult, RungCheck } from './result.ts';
import { checkOf, forecast, quotaCost, warningsOf } from './result.ts';

interface CalibrateOptions {
  readonly format: OutputFormat;
  readonly input: string;
  readonly mapping?: string;
  readonly policy?: string;
  readonly labels?: string;
  readonly warmUp: number;
  readonly margin: number;
  readonly check?: readonly string[];
  readonly checkFrom?: number;
  readonly against?: string;
  readonly out?: string;
  readonly force?: true;
  readonly strict?: true;
  readonly loudest: number;
  readonly baselineOut?: string;
  readonly withState?: true;
  readonly key?: string;
}

const HELP = `
The sources are what vigie replay reads (files; plain, gzip or zstd), in order of time. They are read twice: once for the
tails of the streams, once for the scores that these tails make; so standard input cannot be a source.

A month is 28 days after the warm-up; a month that the log ends in is left out, and so are accounts named as attacked in
--labels. Where too few months lie beyond a quantile it is continued by the heavier of an exponential and a Pareto law, and
marked. Bounds take months as independent; those of one account are not quite, so they are a little too narrow.

--baseline-out writes what groups of peers are like at the end of the sources, for a run to start from (--baseline); it takes one
more pass, under the policy with the calibration that --out writes, or without --out under the policy as it is.

Examples:
  vigie calibrate 2025/*.ndjson.zst --policy policy.yaml --out calibration.yaml
  vigie calibrate 2025/*.zst --check-from 2025-10-01 --out calibration.yaml   (the last months only check the first ones)
  vigie calibrate 2025/*.zst --check 2026/*.zst                               (another log checks)
  vigie calibrate 2026/*.zst --against calibration.yaml                       (has honest behaviour moved?)

Exit codes: 0 done, 1 a source cannot be read or has too few months, 2 usage, 3 with --strict a budget is broken on the
checked months or a stream has drifted, 78 the policy or a file is not valid, 130 interrupted.`;

/** `vigie calibrate SOURCE…`: an installation's own tails and thresholds, and what each rung will cost honest accounts. */
export function registerCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description('learn the tails and thresholds of an installation from its own months; touches no account')
    .argument('<source...>', 'files, oldest first')
    .addOption(formatOption())
    .option('--input <format>', `format of the log: auto, ${INPUT_FORMATS.join(', ')}`, 'auto')
    .option('--mapping <file>', 'mapping file (YAML) that says where a log of your own keeps its fields')
    .option('--policy <file>', 'policy file that the calibration is for; without one, the built-in defaults')
    .option('--labels <file>', 'accounts known to have been abused (JSON): their months teach nothing')
    .option(
      '--warm-up <days>',
      'days at the beginning that teach the detector and do not count',
      wholeNumber(0, 3660),
      42,
    )
    .option('--margin <factor>', 'measure each score at a budget so many times smaller', atLeastOne, 2)
    .option('--check <source...>', 'another log, to check the calibration on')
    .option('--check-from <date>', 'months from this day on check the calibration instead of being learnt from', date)
    .option('--against <file>', 'an earlier calibration: says which streams have drifted')
    .option('--out <file>', 'where the calibration file goes')
    .option('--force', 'write over a file that exists')
    .option('--baseline-out <file>', 'where what was learnt of groups of peers goes')
    .option('--with-state', 'and the whole state beside it (accounts, pseudonyms), to go on from as if live')
    .option('--key <id=file>', 'pseudonymise people with this key, as the detector does; needed only for --with-state')
    .option('--strict', 'end with exit code 3 if a budget is broken or a stream has drifted')
    .option('--loudest <n>', 'months listed that carry the tail', wholeNumber(0, 1000), 10)
    .addHelpText('after', HELP)
    .action(calibrate);
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 1 && value <= 100))
    throw new InvalidArgumentError('A number from 1 to 100 is needed.');
  return value;
}

function date(text: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(ms))
    throw new InvalidArgumentError('A date like 2026-03-01 is needed.');
  return ms;
}

async function calibrate(paths: readonly string[], options: CalibrateOptions): Promise<void> {
  refuseMisuse(paths, options);
  refuseOverwriting(options);
  const labels = options.labels === undefined ? undefined : readLabels(options.labels);
  const fold: FoldMonthsOptions = {
    format: sourceFormat(options.input, options.mapping),
    key: pseudonymKey(options.key),
    warmUpDays: options.warmUp,
    excluded: new Set(labels?.attacks.flatMap((attack) => attack.accounts)),
  };
  const earlier = options.against === undefined ? undefined : readCalibration(options.against);
  const result = await learn(paths, options, fold, earlier);
  if (result === undefined) {
    note('Interrupted; nothing is written, since the result would be of a part only.');
    return;
  }
  if (options.out !== undefined) {
    writeFileSync(options.out, calibrationText(result.calibration), { flag: options.force ? 'w' : 'wx' });
    note(`${options.out} written.`);
  }
  if (options.baselineOut !== undefined && !(await learnBaseline(paths, options, fold, result.calibration))) return;
  const asJson = options.format === 'json';
  process.stdout.write(
    asJson ? `${JSON.stringify(calibrationJson(result))}\n` : calibrationReport(result, options.loudest),
  );
  for (const line of result.folded.replay.rejections.lines()) note(line);
  if (result.folded.replay.truncated) process.exitCode = EXIT.failure;
  const broken = result.check?.filter(({ verdict }) => verdict === 'broken') ?? [];
  for (const { cost } of broken) warn(`the budget of ${cost.rung} was broken on the checked months`);
  if (options.strict && (broken.length > 0 || (result.drifts?.length ?? 0) > 0)) process.exitCode = EXIT.assertion;
}

/** Folds the log under the policy that is to be used from now on. @returns false where the user interrupted it */
async function learnBaseline(
  paths: readonly string[],
  options: CalibrateOptions,
  fold: FoldMonthsOptions,
  calibration: CalibrationResult['calibration'],
): Promise<boolean> {
  const { policy: file, out } = options;
  const policy = out === undefined ? loadPolicy(file) : policyWith(file, calibration);
  const folded = await foldMonths(paths, policy, fold);
  if (folded === undefined) {
    note(`Interrupted; ${options.baselineOut} is not written.`);
    return false;
  }
  const { lanes, fromMs, toMs, events, accounts } = folded.replay;
  const { digest: policyDigest } = policy;
  const learntFrom = { policyDigest, keyId: fold.key.id, fromMs, toMs, events, accounts: accounts.size };
  for (const line of writeBaseline(options, lanes[0].pipeline, learntFrom)) note(line);
  return true;
}

function refuseMisuse(paths: readonly string[], { check = [], checkFrom, out, force }: CalibrateOptions): void {
  if ([...paths, ...check].includes('-')) {
    throw new CommandFailure('a calibration reads its sources twice: write them to files first', EXIT.usage);
  }
  if (check.length > 0 && checkFrom !== undefined) {
    throw new CommandFailure('give either --check or --check-from, not both', EXIT.usage);
  }
  if (out !== undefined && !force && existsSync(out)) {
    throw new CommandFailure(`${out} exists; --force writes over it`, EXIT.usage);
  }
}

async function learn(
  paths: readonly string[],
  { policy: policyFile, margin, check, checkFrom, against }: CalibrateOptions,
  fold: FoldMonthsOptions,
  earlier: ReturnType<typeof readCalibration> | undefined,
): Promise<CalibrationResult | undefined> {
  const learnable = ({ months, span }: FoldedMonths): AccountMonth[] =>
    months.filter((m) => checkFrom === undefined || span(m.month).toMs <= checkFrom);

  const firstPolicy = policyForFolding(policyFile);
  const first = await foldMonths(paths, firstPolicy, fold);
  if (first === undefined) return undefined;
  const compiled = compilePolicy(firstPolicy.detection);
  const learntTails = learnAllTails(learnable(first), compiled);
  const { tails } = learntTails;
  const secondPolicy = policyForFolding(policyFile, tailsOf(learntTails));
  const folded = await foldMonths(paths, secondPolicy, fold);
  if (folded === undefined) return undefined;
  const learntFrom = learnable(folded);
  const scores = learnScores(
    learntFrom.map((m) => m.score),
    margin,
  );
  const suspendScores = learnScores(
    learntFrom.map((m) => m.suspendScore),
    margin,
  );
  if (scores.length < 2) {
    throw new CommandFailure(
      `${learntFrom.length} honest account-months are too few to learn from: a month is 28 days after ${fold.warmUpDays} days of warm-up, and ${folded.unfinished} account-months had no end`,
    );
  }
  const toMs = Math.max(...learntFrom.map((m) => folded.span(m.month).toMs));
  const calibration = calibrationOf({
    months: learntFrom,
    fromMs: folded.fromMs,
    toMs: toMs - 1,
    margin,
    learntTails,
    scores,
    suspendScores,
  });
  const rungs = forecast(learntFrom, firstPolicy, calibration);
  const checked = await checkedMonths(paths, folded, policyFile, calibration, { check, checkFrom, fold });
  if (checked === 'interrupted') return undefined;
  return {
    folded: { ...folded, toMs },
    learntFrom,
    calibration,
    tails,
    classes: learntTails.classes,
    scores,
    suspendScores,
    rungs,
    quota: quotaCost(learntFrom, secondPolicy),
    check: checked,
    drifts: against === undefined || earlier === undefined ? undefined : driftsBetween(earlier, calibration),
    warnings: warningsOf(learntFrom, tails, rungs, margin),
  };
}

/** Folds once more with the finished policy and counts what it really did in months that nothing was learnt from. */
async function checkedMonths(
  paths: readonly string[],
  folded: FoldedMonths,
  policyFile: string | undefined,
  calibration: CalibrationResult['calibration'],
  {
    check,
    checkFrom,
    fold,
  }: { check: readonly string[] | undefined; checkFrom: number | undefined; fold: FoldMonthsOptions },
): Promise<readonly RungCheck[] | undefined | 'interrupted'> {
  if (check === undefined && checkFrom === undefined) return undefined;
  const policy = policyWith(policyFile, calibration);
  const again = await foldMonths(check ?? paths, policy, fold);
  if (again === undefined) return 'interrupted';
  const months = again.months.filter((m) => checkFrom === undefined || folded.span(m.month).fromMs >= checkFrom);
  if (months.length === 0) throw new CommandFailure('no whole month is left to check on');
  return checkOf(months, policy, calibration);
}
