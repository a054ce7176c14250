import { expect, test } from 'vitest';
import type { PlannedAction } from '#libs/model/action.ts';
import { Chronicle } from '#services/demo/chronicle.ts';
import { Moments } from '#services/demo/moments.ts';
import { Teller } from '#services/demo/teller.ts';
import { ENGLISH } from '#services/demo/words-en.ts';
import type { Delivery } from '#services/simulate/simulation.ts';

const SUSPENDED_MS = Date.UTC(2026, 2, 4, 9, 6, 31);

function story() {
  let told = '';
  const screen = {
    write: (text: string) => {
      told += text;
    },
  };
  const chronicle = new Chronicle('PS-1', new Teller(ENGLISH, 'en', screen), new Moments(), () => 0);
  const refuse = (seconds: number) =>
    chronicle.takeAnswer({ attackId: 'a', accountId: 'PS-1', arrivalMs: SUSPENDED_MS + seconds * 1000 } as Delivery, {
      refused: 'suspended',
      shownNewPerson: undefined,
    });
  const verify = () =>
    chronicle.takeAction(
      { accountId: 'PS-1', rung: 'suspend', timeMs: SUSPENDED_MS, exposed: 6 } as PlannedAction,
      'verified',
    );
  const order = () => [...told.matchAll(/STOPPED|refused/g)].map(([word]) => word);
  return { chronicle, refuse, verify, order };
}

test('a refusal that comes before the read-back of the stop is told after it, once', () => {
  const { refuse, verify, order } = story();
  refuse(26);
  refuse(90);
  expect(order()).toEqual([]);
  verify();
  refuse(150);
  expect(order()).toEqual(['STOPPED', 'refused']);
});

test('a refusal after the stop is told at once; one whose stop is never read back at the end', () => {
  const quick = story();
  quick.verify();
  quick.refuse(26);
  expect(quick.order()).toEqual(['STOPPED', 'refused']);
  const never = story();
  never.refuse(26);
  never.chronicle.tellEarlyRefusal();
  never.chronicle.tellEarlyRefusal();
  expect(never.order()).toEqual(['refused']);
});
