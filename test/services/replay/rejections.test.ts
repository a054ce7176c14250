import { describe, expect, it } from 'vitest';
import { Rejections } from '#services/replay/rejections.ts';

describe('records that were not taken', () => {
  const at = (field: string, position: number) => ({ source: 'a.ndjson', position, field });

  it('are told with the names that a field takes, each field once, and what to do about others', () => {
    const rejections = new Rejections();
    for (const [i, field] of ['account.profession', 'account.profession', 'channel', 'rows'].entries()) {
      rejections.add('wrong_value', at(field, i + 1));
    }
    expect(rejections.lines()).toEqual([
      '4 records rejected as wrong_value: a.ndjson:1 (account.profession), a.ndjson:2 (account.profession), ' +
        'a.ndjson:3 (channel), a.ndjson:4 (rows). account.profession is one of other, pharmacist, optician, audiologist, ' +
        'dentist, physician, laboratory, hospital, nurse, physiotherapist, radiology, ambulance, payer; ' +
        'channel is one of web, api. A mapping says what other names stand for',
    ]);
  });

  it('are told without them where the field takes anything, or has another type', () => {
    const rejections = new Rejections();
    rejections.add('wrong_value', at('rows', 1));
    rejections.add('wrong_type', at('channel', 2));
    expect(rejections.lines()).toEqual([
      '1 record rejected as wrong_value: a.ndjson:1 (rows)',
      '1 record rejected as wrong_type: a.ndjson:2 (channel)',
    ]);
  });
});
