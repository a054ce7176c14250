import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '#services/cli/commands.ts';
import { VERSION } from '#services/cli/version.ts';
import { serviceConfigSchema } from '#services/config/schema.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { runVigie } from '../../support/run-vigie.ts';

test('--version and --help go to stdout and end with 0', async () => {
  const version = await runVigie(['--version']);
  expect(version).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  const help = await runVigie(['--help']);
  expect(help.code).toBe(0);
  expect(help.stderr).toBe('');
  for (const { name } of COMMANDS) expect(help.stdout).toContain(`\n  ${name} `);
});

test('an unknown command is a usage error with a suggestion', async () => {
  const run = await runVigie(['polcy']);
  expect(run.code).toBe(2);
  expect(run.stdout).toBe('');
  expect(run.stderr).toContain('Did you mean policy?');
});

test.each([
  [['policy', 'print', '--fromat', 'json']],
  [['policy', 'validate']],
  [['policy', 'print', '--format', 'xml']],
])('usage error: %j', async (args) => {
  const run = await runVigie(args);
  expect(run.code).toBe(2);
  expect(run.stdout).toBe('');
  expect(run.stderr).not.toBe('');
});

test('every listed command can be loaded and has its own help', async () => {
  for (const { name } of COMMANDS) {
    const run = await runInProcess([name, '--help']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`Usage: vigie ${name}`);
  }
});

test('help marks what a command cannot do without, and the configuration that it shows is a valid one', async () => {
  const { stdout } = await runInProcess(['start', '--help']);
  expect(stdout).toMatch(/--config <file> .*\(required\)/);
  const shown = stdout.split('\n').filter((line) => /^ {2}[a-z_]+: /.test(line));
  expect(shown.length).toBeGreaterThan(4);
  expect(serviceConfigSchema.parse(parse(shown.join('\n')))).toMatchObject({
    responder: { store_file: 'state/actions.db' },
  });
});
