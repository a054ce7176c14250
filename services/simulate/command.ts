/** `vigie simulate`: labelled traffic of a portal with chosen attacks, as access events. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { interruption } from '#services/cli/interruption.ts';
import { wholeNumber } from '#services/cli/options.ts';
import { note } from '#services/cli/terminal/message.ts';
import type { KafkaAddress } from '#services/config/kafka-address.ts';
import { parseKafkaAddress } from '#services/config/kafka-address.ts';
import type { AttackSpec } from './attack-spec.ts';
import { ATTACK_NAMES, parseAttack } from './attack-spec.ts';
import { dayOf, isoDate } from './calendar.ts';
import type { SimulationConfig } from './config.ts';
import { ConfigError, DEFAULT_CONFIG } from './config.ts';
import { RESIDENCE_INDEX } from './france.ts';
import type { HardCase } from './hard-cases.ts';
import { HARD_CASES, RARE_CASES, USUAL_CASES } from './hard-cases.ts';
import type { Labels } from './labels.ts';
import { openByteSink } from './output.ts';
import { Pacer } from './pacer.ts';
import { loadScenario, scenarioNames } from './scenario.ts';
import type { Simulation } from './simulation.ts';
import { createSimulation } from './simulation.ts';

interface Options {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  readonly start: string;
  readonly attack: AttackSpec[];
  readonly scenario?: string;
  readonly hardCases: ReadonlySet<HardCase>;
  readonly departments: string[];
  readonly out: string;
  readonly to?: KafkaAddress;
  readonly config?: string;
  readonly labels?: string;
  readonly speed?: number;
}

const EXAMPLES = `
Attacks: ${ATTACK_NAMES.join(', ')}.
Each may be given values of its own: profession, size (small, medium, large), rate (look-ups an hour), days, start (days
after the first), hours (open, closed, evening, any), source (own, victim, hosting, mobile), shared (true: all accounts
from one place), accounts (how many), people (at most), account (a certain one), padding, forged, growth, cadence,
sorted (true: a list in the order of its NIR).

Hard cases: ${HARD_CASES.join(', ')} (${RARE_CASES.join(' and ')} only where they are named).

Examples:
  vigie simulate --attack sweep --labels labels.json | vigie replay - --labels labels.json
  vigie simulate --attack stolen-list:profession=optician,rate=60 --days 60 --out traffic.ndjson.zst
  vigie simulate --attack distributed:shared=true --accounts 2000 --days 45 --out - | head
  vigie simulate --scenario cegedim-2025 --labels labels.json --out cegedim.ndjson.zst
  vigie simulate --accounts 1000 --days 30 --start 2026-01-01 --hard-cases recheck,screening --out january.ndjson.gz
  vigie simulate --attack sweep --to kafka://broker:9093/portal.access --config vigie.yaml --speed 60

Exit codes: 0 done, 1 something cannot be written, 2 usage, 78 the configuration will not do, 130 interrupted.`;

/** Adds the command to the program. Exit codes: 0 done, 1 failure, 2 wrong use, 78 configuration. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('labelled traffic with chosen attacks, as access events')
    .option('--seed <n>', 'the same seed gives the same bytes', wholeNumber(0, 2 ** 32 - 1), DEFAULT_CONFIG.seed)
    .option('--accounts <n>', 'accounts at the start', wholeNumber(1, 1_000_000), DEFAULT_CONFIG.accounts)
    .option('--days <n>', 'length of the log', wholeNumber(1, 3660), DEFAULT_CONFIG.days)
    .option('--start <date>', 'first day, YYYY-MM-DD', date, DEFAULT_CONFIG.start)
    .addOption(
      new Option('--attack <name[:key=value,…]>', 'adds an attack; may be repeated')
        .argParser(collectAttack)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--scenario <name>',
        'traffic and thefts like those of an incident that happened; options that you give win over it',
      ).choices(scenarioNames()),
    )
    .addOption(
      new Option('--departments <codes>', 'where the accounts are, as 69,38,01')
        .argParser(departments)
        .default([], 'all of France'),
    )
    .addOption(
      new Option('--hard-cases <on|off|list>', 'what honest accounts do that looks like theft: all, nothing, or some')
        .argParser(hardCases)
        .default(DEFAULT_CONFIG.hardCases, 'on'),
    )
    .option('--out <file>', 'where the events go; - is standard output, .gz and .zst compress', '-')
    .option(
      '--to <address>',
      'appends the events to a Kafka topic in place of a file: kafka://host:port/topic',
      kafkaAddress,
    )
    .option('--config <file>', 'service configuration (YAML) that says how to sign in to Kafka: TLS, SASL')
    .option('--labels <file>', 'writes what was theft and what was an honest oddity, as JSON')
    .option(
      '--speed <factor>',
      'paces the events: 1 is real time, 60 a minute a second; as fast as it can by default',
      positive,
    )
    .addHelpText('after', EXAMPLES)
    .action(simulate);
}

async function simulate(options: Options, command: Command): Promise<void> {
  if (options.config !== undefined && options.to === undefined)
    throw new CommandFailure('--config says how to sign in to Kafka; there is no --to', EXIT.usage);
  const wished: Partial<SimulationConfig> = {
    seed: options.seed,
    accounts: options.accounts,
    days: options.days,
    start: options.start,
    attacks: options.attack,
    hardCases: options.hardCases,
    departments: options.departments,
  };
  try {
    await writeLog(createSimulation({ ...wished, ...scenarioConfig(options, command) }), options);
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandFailure(error.message, EXIT.usage);
    if (error instanceof Error && 'code' in error) throw new CommandFailure(`cannot write: ${error.message}`);
    throw error;
  }
}

/** The scenario's portal and thefts, less what the command line says itself; further attacks are added to its own. */
function scenarioConfig(options: Options, command: Command): Partial<SimulationConfig> {
  if (options.scenario === undefined) return {};
  const { title, config } = loadScenario(options.scenario);
  note(`${options.scenario}: ${title}`);
  const isOwn = (key: string): boolean => command.getOptionValueSource(key) === 'default';
  const kept = Object.fromEntries(Object.entries(config).filter(([key]) => isOwn(key) || key === 'professions'));
  return { ...kept, attacks: [...(config.attacks ?? []), ...options.attack] };
}

async function writeToKafka(simulation: Simulation, options: Options, to: KafkaAddress): Promise<void> {
  const began = performance.now();
  const pace = options.speed === undefined ? undefined : new Pacer(options.speed);
  const [{ sendToKafka }, { kafkaSignIn }] = await Promise.all([
    import('./kafka-output.ts'),
    import('#services/config/kafka-sign-in.ts'),
  ]);
  const { brokers, topic } = to;
  const target = { ...kafkaSignIn(options.config), brokers, topic };
  const sent = await sendToKafka(simulation.deliveries(), target, pace, interruption);
  if (options.labels !== undefined) await writeLabels(options.labels, simulation.labels());
  note(`${sent} events to ${to.topic} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function kafkaAddress(text: string): KafkaAddress {
  const address = parseKafkaAddress(text);
  if (!address.ok) throw new InvalidArgumentError(`${address.error}.`);
  return address.value;
}

async function writeLog(simulation: Simulation, options: Options): Promise<void> {
  // Into a pipe, the reader needs the labels with the first event: a run that only counts finds them out beforehand.
  if (options.labels !== undefined && options.out === '-') {
    for (const _ of simulation.decoded()) if (interruption.aborted) break;
    await writeLabels(options.labels, simulation.labels());
  }
  if (options.to !== undefined) {
    await writeToKafka(simulation, options, options.to);
    return;
  }
  const sink = openByteSink(options.out);
  const began = performance.now();
  const chunks = options.speed === undefined ? simulation.chunks() : paced(simulation, options.speed);
  for await (const chunk of chunks) {
    if (!(await sink.write(chunk)) || interruption.aborted) break;
  }
  await sink.close();
  const labels = simulation.labels();
  if (options.labels !== undefined && options.out !== '-') await writeLabels(options.labels, labels);
  const seconds = (performance.now() - began) / 1000;
  const where = options.out === '-' ? '' : ` to ${options.out}`;
  note(
    `${labels.events} events${where} in ${seconds.toFixed(1)} s, ${labels.benign.accountMonths} honest account-months`,
  );
  for (const a of labels.attacks) {
    const accounts = a.accounts.length === 1 ? a.accounts[0]! : `${a.accounts.length} accounts`;
    note(`${a.id} ${a.kind}: ${accounts}, ${a.start} to ${a.end}, ${a.exposed} people if nobody acts`);
  }
}

const writeLabels = (file: string, labels: Labels): Promise<void> =>
  writeFile(file, `${JSON.stringify(labels, undefined, 1)}\n`);

/** Lines no sooner than they are due. */
async function* paced(simulation: Simulation, speed: number): AsyncGenerator<string> {
  const pacer = new Pacer(speed);
  for (const { line, arrivalMs } of simulation.deliveries()) {
    if (pacer.waitMs(arrivalMs) > 0) await pacer.until(arrivalMs, interruption);
    yield `${line}\n`;
  }
}

function positive(text: string): number {
  const n = Number(text);
  if (!(n > 0) || !Number.isFinite(n)) throw new InvalidArgumentError('a number above 0.');
  return n;
}

function date(text: string): string {
  const day = dayOf(text);
  // The 30th of February is a number, but not the same date.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(day) || isoDate(day) !== text) {
    throw new InvalidArgumentError('a date as YYYY-MM-DD.');
  }
  return text;
}

function collectAttack(text: string, before: AttackSpec[]): AttackSpec[] {
  const attack = parseAttack(text);
  if (!attack.ok) throw new InvalidArgumentError(`${attack.error}.`);
  return [...before, attack.value];
}

function departments(text: string): string[] {
  const codes = text.split(',').map((code) => code.trim().toUpperCase());
  for (const code of codes)
    if (!RESIDENCE_INDEX.has(code)) throw new InvalidArgumentError(`no department is called "${code}".`);
  return codes;
}

function hardCases(text: string): ReadonlySet<HardCase> {
  if (text === 'on') return new Set(USUAL_CASES);
  if (text === 'off') return new Set();
  const names = text.split(',');
  for (const name of names) {
    if (!HARD_CASES.some((known) => known === name)) {
      throw new InvalidArgumentError(`no hard case is called "${name}"; there are ${HARD_CASES.join(', ')}.`);
    }
  }
  return new Set(HARD_CASES.filter((known) => names.includes(known)));
}
