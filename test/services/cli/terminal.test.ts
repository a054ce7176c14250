import { expect, test } from 'vitest';
import { createProgress, progressLine } from '#services/cli/terminal/progress.ts';
import { formatTable } from '#services/cli/terminal/table.ts';

test('the progress line has count, rate, share and time left', () => {
  expect(progressLine('events', { count: 300_000, done: 25, of: 100 }, 2_000)).toBe(
    '300,000 events  150,000/s  25 %  0:06 left',
  );
  expect(progressLine('events', { count: 10, done: 5, of: 0 }, 1_000)).toBe('10 events  10/s');
  expect(progressLine('events', { count: 1, done: 1, of: 10_000 }, 1_000)).toContain('2:46:39 left');
});

test('progress is shown on a terminal only, a few times a second, and taken away', () => {
  const written: string[] = [];
  let now = 0;
  const screen = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
  const progress = createProgress('events', screen, () => now);
  for (; now < 1000; now += 10) progress.update({ count: now, done: now, of: 1000 });
  expect(written.length).toBe(5);
  progress.clear();
  expect(written.at(-1)).toBe('\r\u001b[K');

  const silent = createProgress('events', { ...screen, isTTY: false }, () => now);
  silent.update({ count: 1, done: 1, of: 1 });
  silent.clear();
  expect(written.length).toBe(6);
});

test('tables put figures to the right and leave colour codes out of the count', () => {
  expect(
    formatTable(
      ['account', 'score'],
      [
        ['\u001b[31mPS-1\u001b[39m', 21.3],
        ['PS-22222', 8],
      ],
    ),
  ).toBe('account   score\n\u001b[31mPS-1\u001b[39m       21.3\nPS-22222      8');
});
