import { existsSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { stringify } from 'yaml';
import type { Policy } from '#libs/model/policy/index.ts';
import { diffPolicies, policyJsonSchema, starterFile } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption } from '#services/cli/options.ts';
import { fail, note } from '#services/cli/terminal/message.ts';
import { formatTable } from '#services/cli/terminal/table.ts';
import { loadPolicy, problemText, readPolicy } from './load-policy.ts';

/** `vigie policy …`: everything one does with a policy file before it decides about anybody. */
export function registerPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .description('check, print, compare and start policy files')
    .addHelpText('after', '\nA file that is not valid ends with exit code 78 and a line for each problem.');

  policy
    .command('validate')
    .description('check policy files; says every problem with file, line, path and what is allowed')
    .argument('<file...>', 'policy files (YAML); - reads standard input')
    .addOption(formatOption())
    .action((files: string[], options: { format: OutputFormat }) => validate(files, options.format));

  policy
    .command('print')
    .description('print the effective policy, defaults written out')
    .argument('[file]', 'policy file; without one, the built-in defaults')
    .addOption(new Option('--format <format>', 'how it is written').choices(['yaml', 'json']).default('yaml'))
    .action((file: string | undefined, options: { format: 'yaml' | 'json' }) => {
      const loaded = loadPolicy(file);
      process.stdout.write(
        options.format === 'json'
          ? `${JSON.stringify(loaded.effective, null, 2)}\n`
          : `# digest ${loaded.digest}\n${stringify(loaded.effective)}`,
      );
    });

  policy
    .command('schema')
    .description('print the JSON Schema of the policy file')
    .action(() => {
      process.stdout.write(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
    });

  policy
    .command('diff')
    .description('compare two policies field by field')
    .argument('<from>', 'policy file')
    .argument('[to]', 'policy file; without one, <from> is compared with the built-in defaults')
    .addOption(formatOption())
    .action((from: string, to: string | undefined, options: { format: OutputFormat }) =>
      to === undefined
        ? printDiff(loadPolicy(undefined), loadPolicy(from), options.format)
        : printDiff(loadPolicy(from), loadPolicy(to), options.format),
    );

  policy
    .command('init')
    .description('write a commented policy file to start from')
    .argument('[file]', 'where to write it; without one, to stdout')
    .action((file: string | undefined) => {
      if (file === undefined) process.stdout.write(starterFile());
      else writeStarter(file);
    });
}

function validate(files: readonly string[], format: OutputFormat): void {
  const results = files.map((file) => ({ file, read: readPolicy(file) }));
  if (format === 'json') {
    const report = results.map(({ file, read }) =>
      read.ok ? { file, valid: true, digest: read.value.digest } : { file, valid: false, problems: read.error },
    );
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    for (const { file, read } of results) {
      if (read.ok) process.stdout.write(`${file}: valid, digest ${read.value.digest}\n`);
      else fail(problemText(read.error));
    }
  }
  if (results.some(({ read }) => !read.ok)) process.exitCode = EXIT.configuration;
}

function printDiff(from: Policy, to: Policy, format: OutputFormat): void {
  const differences = diffPolicies(from.effective, to.effective);
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify({ from: from.digest, to: to.digest, differences }, null, 2)}\n`);
    return;
  }
  if (differences.length === 0) {
    note('No difference: the two policies mean the same.');
    return;
  }
  const rows = differences.map((d) => [d.path, JSON.stringify(d.from) ?? '', JSON.stringify(d.to) ?? '']);
  process.stdout.write(`${formatTable(['field', 'from', 'to'], rows)}\n`);
}

function writeStarter(file: string): void {
  if (existsSync(file)) throw new CommandFailure(`${file} exists already and is left as it is; name another file`);
  try {
    writeFileSync(file, starterFile(), { flag: 'wx' });
  } catch (error) {
    throw new CommandFailure(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  note(`${file} written. Check it with: vigie policy validate ${file}`);
}
