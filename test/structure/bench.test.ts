import { expect, test } from 'vitest';
import { runBenches } from '../bench/main.ts';
import type { BenchEntry } from '../bench/registry.ts';
import { BENCHES } from '../bench/registry.ts';

/** The runner of `npm run bench`; what it measures is not repeated here. */

const sample = (name: string, given = `${name}_per_s`): BenchEntry => ({
  name,
  measures: `what ${name} does`,
  figures: [`${name}_per_s`],
  load: () => Promise.resolve(() => ({ [given]: { value: 2, unit: 'things/s', runs: [1, 2, 3] } })),
});

async function run(args: readonly string[], entries: readonly BenchEntry[] = [sample('first'), sample('second')]) {
  let stdout = '';
  let stderr = '';
  const code = await runBenches(args, entries, {
    out: (text) => {
      stdout += `${text}\n`;
    },
    err: (text) => {
      stderr += `${text}\n`;
    },
  });
  return { code, stdout, stderr };
}

test('everything without a name, otherwise what is named; one JSON object last', async () => {
  const all = await run([]);
  expect(all.code).toBe(0);
  const last = all.stdout.trimEnd().split('\n').at(-1)!;
  const figure = { value: 2, unit: 'things/s', runs: [1, 2, 3] };
  expect(JSON.parse(last)).toEqual({ figures: { first_per_s: figure, second_per_s: figure } });
  const one = await run(['second']);
  expect(JSON.parse(one.stdout)).toEqual({ figures: { second_per_s: figure } });
  expect(one.stderr).toContain('second_per_s 2 things/s');
});

test('an unknown name or option: exit code 2 and the list', async () => {
  for (const args of [['third'], ['--fast']]) {
    const wrong = await run(args);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('second_per_s');
  }
});

test('a bench that does not give the figures it promises is a failure', async () => {
  await expect(run(['first'], [sample('first', 'other')])).rejects.toThrow('bench first gave other');
});

test('figures have one name each, and every bench can be loaded', async () => {
  const names = BENCHES.flatMap((entry) => entry.figures);
  expect(new Set(names).size).toBe(names.length);
  for (const entry of BENCHES) expect(await entry.load()).toBeTypeOf('function');
});
