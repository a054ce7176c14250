/** `vigie doctor`: looks at everything that is configured and says what is wrong and what to do about it. */
import { styleText } from 'node:util';
import type { Command } from 'commander';
import { EXIT } from '#services/cli/exit-code.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption } from '#services/cli/options.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { examineAll } from './examine-all.ts';
import type { Finding } from './finding.ts';

/** Adds the command to the program. Exit codes: 0 nothing is wrong (warnings aside), 1 something is, 78 configuration. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at everything that is configured and say what is wrong and what to do; changes nothing')
    .requiredOption('--config <file>', 'configuration of the service (YAML)')
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is wrong (warnings aside), 1 something is, 2 usage, 78 the configuration cannot be read.',
    )
    .action(async ({ config, format }: { config: string; format: OutputFormat }) => {
      const findings = await examineAll(loadServiceConfig(config), Date.now);
      const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
      const warnings = findings.filter(({ verdict }) => verdict === 'warning').length;
      process.stdout.write(
        format === 'json'
          ? `${JSON.stringify({ problems, warnings, findings }, null, 2)}\n`
          : `${findingsText(findings)}\n${problems} problems, ${warnings} warnings\n`,
      );
      if (problems > 0) process.exitCode = EXIT.failure;
    });
}

const SIGNS = {
  ok: ['ok     ', 'green'],
  warning: ['warning', 'yellow'],
  problem: ['problem', 'red'],
} as const;

/** One line a finding, and under it what to do. */
export function findingsText(findings: readonly Finding[]): string {
  return findings
    .map(({ part, verdict, found, todo }) => {
      const [sign, colour] = SIGNS[verdict];
      const line = `${styleText(colour, sign, { stream: process.stdout })}  ${part}: ${found}`;
      return todo === '' ? line : `${line}\n         -> ${todo}`;
    })
    .join('\n');
}
