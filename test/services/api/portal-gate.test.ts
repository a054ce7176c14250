import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { probeToken } from '#libs/adapters/gateway-probe/token.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { AccountRestriction } from '#libs/model/action-record.ts';
import { createPortalGate } from '#services/api/portal-gate.ts';
import { sampleRestriction } from '../../support/sample-action.ts';
import { HOUR, T0 } from '../../support/sample-alert.ts';
import type { TokenIssuer } from '../../support/token-issuer.ts';
import { startTokenIssuer } from '../../support/token-issuer.ts';

describe('the gate of the portal', () => {
  let issuer: TokenIssuer;
  beforeAll(async () => {
    issuer = await startTokenIssuer();
  });
  afterAll(() => issuer.stop());

  const gateOn = (restrictions: AccountRestriction[], change = {}) =>
    createPortalGate({
      issuer: issuer.issuer,
      audience: 'portal',
      accountClaim: 'ext.account',
      strongAcr: ['2'],
      restrictions: createRestrictionList(restrictions),
      nowMs: () => T0,
      ...change,
    });
  const token = (claims = {}) =>
    issuer.sign({ aud: 'portal', exp: T0 / 1000 + 60, ext: { account: 'PS-000123' }, ...claims });

  it('knows the account by the claim that is configured', async () => {
    const restriction = sampleRestriction({ restriction: 'throttle', newPerHour: 5 });
    expect(await gateOn([restriction])(await token())).toEqual({ admitted: true, accountId: 'PS-000123', restriction });
    expect(await gateOn([])(await token({ ext: {} }))).toEqual({ admitted: false, why: 'invalid_token' });
    expect(await gateOn([])(await token({ ext: { account: 7 } }))).toEqual({ admitted: false, why: 'invalid_token' });
  });

  it('holds a suspension until its end, and no longer', async () => {
    const suspended = sampleRestriction({ untilMs: T0 + HOUR });
    expect(await gateOn([suspended])(await token())).toEqual({ admitted: false, why: 'suspended' });
    const over = sampleRestriction({ untilMs: T0 });
    expect(await gateOn([over])(await token())).toMatchObject({ admitted: true, restriction: undefined });
  });

  it('takes a second factor only where it is known to be later than the restriction', async () => {
    const gate = gateOn([sampleRestriction({ restriction: 'step_up', sinceMs: T0 - HOUR })]);
    const refused = { admitted: false, why: 'step_up' };
    expect(await gate(await token())).toEqual(refused);
    expect(await gate(await token({ acr: '2' }))).toEqual(refused);
    expect(await gate(await token({ acr: '1', auth_time: T0 / 1000 }))).toEqual(refused);
    expect(await gate(await token({ acr: '2', auth_time: (T0 - 2 * HOUR) / 1000 }))).toEqual(refused);
    expect(await gate(await token({ acr: '2', auth_time: T0 / 1000 }))).toMatchObject({ admitted: true });
  });

  it('checks a signature once a minute, never believes a token past its end, and what holds at each request', async () => {
    const passing = await startTokenIssuer();
    const clock = { nowMs: T0 };
    const restrictions = createRestrictionList();
    const gate = createPortalGate({
      issuer: passing.issuer,
      audience: 'portal',
      accountClaim: 'ext.account',
      strongAcr: ['2'],
      restrictions,
      nowMs: () => clock.nowMs,
    });
    const claims = { aud: 'portal', ext: { account: 'PS-000123' } };
    const long = await passing.sign({ ...claims, exp: T0 / 1000 + 600 });
    const short = await passing.sign({ ...claims, exp: T0 / 1000 + 30 });
    const verifying = vi.spyOn(crypto.subtle, 'verify');
    for (let i = 0; i < 5; i += 1) {
      for (const token of [long, short]) expect(await gate(token)).toMatchObject({ admitted: true });
    }
    expect(verifying).toHaveBeenCalledTimes(2);
    restrictions.put(sampleRestriction());
    expect(await gate(long)).toEqual({ admitted: false, why: 'suspended' });
    restrictions.put(sampleRestriction({ seq: 2, restriction: 'none' }));
    clock.nowMs += 30_000;
    expect(await gate(short)).toEqual({ admitted: false, why: 'invalid_token' });
    expect(await gate(long)).toMatchObject({ admitted: true });
    clock.nowMs += 30_000;
    const before = verifying.mock.calls.length;
    expect(await gate(long)).toMatchObject({ admitted: true });
    expect(verifying).toHaveBeenCalledTimes(before + 1);
    expect(await gate(`${long.slice(0, -4)}AAAA`)).toEqual({ admitted: false, why: 'invalid_token' });
    verifying.mockRestore();
    await passing.stop();
  });

  it('without the issuer’s keys cannot say who may go on, but still who may not', async () => {
    const away = { jwksUri: 'http://127.0.0.1:1/keys' };
    await expect(gateOn([], away)(await token())).rejects.toThrow();
    expect(await gateOn([sampleRestriction()], away)(await token())).toEqual({ admitted: false, why: 'suspended' });
    expect(await gateOn([], away)('not.a.token')).toEqual({ admitted: false, why: 'invalid_token' });
  });

  it('answers a probe as it would an old token, and never lets one through', async () => {
    const probeKey = Buffer.alloc(32, 3);
    const answer = async (restrictions: AccountRestriction[], key = probeKey, atMs = T0) =>
      gateOn(restrictions, { probeKey })(await probeToken(key, 'PS-000123', atMs));
    expect(await answer([])).toEqual({ admitted: false, why: 'probe_unhindered' });
    expect(await answer([sampleRestriction({ restriction: 'throttle', newPerHour: 5 })])).toMatchObject({
      why: 'probe_unhindered',
    });
    expect(await answer([sampleRestriction({ restriction: 'step_up' })])).toEqual({ admitted: false, why: 'step_up' });
    expect(await answer([sampleRestriction()])).toEqual({ admitted: false, why: 'suspended' });
    const invalid = { admitted: false, why: 'invalid_token' };
    expect(await answer([sampleRestriction()], Buffer.alloc(32, 4))).toEqual(invalid);
    expect(await answer([sampleRestriction()], probeKey, T0 - HOUR)).toEqual(invalid);
    expect(await gateOn([], {})(await probeToken(probeKey, 'PS-000123', T0))).toEqual(invalid);
  });
});
