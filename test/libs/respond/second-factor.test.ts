import { expect, it } from 'vitest';
import { isHoldersFactor } from '#libs/respond/index.ts';
import { DAY, T0 } from '../../support/sample-alert.ts';

it('a second factor is the holder’s where it was there a week before the incident, or nobody says since when', () => {
  expect(isHoldersFactor(undefined, T0)).toBe(true);
  expect(isHoldersFactor(T0 - 7 * DAY - 1, T0)).toBe(true);
  expect(isHoldersFactor(T0 - 7 * DAY, T0)).toBe(false);
  expect(isHoldersFactor(T0 + DAY, T0)).toBe(false);
});
