import { expect, test } from 'vitest';
import { Tempo } from '#services/demo/tempo.ts';

function tempo(speed: number) {
  const wall = { ms: 1000 };
  return { wall, tempo: new Tempo(0, speed, () => wall.ms) };
}

test('simulated time passes at the speed asked for', () => {
  const { wall, tempo: t } = tempo(100);
  expect(t.waitMs(5000)).toBe(50);
  wall.ms += 30;
  expect(t.waitMs(5000)).toBe(20);
  wall.ms += 20;
  expect(t.waitMs(5000)).toBe(0);
});

test('a change of speed counts from the moment of the change', () => {
  const { wall, tempo: t } = tempo(100);
  wall.ms += 10; // simulated: 1000
  t.setSpeed(10);
  expect(t.waitMs(2000)).toBe(100);
  wall.ms += 50; // simulated: 1500
  t.setSpeed(1000);
  expect(t.waitMs(11_500)).toBe(10);
});

test('a slow machine holds simulated time back: what comes next is not hurried', () => {
  const { wall, tempo: t } = tempo(100);
  wall.ms += 10_000; // the portal was busy; simulated time would be at 1,000,000
  expect(t.waitMs(2000)).toBe(0);
  expect(t.waitMs(4000)).toBe(20);
});

test('an aborted wait ends at once', async () => {
  const { tempo: t } = tempo(1);
  await t.until(3_600_000, AbortSignal.abort());
  expect(t.waitMs(3_600_000)).toBe(3_600_000);
});
