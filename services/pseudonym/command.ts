import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { createPseudonymiser } from '#libs/intake/index.ts';
import { pseudonymOfNir, pseudonymOfToken } from '#libs/intake/pseudonym-of.ts';
import { pseudonymKey } from '#services/baseline/pseudonym-key.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { interruption } from '#services/cli/interruption.ts';
import { fail, note } from '#services/cli/terminal/message.ts';

const HELP = `
Reads standard input, one NIR (or token) a line, and prints one pseudonym a line, in the same order. Nothing is taken from the
command line, which the shell's history and the list of processes would keep.

For planted people, who do not exist: whoever looks one up works through a list. Put the pseudonyms into the policy:

  vigie pseudonym --key 2026=pseudonym.key < planted.txt

  streams:
    honeytokens: [0123456789abcdef0123456789abcdef]

Another key makes other pseudonyms: give the id and file that the detector's configuration names. vigie replay recognises
planted people with the same --key only.

Exit codes: 0 done, 1 a line is no NIR (its number and why; then no pseudonym is printed), 2 usage, 78 the key will not do.`;

/** `vigie pseudonym`: how to name a person in a policy without writing down who it is. */
export function registerPseudonym(program: Command): void {
  program
    .command('pseudonym')
    .description('turn NIR from standard input into the pseudonyms that a policy may name')
    .requiredOption('--key <id=file>', 'the key that the detector pseudonymises people with')
    .option('--tokens', 'the lines are tokens (beneficiary.token), for a portal that sends no NIR')
    .addHelpText('after', HELP)
    // Refused below: the usual message repeats what was given.
    .allowExcessArguments()
    .action(printPseudonyms);
}

async function printPseudonyms(
  options: { readonly key: string; readonly tokens?: true },
  { args }: Command,
): Promise<void> {
  if (args.length > 0) {
    throw new CommandFailure('people are read from standard input, never from the command line', EXIT.usage);
  }
  const { key, tokens } = options;
  const pseudonymiser = createPseudonymiser(pseudonymKey(key));
  const pseudonymOf = tokens ? pseudonymOfToken : pseudonymOfNir;
  if (process.stdin.isTTY) note(`One ${tokens ? 'token' : 'NIR'} a line; Ctrl-D ends.`);
  const pseudonyms: string[] = [];
  let line = 0;
  let bad = 0;
  for await (const text of createInterface({ input: process.stdin, signal: interruption })) {
    const made = pseudonymOf(pseudonymiser, text);
    line++;
    if (made.ok) pseudonyms.push(made.value);
    else {
      bad++;
      fail(`line ${line}: ${made.error}`);
    }
  }
  if (interruption.aborted) return;
  if (bad > 0) throw new CommandFailure(`${bad} of ${line} lines cannot be used; nothing is printed`);
  if (line === 0) throw new CommandFailure('standard input was empty: one NIR a line is expected');
  process.stdout.write(`${pseudonyms.join('\n')}\n`);
}
