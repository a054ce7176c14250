import { expect, test } from 'vitest';
import { createLogger, errorFields } from '#libs/telemetry/log-line.ts';

const logged = (level?: Parameters<typeof createLogger>[3]) => {
  const lines: string[] = [];
  return {
    lines,
    log: createLogger(
      'detector',
      () => 0,
      (line) => lines.push(line),
      level,
    ),
  };
};

test('a line is one JSON object with time, level, service and event first', () => {
  const { lines, log } = logged();
  log('warn', 'partition_fenced', { partition: 3, nothing: undefined });
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","service":"detector","event":"partition_fenced","partition":3}\n',
  ]);
});

test.each([
  ['debug', 4],
  ['info', 3],
  ['error', 1],
] as const)('from %s on, %i of the four levels are written', (level, count) => {
  const { lines, log } = logged(level);
  for (const each of ['debug', 'info', 'warn', 'error'] as const) log(each, 'something');
  expect(lines).toHaveLength(count);
});

test('a field is bounded, and says that it was cut', () => {
  const { lines, log } = logged();
  log('error', 'failed', errorFields(new RangeError(`${'x'.repeat(2000)}\n`)));
  const { error, message } = JSON.parse(lines[0]!);
  expect(error).toBe('RangeError');
  expect(message).toBe(`${'x'.repeat(500)}… (2001 characters)`);
  expect(lines[0]!.trimEnd()).not.toContain('\n');
});
