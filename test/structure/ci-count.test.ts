import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const COUNT = new URL('../../.ci/count.mjs', import.meta.url).pathname;

type Test = readonly [file: string, name: string, status: 'passed' | 'failed' | 'skipped' | 'todo'];

/** Runs the counting on a report of these tests, made as vitest makes it. */
function count(tests: readonly Test[], success = true) {
  const report = join(mkdtempSync(join(tmpdir(), 'vigie-count-')), 'report.json');
  const files = [...new Set(tests.map(([file]) => file))];
  const of = (status: string) => tests.filter((t) => t[2] === status).length;
  const testResults = files.map((name) => ({
    name: `/somewhere/${name}`,
    status: 'passed',
    assertionResults: tests.filter(([file]) => file === name).map(([, fullName, status]) => ({ fullName, status })),
  }));
  const numbers = { numPassedTests: of('passed'), numFailedTests: of('failed'), numPendingTests: of('skipped') };
  writeFileSync(report, JSON.stringify({ ...numbers, numTodoTests: of('todo'), success, testResults }));
  const { status, stdout } = spawnSync(process.execPath, [COUNT, report], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

describe('the count that CI ends with', () => {
  const passed: Test = ['test/libs/a.test.ts', 'a', 'passed'];
  const asRoot: Test = ['test/libs/a.test.ts', 'says that a file may not be read (not for root, who may)', 'skipped'];

  test('a skip whose reason is known is told and let be', () => {
    const logs = 'robots are found (skipped: VIGIE_REAL_LOGS names no folder with apache_logs)';
    expect(count([passed, asRoot, ['test/scenarios/b.test.ts', logs, 'skipped']])).toEqual({
      status: 0,
      lines: [`skipped: ${asRoot[1]}`, `skipped: ${logs}`, '1 passed, 0 failed, 2 skipped'],
    });
  });

  test.each([
    ['test/integration/kafka/detector.test.ts', 'detector on Kafka (skipped: no broker) killed', 'skipped'],
    ['test/integration/compose/compose.test.ts', 'image (not for root, who may)', 'skipped'],
    ['test/libs/a.test.ts', 'something without a reason', 'skipped'],
    ['test/libs/a.test.ts', 'something to come', 'todo'],
  ] satisfies Test[])('in %s a skipped "%s" is a failure', (...skipped) => {
    const { status, lines } = count([passed, asRoot, skipped]);
    expect(status).toBe(1);
    expect(lines).toContain(`skipped, and must not be: ${skipped[1]}`);
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 1 skipped');
  });

  test('a run that failed outside its tests, or left no report, is a failure', () => {
    expect(count([passed], false)).toMatchObject({ status: 1, lines: ['1 passed, 1 failed, 0 skipped'] });
    const none = spawnSync(process.execPath, [COUNT, '/nowhere'], { encoding: 'utf8' });
    expect([none.status, none.stdout]).toEqual([1, '0 passed, 1 failed, 0 skipped\n']);
  });
});
