import { describe, expect, it } from 'vitest';
import { createPace } from '#services/api/pace.ts';
import { createRefusalLog } from '#services/api/refusal-log.ts';
import { MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { ANALYST, APPROVER, createApiBench, GATEWAY, VIEWER } from './api-bench.ts';

const ID = 'PS-000123';

describe('limits of the API', () => {
  it('who is signed in changes at most 600 things a minute; others, readers and the gateway’s counting go on', async () => {
    const { ask, clock } = createApiBench();
    const change = (who: string) => ask(who, 'POST', '/v1/breakers/close', { scope: 'suspend', reason: 'x' });
    for (let i = 0; i < 600; i += 1) expect((await change(APPROVER)).status).toBe(409);
    const refused = await change(APPROVER);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect((await ask(APPROVER, 'GET', '/v1/incidents')).status).toBe(200);
    expect((await ask(VIEWER, 'GET', '/v1/incidents')).status).toBe(200);
    expect((await ask(GATEWAY, 'POST', `/v1/restrictions/${ID}/new-person`)).status).toBe(204);
    clock.advance(MINUTE);
    expect((await change(APPROVER)).status).toBe(409);
  });

  it('a pace forgets everybody rather than grow, and a clock that was set back stops nobody for long', () => {
    const pace = createPace(1, MINUTE);
    expect([pace.wait('a', T0), pace.wait('a', T0 + 1), pace.wait('b', T0 + 1)]).toEqual([0, MINUTE - 1, 0]);
    expect(pace.wait('a', T0 - MINUTE)).toBe(0);
    for (let i = 0; i < 10_001; i += 1) pace.wait(`other ${i}`, T0);
    expect(pace.wait('b', T0 + 2)).toBe(0);
  });

  it('the log of refusals takes 60 lines a minute and says how many it left out', () => {
    const lines: unknown[] = [];
    let nowMs = T0;
    const log = createRefusalLog(
      (_level, event, fields) => void lines.push([event, fields]),
      () => nowMs,
    );
    for (let i = 0; i < 100; i += 1) log('api_token_refused', { i });
    expect(lines).toHaveLength(60);
    nowMs += MINUTE;
    log('api_token_refused', { i: 100 });
    log('api_token_refused', { i: 101 });
    expect(lines.slice(60)).toEqual([
      ['api_token_refused', { i: 100, left_out_before: 40 }],
      ['api_token_refused', { i: 101 }],
    ]);
  });

  it('a body of more than 64 KiB is not read', async () => {
    const { ask } = createApiBench();
    const reason = 'x'.repeat(65_536);
    expect((await ask(ANALYST, 'PUT', '/v1/incidents/a1f0/verdict', { verdict: 'true', reason })).status).toBe(413);
  });

  it('the same question to a holder is asked once, however often the portal shows it', async () => {
    const { ask, responder, store, clock } = createApiBench();
    await responder.onAlert(sampleAlert());
    const link = async (who: string) =>
      (await ask(who, 'POST', `/v1/accounts/${ID}/confirmation`, { hours: 1 })).body.link as string;
    const first = await link(GATEWAY);
    expect(await link(GATEWAY)).toBe(first);
    expect(await link(ANALYST)).not.toBe(first);
    clock.advance(40 * MINUTE);
    expect(await link(GATEWAY)).not.toBe(first);
    expect(await store.casesOf('confirmation', ID)).toHaveLength(3);
  });
});
