import { median } from 'simple-statistics';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AttackFigures } from '../support/incident-run.ts';
import { simulateAndReplay } from '../support/incident-run.ts';

/**
 * What the detector must reach on thefts of several kinds, as a user would see it: `vigie simulate … | vigie replay -
 * --labels …`. The limit holds for every theft on the ladder (the first rung that restricts: second factor, throttle or
 * suspension) and for the median theft before the suspension; hospitals and laboratories, whose patients come from
 * everywhere, are left to the ladder.
 */
const CASES = [
  { name: 'fast sweep of NIR', attack: 'sweep', limit: 10 },
  { name: 'stolen national list, 60 an hour, small accounts', attack: 'stolen-list:size=small', limit: 30 },
  { name: 'stolen national list, 60 an hour, any account', attack: 'stolen-list', limit: 80 },
  { name: 'stolen national list, 5 an hour', attack: 'stolen-list:rate=5,days=14', limit: 40 },
] as const;
const EACH = 6;

let attacks: readonly AttackFigures[] = [];

beforeAll(async () => {
  const asked = Array.from({ length: EACH }, () => CASES.flatMap(({ attack }) => ['--attack', attack])).flat();
  const { replay } = await simulateAndReplay(['--seed', '41', '--accounts', '250', '--days', '48', ...asked], []);
  attacks = replay.labels.attacks;
});

const RESTRICTING = ['step_up', 'throttle', 'suspend'] as const;
const onLadder = ({ exposed }: AttackFigures): number => Math.min(...RESTRICTING.map((rung) => exposed[rung]!));

describe.each(CASES)('$name', ({ name, limit }) => {
  const own = (): AttackFigures[] => attacks.filter((_, i) => CASES[i % CASES.length]!.name === name);

  test(`exposes at most ${limit} before the first restriction, in each of ${EACH} thefts`, () => {
    const exposed = own().map(onLadder);
    process.stdout.write(
      `${name}: exposed before the first restriction ${exposed.join(', ')}; before the suspension ${own()
        .map((attack) => attack.exposed.suspend)
        .join(', ')}\n`,
    );
    expect(exposed).toHaveLength(EACH);
    expect(Math.max(...exposed)).toBeLessThanOrEqual(limit);
  });

  test(`exposes at most ${limit} before the suspension, in the median theft`, () => {
    expect(median(own().map((attack) => attack.exposed.suspend!))).toBeLessThanOrEqual(limit);
  });

  test('would have exposed far more if nobody had acted', () => {
    for (const attack of own()) expect(attack.exposed.if_nobody_acted!).toBeGreaterThan(5 * limit);
  });
});
