import { expect, it } from 'vitest';
import { cloudEventHeaders } from '#libs/formats/cloud-events.ts';
import { T0 } from '../../support/sample-alert.ts';

it('names the event in CloudEvents 1.0 headers', () => {
  const headers = cloudEventHeaders({ id: 'a1:2', source: '/vigie/responder', type: 'vigie.action', timeMs: T0 });
  expect(Object.fromEntries(headers)).toEqual({
    ce_specversion: '1.0',
    ce_id: 'a1:2',
    ce_source: '/vigie/responder',
    ce_type: 'vigie.action',
    ce_time: '2026-03-02T08:00:00.000Z',
    'content-type': 'application/json',
  });
});
