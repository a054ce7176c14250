import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_TIME } from '#libs/intake/event-time.ts';
import type { TimeReader } from '#libs/intake/mapping/time-format.ts';
import { timeReader } from '#libs/intake/mapping/time-format.ts';

function reader(format: string, zone?: string): TimeReader {
  const made = timeReader(format, zone);
  if (typeof made === 'string') throw new Error(made);
  return made;
}
const iso = (ms: number): string => (ms === NO_TIME ? 'none' : new Date(ms).toISOString());

describe('time formats', () => {
  it.each([
    ['clf', undefined, '17/May/2015:10:05:03 +0000', '2015-05-17T10:05:03.000Z'],
    ['clf', undefined, '17/may/2015:10:05:03 -0330', '2015-05-17T13:35:03.000Z'],
    ['clf', undefined, '31/Apr/2015:10:05:03 +0000', 'none'],
    ['clf', undefined, '17/Mai/2015:10:05:03 +0000', 'none'],
    ['epoch_s', undefined, '1772439153.5', '2026-03-02T08:12:33.500Z'],
    ['epoch_ms', undefined, '1772439153123', '2026-03-02T08:12:33.123Z'],
    ['epoch_s', undefined, '-5', 'none'],
    ['rfc3339', undefined, '2026-03-02T08:12:33+01:00', '2026-03-02T07:12:33.000Z'],
    ['yyyy-MM-dd HH:mm:ss,SSS', 'UTC', '2026-03-02 08:12:33,045', '2026-03-02T08:12:33.045Z'],
    ['yyyy-MM-dd HH:mm:ss,SSS', 'UTC', '2026-03-02 08:12:33.045', 'none'],
    ['yyyyMMdd', 'Europe/Paris', '20260302', '2026-03-01T23:00:00.000Z'],
    ['dd/MM/yyyy HH:mm:ss', '+05:30', '02/03/2026 08:12:33', '2026-03-02T02:42:33.000Z'],
    ['dd/MM/yyyy HH:mm', 'Europe/Paris', '29/03/2026 01:59', '2026-03-29T00:59:00.000Z'],
    ['dd/MM/yyyy HH:mm', 'Europe/Paris', '29/03/2026 03:00', '2026-03-29T01:00:00.000Z'],
    ['dd/MM/yyyy HH:mm', 'Europe/Paris', '25/10/2026 02:30', '2026-10-25T01:30:00.000Z'],
    ['dd/MM/yyyy HH:mm', 'Indian/Reunion', '02/03/2026 10:00', '2026-03-02T06:00:00.000Z'],
    ["yyyy-MM-dd'T'HH:mmXXX", undefined, "2026-03-02'T'08:12Z", 'bad format'],
  ])('%s (%s) reads %s as %s', (format, zone, text, expected) => {
    const made = timeReader(format, zone);
    expect(typeof made === 'string' ? 'bad format' : iso(made(text))).toBe(expected);
  });

  it('reads any local time of Paris back, but for the hour that comes twice', () => {
    const read = reader('dd/MM/yyyy HH:mm:ss', 'Europe/Paris');
    const local = new Intl.DateTimeFormat('fr-FR', {
      timeZone: 'Europe/Paris',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2035, 0) / 1000 }), (seconds) => {
        const got = read(local.format(seconds * 1000).replace(',', ''));
        const error = got - seconds * 1000;
        expect(error === 0 || (error === 3_600_000 && new Date(got).getUTCMonth() === 9)).toBe(true);
      }),
    );
  });
});
