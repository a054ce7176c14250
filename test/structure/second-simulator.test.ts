import { expect, test } from 'vitest';
import type { SourceFile } from '../support/source-files.ts';
import { sourceFiles } from '../support/source-files.ts';

/**
 * The second simulator guards against a detector that knows its own generator: it may share nothing with the product, and
 * the product nothing with it.
 */
const HERE = 'test/power/second/';
/** Measure with it, and see that it counts right. */
const USERS = ['test/scenarios/second-simulator.test.ts', 'test/structure/second-figures.test.ts'];

const shared = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ path, imports, packages }) => {
    if (USERS.includes(path)) return [];
    const isInside = path.startsWith(HERE);
    const crossing = imports.filter((target) => target.startsWith(HERE) !== isInside);
    const foreign = isInside ? packages.filter((name) => !name.startsWith('node:')) : [];
    return [...crossing, ...foreign].map((target) => `${path}: ${target}`);
  });

test('the second simulator and the product know each other by the command line only', () => {
  const files = sourceFiles(['libs', 'services', 'test']);
  expect(files.filter(({ path }) => path.startsWith(HERE)).length).toBeGreaterThan(20);
  expect(shared(files)).toEqual([]);
});

test('the rule sees what is shared', () => {
  const file = (path: string, imports: string[], packages: string[] = []): SourceFile => ({
    path,
    text: '',
    imports,
    runtimeImports: imports,
    packages,
  });
  expect(
    shared([
      file(`${HERE}a.ts`, [`${HERE}b.ts`, 'libs/base/assert.ts'], ['node:fs', 'simple-statistics']),
      file('services/simulate/c.ts', [`${HERE}portal/portal.ts`, 'libs/base/assert.ts']),
      file('test/libs/d.test.ts', ['libs/base/assert.ts']),
    ]),
  ).toEqual([
    `${HERE}a.ts: libs/base/assert.ts`,
    `${HERE}a.ts: simple-statistics`,
    `services/simulate/c.ts: ${HERE}portal/portal.ts`,
  ]);
});
