import type { Option } from 'commander';
import { Command, CommanderError, Help } from 'commander';
import type { CommandEntry } from './commands.ts';
import { COMMANDS } from './commands.ts';
import { CommandFailure, EXIT } from './exit-code.ts';
import { interruption } from './interruption.ts';
import { fail, note } from './terminal/message.ts';
import { VERSION } from './version.ts';

/** The command that runs when none is named. */
const DEFAULT_COMMAND = 'demo';

/**
 * Runs one command line and says how it went. Never throws and never ends the process: the caller does.
 * @param args what follows the program's name
 */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly CommandEntry[] = COMMANDS,
): Promise<number> {
  try {
    const line = args.length === 0 && commands.some((c) => c.name === DEFAULT_COMMAND) ? [DEFAULT_COMMAND] : args;
    const program = await buildProgram(line, commands);
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    return exitCodeOf(error);
  }
  return interruption.aborted ? EXIT.interrupted : Number(process.exitCode ?? EXIT.done);
}

/** The program with the named command loaded; the others are only listed. */
async function buildProgram(args: readonly string[], commands: readonly CommandEntry[]): Promise<Command> {
  const program = new Command('vigie')
    .description(
      'Watches the access log of a tiers-payant portal, learns what is normal for each account, and stops the one that looks up people en masse.',
    )
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'show help')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false, optionDescription })
    .addHelpText(
      'after',
      '\nMessages go to stderr, results to stdout. NO_COLOR is honoured.\nExit codes: 0 done, 1 failure, 2 usage, 3 a --fail-on came true, 78 bad configuration, 130 interrupted.',
    );
  const operands = args.filter((arg) => !arg.startsWith('-'));
  const wanted = operands[0] === 'help' ? operands[1] : operands[0];
  for (const entry of commands) {
    if (entry.name === wanted) (await entry.load())(program);
    else program.command(entry.name).description(entry.summary);
  }
  return program;
}

/** As Commander describes an option, and whether the command cannot do without. */
function optionDescription(this: Help, option: Option): string {
  const text = Help.prototype.optionDescription.call(this, option);
  return option.mandatory ? `${text} (required)` : text;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has said what it had to say. Asking for help or the version is no error.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (interruption.aborted) return EXIT.interrupted;
  if (error instanceof CommandFailure) {
    fail(error.message);
    return error.exitCode;
  }
  fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  note('This is a bug in Vigie: please report it with the lines above.');
  return EXIT.failure;
}
