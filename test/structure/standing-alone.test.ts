import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/source-files.ts';

/**
 * The repository must mean the same on any machine: nothing in it names the place where it was written. Words are put
 * together from parts, so that this file does not name them either.
 */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['a folder of somebody’s machine', new RegExp(`(?<![\\w.~$}/-])/(?:${['work', 'Users', 'home'].join('|')})/[a-z]`)],
  ['a package registry’s host', new RegExp(['registry', 'npmjs', 'org'].join('\\.'))],
  ['a mirror of packages', /"resolved":\s*"https?:/],
];

/** Files that may: container images have users with homes. */
const EXEMPT = /^deploy\/images\//;

function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return listed.split('\0').filter((path) => path !== '' && !EXEMPT.test(path));
}

const offences = (path: string, text: string): string[] =>
  FORBIDDEN.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${path} names ${what}`);

test('no file names a machine, its folders or its package hosts', () => {
  const files = trackedFiles();
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((path) => {
    try {
      return offences(path, readFileSync(join(ROOT, path), 'utf8'));
    } catch {
      return []; // Deleted but not committed yet.
    }
  });
  expect(found).toEqual([]);
});

test('the patterns find what they are for', () => {
  const slash = '/';
  expect(offences('a', `x = '${slash}work${slash}data'`)).toEqual(['a names a folder of somebody’s machine']);
  expect(offences('a', `"${'resolved'}": "https:${slash}${slash}mirror.example/x.tgz"`)).toHaveLength(1);
  expect(offences('a', `see ./work${slash}x and node_modules${slash}home${slash}y`)).toEqual([]);
});
