import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { runInProcess } from '../../support/run-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('validate: every problem of every file, exit code 78', async () => {
  const good = file('good.yaml', 'rungs: { suspend: 40 }\n');
  const bad = file('bad.yaml', 'rungs: { suspnd: 20 }\nquota: { hour: { factor: no } }\n');
  const missing = join(folder, 'missing.yaml');
  const run = await runInProcess(['policy', 'validate', good, bad, missing, folder]);
  expect(run.code).toBe(78);
  expect(run.stdout).toMatch(/good\.yaml: valid, digest [0-9a-f]{64}\n$/);
  expect(run.stderr).toContain('bad.yaml:1:10: rungs.suspnd: unknown field; did you mean suspend?');
  expect(run.stderr).toContain('bad.yaml:2:26: quota.hour.factor: ');
  expect(run.stderr).toContain('missing.yaml: the file does not exist');
  expect(run.stderr).toContain('the file is a directory');
  const json = await runInProcess(['policy', 'validate', '--format', 'json', bad]);
  expect(json.code).toBe(78);
  expect(JSON.parse(json.stdout)[0].problems[0]).toMatchObject({ line: 1, column: 10, path: 'rungs.suspnd' });
});

test('what print prints is the same policy again', async () => {
  const source = file('source.yaml', 'response: { mode: approve }\n');
  const printed = await runInProcess(['policy', 'print', source]);
  expect(printed.code).toBe(0);
  const same = await runInProcess(['policy', 'diff', source, file('printed.yaml', printed.stdout)]);
  expect(same).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('No difference') });
  const diff = await runInProcess(['policy', 'diff', '--format', 'json', source]);
  expect(JSON.parse(diff.stdout).differences).toContainEqual({
    path: 'response.mode.manager.critical',
    from: 'auto',
    to: 'approve',
  });
});

test('the published schema takes what validate takes', async () => {
  const schema = JSON.parse((await runInProcess(['policy', 'schema'])).stdout);
  const ajv = new Ajv2020({ allErrors: true });
  addFormats.default(ajv);
  const check = ajv.compile(schema);
  const printed = await runInProcess(['policy', 'print', '--format', 'json']);
  expect(check(JSON.parse(printed.stdout))).toBe(true);
  expect(check({ response: { mode: 'observe' } })).toBe(true);
  expect(check({ rungs: { suspend: 900 } })).toBe(false);
  expect(check({ rungz: {} })).toBe(false);
});

test('init writes a starter file once and never over another', async () => {
  const path = join(folder, 'new.yaml');
  expect((await runInProcess(['policy', 'init', path])).code).toBe(0);
  expect(parseYaml(readFileSync(path, 'utf8'))).toEqual({ version: 1 });
  const again = await runInProcess(['policy', 'init', path]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('exists already');
});

test('a calibration file is found beside the policy', async () => {
  file(
    'calibration.yaml',
    'version: 1\naccount_months: 9\nscores: [{ per_10000: 10, score: 12 }, { per_10000: 1, score: 16 }]\n',
  );
  const policy = file('budget.yaml', 'calibration: calibration.yaml\nrungs: { suspend: { per_10000: 1 } }\n');
  expect((await runInProcess(['policy', 'validate', policy])).code).toBe(0);
  const lost = await runInProcess(['policy', 'validate', file('lost.yaml', 'calibration: nowhere.yaml\n')]);
  expect(lost.code).toBe(78);
  expect(lost.stderr).toContain('lost.yaml: calibration: nowhere.yaml does not exist');
});
