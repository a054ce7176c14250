import { expect, test } from 'vitest';
import type { SourceFile } from '../support/source-files.ts';
import { reachedFrom, sourceFiles } from '../support/source-files.ts';

/**
 * Who may import whom: base <- model <- {intake, evidence, baseline, decide, respond, formats} <- pipeline;
 * model <- ports <- adapters; only services import adapters and telemetry. What can disable somebody stays out of reach of
 * what only looks.
 */

const CORE = ['intake', 'evidence', 'baseline', 'decide', 'respond', 'formats'] as const;
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ['base'],
  ...Object.fromEntries(CORE.map((lib) => [lib, ['base', 'model']])),
  pipeline: ['base', 'model', ...CORE],
  ports: ['base', 'model'],
  adapters: ['base', 'model', 'ports'],
  telemetry: ['base', 'model'],
};

const files = sourceFiles(['libs', 'services']);
const libOf = (path: string): string | undefined => /^libs\/([^/]+)\//.exec(path)?.[1];

function wrongImports(all: readonly SourceFile[]): string[] {
  return all.flatMap(({ path, imports }) => {
    const lib = libOf(path);
    return imports
      .filter((target) => {
        const other = libOf(target);
        if (lib === undefined)
          return other === undefined && !target.startsWith('services/') && target !== 'package.json';
        return other !== lib && !(other !== undefined && MAY_IMPORT[lib]?.includes(other));
      })
      .map((target) => `${path} imports ${target}`);
  });
}

test('libs import only what lies below them', () => {
  expect(wrongImports(files)).toEqual([]);
});

test('the rule sees a wrong import', () => {
  const file = (path: string, ...imports: string[]): SourceFile => ({
    path,
    text: '',
    imports,
    runtimeImports: imports,
    packages: [],
  });
  expect(
    wrongImports([
      file('libs/evidence/a.ts', 'libs/decide/index.ts', 'libs/model/codes.ts'),
      file('libs/pipeline/b.ts', 'libs/adapters/kafka/index.ts', 'libs/respond/index.ts'),
      file('libs/model/c.ts', 'services/cli/main.ts'),
      file('services/replay/d.ts', 'libs/adapters/files/index.ts', 'test/support/e.ts'),
    ]),
  ).toEqual([
    'libs/evidence/a.ts imports libs/decide/index.ts',
    'libs/pipeline/b.ts imports libs/adapters/kafka/index.ts',
    'libs/model/c.ts imports services/cli/main.ts',
    'services/replay/d.ts imports test/support/e.ts',
  ]);
});

test('every lib has its line in the rule', () => {
  const libs = new Set(files.map((file) => libOf(file.path)).filter((lib) => lib !== undefined));
  expect([...libs].filter((lib) => !(lib in MAY_IMPORT))).toEqual([]);
});

test('nothing imports a file that does not exist', () => {
  const known = new Set([...files.map((file) => file.path), 'package.json']);
  expect(files.flatMap((f) => f.imports.filter((i) => !known.has(i)).map((i) => `${f.path} imports ${i}`))).toEqual([]);
});

test.each(['replay', 'simulate', 'calibrate'])('%s cannot reach anything that touches an account', (service) => {
  const starts = files.map((file) => file.path).filter((path) => path.startsWith(`services/${service}/`));
  expect(starts.length).toBeGreaterThan(0);
  const connectors = new Set(
    files
      .filter((file) => file.path.startsWith('libs/adapters/') && file.imports.includes('libs/ports/accounts.ts'))
      .map((file) => file.path),
  );
  expect(connectors.size).toBeGreaterThan(0);
  const ways = [...reachedFrom(starts, files)].filter(
    ([path]) => connectors.has(path) || path.startsWith('services/responder/'),
  );
  expect(ways.map(([, way]) => way.join(' > '))).toEqual([]);
});

/** What decides is a pure function of its inputs: the same log gives the same alerts, wherever and whenever it is folded. */
const PURE = ['base', 'model', 'evidence', 'baseline', 'decide', 'respond', 'pipeline', 'formats'];
const IMPURE = [
  /\bDate\.now\(/,
  /\bnew Date\(\)/,
  /\bMath\.random\(/,
  /\bperformance\.now\(/,
  /\bprocess\./,
  /\bconsole\./,
  /\bset(?:Timeout|Interval|Immediate)\(/,
  /\bawait\b/,
  /\bfetch\(/,
];
const IMPURE_MODULES = /^node:(?:fs|net|http|https|child_process|timers|os|worker_threads|dgram|dns|tls)/;

test('the core has no clock, random number, environment, log or I/O', () => {
  const found = files
    .filter((file) => PURE.includes(libOf(file.path) ?? ''))
    .flatMap((file) => {
      const code = file.text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
      const words = IMPURE.filter((pattern) => pattern.test(code)).map((pattern) => `${file.path}: ${pattern.source}`);
      const modules = file.packages.filter((name) => IMPURE_MODULES.test(name)).map((name) => `${file.path}: ${name}`);
      return [...words, ...modules];
    });
  expect(found).toEqual([]);
});

test('files do not need each other in circles', () => {
  const circles = files
    .filter((file) => reachedFrom(file.runtimeImports, files).has(file.path))
    .map((file) => file.path);
  expect(circles).toEqual([]);
});
