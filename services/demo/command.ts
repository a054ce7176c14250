/** `vigie demo`: what `npm start` alone does. */
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { loadPseudonymKey } from '#libs/adapters/files/index.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';
import { interruption } from '#services/cli/interruption.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption, wholeNumber } from '#services/cli/options.ts';
import { note } from '#services/cli/terminal/message.ts';
import { createProgress } from '#services/cli/terminal/progress.ts';
import { VERSION } from '#services/cli/version.ts';
import { DEFAULT_DEMO, DEMO_ATTACKS } from './config.ts';
import { openDemoFolder } from './data-folder.ts';
import type { Demo } from './demo.ts';
import { openDemo } from './demo.ts';
import type { Story } from './story.ts';
import { Teller } from './teller.ts';
import type { Language, Words } from './words.ts';
import { LANGUAGES } from './words.ts';
import { ENGLISH } from './words-en.ts';
import { FRENCH } from './words-fr.ts';

interface Options {
  readonly once?: boolean;
  readonly seed: number;
  readonly attack: string;
  readonly data: string;
  readonly lang: Language;
  readonly format: OutputFormat;
}

const WORDS: Readonly<Record<Language, Words>> = { en: ENGLISH, fr: FRENCH };

const HELP = `
The story takes about half a minute. Without --once the simulated portal then goes on quietly until Ctrl-C.
Each start begins afresh in a sub-folder of the data folder; the one before it is kept, older ones are removed.
With --format json the story is told on stderr and its result is one object on stdout.

Exit codes: 0 the account was stopped and that was verified (--once), 1 it was not, or a demo runs already on the data
folder, 2 usage, 130 interrupted.`;

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('the whole product in one process: simulated portal, a stolen account, detection, the stop')
    .option('--once', 'end after the story')
    .option(
      '--seed <n>',
      'another region, another theft; the same seed gives the same traffic',
      wholeNumber(0, 2 ** 32 - 1),
      DEFAULT_DEMO.seed,
    )
    .addOption(new Option('--attack <name>', 'what the thief does').choices(DEMO_ATTACKS).default(DEFAULT_DEMO.attack))
    .option('--data <dir>', 'data folder', './data/demo')
    .addOption(new Option('--lang <language>', 'language of the story').choices(LANGUAGES).default('en'))
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(runDemo);
}

async function runDemo(options: Options): Promise<void> {
  const words = WORDS[options.lang];
  const teller = new Teller(words, options.lang, options.format === 'json' ? process.stderr : process.stdout);
  const path = resolve(options.data);
  const folder = openDemoFolder(path);
  try {
    const key = await loadPseudonymKey({ from: 'data_folder', folder: path });
    if (!key.ok) throw new CommandFailure(key.error);
    const shown = relative('.', folder.run) || folder.run;
    for (const line of words.opening(options.seed, shown)) teller.line(line);
    if (folder.removed.length > 0) note(words.removed(folder.removed));
    const progress = createProgress(words.progressUnit);
    const demo = await openDemo({
      config: { ...DEFAULT_DEMO, seed: options.seed, attack: options.attack },
      folder: shown,
      key: key.value,
      policy: defaultPolicy(),
      language: options.lang,
      productVersion: VERSION,
      teller,
      signal: interruption,
      onProgress: (count, done, of) => (done < of ? progress.update({ count, done, of }) : progress.clear()),
    });
    try {
      await playAndServe(demo, options, teller, words, shown);
    } finally {
      progress.clear();
      await demo.close();
    }
  } finally {
    folder.unlock();
  }
}

async function playAndServe(demo: Demo, options: Options, teller: Teller, words: Words, folder: string): Promise<void> {
  const story: Story | undefined = await demo.play();
  if (story !== undefined) {
    if (options.format === 'json') process.stdout.write(`${JSON.stringify(story)}\n`);
    if (options.once) {
      if (!story.stopped) throw new CommandFailure(words.notStopped(story.account));
      return;
    }
    teller.line();
    teller.say(words.serving);
    await demo.serve();
    if (!interruption.aborted) note(words.simulatedTimeOver);
  }
  if (interruption.aborted) note(words.interrupted(folder));
}
