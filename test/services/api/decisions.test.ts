import { describe, expect, it } from 'vitest';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { HOUR, MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { sampleCampaign } from '../../support/sample-campaign.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';
import { told } from '../responder/bench.ts';
import { ANALYST, APPROVER, AUDITOR, createApiBench, GATEWAY, OTHER_APPROVER, VIEWER } from './api-bench.ts';

const ID = 'PS-000123';
const ASK = {
  mode: {
    ...samplePolicy().mode,
    professional: { ...samplePolicy().mode.professional, critical: 'approve' },
  } as const,
};

describe('incidents', () => {
  it('are listed newest first, and the answer says when there are more', async () => {
    const { ask, responder } = createApiBench();
    await responder.onAlert(sampleAlert());
    await responder.onAlert(sampleAlert({ id: 'later', timeMs: T0 + MINUTE, account: { id: 'PS-000001' } }));
    const one = await ask(VIEWER, 'GET', '/v1/incidents?limit=1');
    expect(one.body).toMatchObject({ items: [{ id: 'later', restriction: 'suspended', verdict: null }], more: true });
    const all = await ask(VIEWER, 'GET', '/v1/incidents');
    expect(all.body.more).toBe(false);
    expect(all.body.items[1]).toMatchObject({ id: 'a1f0', account: { id: ID }, time: '2026-03-02T08:00:00.000Z' });
  });

  it('show what was done, what was found out and what the holder said', async () => {
    const { ask, responder } = createApiBench();
    await responder.onAlert(sampleAlert());
    const put = await ask(ANALYST, 'PUT', '/v1/incidents/a1f0/verdict', { verdict: 'true', reason: 'holder was away' });
    expect(put).toMatchObject({ status: 200, body: { verdict: 'true', by: 'Anne Martin (anne)' } });
    const { body } = await ask(VIEWER, 'GET', '/v1/incidents/a1f0');
    expect(body).toMatchObject({ verdict: { verdict: 'true' }, actions: [{ rung: 'suspend', state: 'verified' }] });
    expect((await ask(VIEWER, 'GET', '/v1/incidents/nobody')).status).toBe(404);
  });

  it('an exception needs an end, and only an exception has one', async () => {
    const { ask, responder } = createApiBench();
    await responder.onAlert(sampleAlert());
    const put = (body: object) => ask(ANALYST, 'PUT', '/v1/incidents/a1f0/verdict', body);
    const until = '2026-03-09T08:00:00Z';
    expect((await put({ verdict: 'benign', reason: 'vaccination' })).status).toBe(400);
    expect((await put({ verdict: 'false', reason: 'x', until })).status).toBe(400);
    expect((await put({ verdict: 'benign', reason: ' ', until })).status).toBe(400);
    expect((await put({ verdict: 'benign', reason: 'x', until: '2026-03-02T08:00:00Z' })).status).toBe(409);
    expect((await put({ verdict: 'benign', reason: 'vaccination', until })).body.until).toBe(
      '2026-03-09T08:00:00.000Z',
    );
    expect((await ask(ANALYST, 'PUT', '/v1/incidents/no/verdict', { verdict: 'true', reason: 'x' })).status).toBe(404);
  });
});

describe('actions', () => {
  it('wait, are approved by a person, and done', async () => {
    const { ask, responder, register } = createApiBench({ policy: ASK });
    const [plan] = await responder.onAlert(sampleAlert());
    const waiting = await ask(VIEWER, 'GET', '/v1/actions');
    expect(waiting.body.items).toMatchObject([{ id: plan!.id, state: 'waiting_approval' }]);
    expect(register.get(ID)?.enabled).toBe(true);
    expect((await ask(APPROVER, 'POST', `/v1/actions/${plan!.id}/approve`)).status).toBe(200);
    expect(register.get(ID)?.enabled).toBe(false);
    expect((await ask(VIEWER, 'GET', `/v1/actions/${plan!.id}`)).body.state).toBe('verified');
    expect((await ask(APPROVER, 'POST', `/v1/actions/${plan!.id}/approve`)).status).toBe(409);
    expect((await ask(APPROVER, 'POST', '/v1/actions/nothing/approve')).status).toBe(404);
  });

  it('are rejected only with a reason', async () => {
    const { ask, responder } = createApiBench({ policy: ASK });
    const [plan] = await responder.onAlert(sampleAlert());
    const reject = (body: object) => ask(APPROVER, 'POST', `/v1/actions/${plan!.id}/reject`, body);
    expect((await reject({})).status).toBe(400);
    expect((await reject({ reason: '  ' })).status).toBe(400);
    expect((await reject({ reason: 'vaccination day' })).body).toMatchObject({
      state: 'dropped',
      detail: 'rejected by Anne Martin (anne): vaccination day',
    });
  });
});

describe('the way back', () => {
  it('needs a reason, tells what came of the password, and keeps it in the audit log', async () => {
    const { ask, responder, register } = createApiBench();
    await responder.onAlert(sampleAlert());
    await responder.idle();
    expect((await ask(APPROVER, 'POST', `/v1/accounts/${ID}/reenable`, {})).status).toBe(400);
    const back = await ask(APPROVER, 'POST', `/v1/accounts/${ID}/reenable`, { reason: 'called the practice' });
    expect(back).toMatchObject({
      status: 200,
      body: { restriction: { restriction: 'none' }, new_password: 'demanded' },
    });
    expect(register.get(ID)).toMatchObject({ enabled: true, newPasswordRequired: true });
    const { body } = await ask(AUDITOR, 'GET', '/v1/audit?limit=500');
    expect(body.items.find((l: { verb: string }) => l.verb === 'account.reenabled')).toMatchObject({
      actor: 'Anne Martin (anne)',
      subject: ID,
      detail: 'called the practice (new password demanded)',
    });
  });

  it('stays closed while no new password can be demanded', async () => {
    const failure = { outcome: 'unavailable', detail: 'no answer' } as const;
    const faults = [{ method: 'demandNewPassword' as const, failure, times: 1 }];
    const { ask, responder, register } = createApiBench({ faults });
    await responder.onAlert(sampleAlert());
    await responder.idle();
    const back = () => ask(APPROVER, 'POST', `/v1/accounts/${ID}/reenable`, { reason: 'called' });
    expect((await back()).status).toBe(503);
    expect(register.get(ID)?.enabled).toBe(false);
    expect((await back()).status).toBe(200);
    expect(register.get(ID)?.enabled).toBe(true);
  });

  it('a new password is not left to a second factor that the thief may have enrolled', async () => {
    const connect = (local: AccountConnector): AccountConnector => ({
      ...local,
      async read(id) {
        const read = await local.read(id);
        return read.outcome === 'done' ? { ...read, value: { ...read.value, secondFactorSinceMs: T0 } } : read;
      },
    });
    const { ask, responder, register } = createApiBench({ connect });
    await responder.onAlert(sampleAlert());
    await responder.idle();
    const back = (body: object) => ask(APPROVER, 'POST', `/v1/accounts/${ID}/reenable`, { reason: 'called', ...body });
    const refused = await back({});
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('it may be the thief');
    expect(register.get(ID)).toMatchObject({ enabled: false, newPasswordRequired: false });
    expect((await back({ new_password: false })).status).toBe(200);
    expect(register.get(ID)?.enabled).toBe(true);
  });

  it('without a new password where a person says so', async () => {
    const { ask, responder, register } = createApiBench();
    await responder.onAlert(sampleAlert());
    await responder.idle();
    const body = { reason: 'false alarm', new_password: false, grace_hours: 0 };
    expect((await ask(APPROVER, 'POST', `/v1/accounts/${ID}/reenable`, body)).body.new_password).toBe('not_asked');
    expect(register.get(ID)).toMatchObject({ enabled: true, newPasswordRequired: false });
  });
});

describe('was it you?', () => {
  const link = async (bench: ReturnType<typeof createApiBench>) => {
    await bench.responder.onAlert(sampleAlert());
    const opened = await bench.ask(GATEWAY, 'POST', `/v1/accounts/${ID}/confirmation`, { hours: 1 });
    expect(opened.status).toBe(201);
    expect(opened.body.link).toMatch(/^https:\/\/portal\.example\/confirm#/);
    return `/v1/confirmations/${opened.body.link.split('#')[1]}`;
  };

  it('is shown and answered once by whoever holds the link, and frees nobody', async () => {
    const bench = createApiBench();
    const url = await link(bench);
    const shown = await bench.ask('', 'GET', url);
    expect(shown.body).toMatchObject({ account: ID, people: 17, answered: false });
    expect((await bench.ask('', 'POST', url, { answer: 'perhaps' })).status).toBe(400);
    expect((await bench.ask('', 'POST', url, { answer: 'mine' })).status).toBe(204);
    expect((await bench.ask('', 'POST', url, { answer: 'not_mine' })).status).toBe(409);
    const { body } = await bench.ask(VIEWER, 'GET', '/v1/incidents/a1f0');
    expect(body.confirmations).toMatchObject([{ answer: 'mine' }]);
    expect(bench.register.get(ID)?.enabled).toBe(false);
  });

  it('expires, and cannot be forged', async () => {
    const bench = createApiBench();
    const url = await link(bench);
    const [head, payload, signature] = url.split('/').at(-1)!.split('.');
    const other = Buffer.from(JSON.stringify({ jti: 'x', aud: 'vigie.confirmation', exp: 9e9 })).toString('base64url');
    expect((await bench.ask('', 'GET', `/v1/confirmations/${head}.${other}.${signature}`)).status).toBe(404);
    expect((await bench.ask('', 'GET', `/v1/confirmations/${head}.${payload}.`)).status).toBe(404);
    bench.clock.advance(HOUR + 1000);
    expect((await bench.ask('', 'GET', url)).status).toBe(410);
    expect((await bench.ask('', 'POST', url, { answer: 'mine' })).status).toBe(410);
  });

  it('is not asked where there is nothing to ask about', async () => {
    const { ask } = createApiBench();
    expect((await ask(GATEWAY, 'POST', '/v1/accounts/PS-000001/confirmation', {})).status).toBe(404);
  });
});

describe('containment of a class', () => {
  const wish = { selector: { org: '750012345' }, rung: 'suspend' };

  it('preview, ask, a second person with the digest, slices, reverted', async () => {
    const bench = createApiBench();
    const { ask, register } = bench;
    const shown = (await ask(VIEWER, 'POST', '/v1/containments/preview', wish)).body;
    expect(shown).toMatchObject({
      total: 2,
      accounts: ['PS-000000', 'PS-000001'],
      groups: [{ profession: 'optician', department: '69', affected: 2, of: 4 }],
      emptied: [],
    });
    const asked = await ask(APPROVER, 'POST', '/v1/containments', { ...wish, digest: shown.digest, reason: 'stolen' });
    expect(asked).toMatchObject({
      status: 201,
      body: { state: 'proposed', asked_by: { id: 'anne' }, approved_by: null },
    });
    const { id } = asked.body;
    const approve = (who: string, digest = shown.digest) =>
      ask(who, 'POST', `/v1/containments/${id}/approve`, { digest });
    expect((await approve(APPROVER)).status).toBe(403);
    expect((await approve(OTHER_APPROVER, '0'.repeat(64))).status).toBe(409);
    expect(register.get('PS-000000')?.enabled).toBe(true);
    expect((await approve(OTHER_APPROVER)).body).toMatchObject({ state: 'running', approved_by: { id: 'luc' } });
    await bench.responder.runDue();
    expect(register.get('PS-000000')?.enabled).toBe(false);
    const { body } = await ask(VIEWER, 'GET', `/v1/containments/${id}`);
    expect(body).toMatchObject({ begun: 2, accounts: ['PS-000000', 'PS-000001'] });
    const reverted = await ask(APPROVER, 'POST', `/v1/containments/${id}/revert`, { reason: 'done' });
    expect(reverted.body.state).toBe('reverting');
    expect(register.get('PS-000000')?.enabled).toBe(true);
    expect((await ask(VIEWER, 'GET', '/v1/containments')).body.items).toMatchObject([{ id, state: 'reverted' }]);
  });

  it('of a campaign: offered once with who would be hurt, and done by nobody but two people', async () => {
    const protectedAccounts = [{ account: 'PS-000002', reason: 'on call', untilMs: T0 + HOUR }];
    const bench = createApiBench({ policy: { protectedAccounts } });
    const { ask, register, responder, published } = bench;
    // One of them is in no directory.
    const accounts = ['PS-000000', 'PS-000002', 'PS-000004'];
    await responder.onCampaign(sampleCampaign(accounts));
    await responder.onCampaign(sampleCampaign(['PS-000000']));
    await responder.onCampaign(sampleCampaign([...accounts, 'PS-000003'], { revision: 2 }));
    await responder.onCampaign(sampleCampaign(accounts));
    await responder.idle();
    expect(told(published)).toEqual(['notice containment_offered']);
    expect(JSON.parse(published[0]!.body).message).toContain('would suspend 2 and spare 1');
    expect(accounts.map((id) => register.get(id)?.enabled)).toEqual([true, true, true]);
    const { items } = (await ask(VIEWER, 'GET', '/v1/campaigns')).body;
    expect(items).toMatchObject([{ id: 'c0ffee', revision: 2, accounts: [...accounts, 'PS-000003'] }]);
    const meant = { selector: { campaign: 'c0ffee' }, rung: 'suspend' };
    const shown = (await ask(VIEWER, 'POST', '/v1/containments/preview', meant)).body;
    expect(shown).toMatchObject({
      accounts: ['PS-000000', 'PS-000003', 'PS-000004'],
      spared: [{ account: 'PS-000002' }],
      groups: [{ profession: 'optician', department: '69', affected: 3, of: 5 }],
    });
    const asked = await ask(ANALYST, 'POST', '/v1/containments', { ...meant, digest: shown.digest, reason: 'stolen' });
    const approve = (who: string) =>
      ask(who, 'POST', `/v1/containments/${asked.body.id}/approve`, { digest: shown.digest });
    expect((await approve(APPROVER)).status).toBe(403);
    expect(register.get('PS-000004')?.enabled).toBe(true);
    expect((await approve(OTHER_APPROVER)).status).toBe(200);
    await responder.runDue();
    await responder.idle();
    expect(['PS-000000', 'PS-000002', 'PS-000004'].map((id) => register.get(id)?.enabled)).toEqual([
      false,
      true,
      false,
    ]);
    const unknown = { ...meant, selector: { campaign: 'nobody' } };
    expect((await ask(VIEWER, 'POST', '/v1/containments/preview', unknown)).status).toBe(404);
  });

  it('is refused unbounded, unseen, and without a directory', async () => {
    const { ask } = createApiBench();
    expect((await ask(VIEWER, 'POST', '/v1/containments/preview', { selector: { department: '69' } })).status).toBe(
      400,
    );
    const unseen = { ...wish, digest: '0'.repeat(64), reason: 'x' };
    expect((await ask(APPROVER, 'POST', '/v1/containments', unseen)).status).toBe(409);
  });
});

describe('breakers', () => {
  it('are shown with what is left of the budgets, and closed by a person with a reason', async () => {
    const budget = { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perHour: 1 } };
    const { ask, responder } = createApiBench({ policy: { budget } });
    for (const n of [0, 1]) await responder.onAlert(sampleAlert({ id: `i${n}`, account: { id: `PS-00000${n}` } }));
    const { body } = await ask(VIEWER, 'GET', '/v1/breakers');
    expect(body).toMatchObject({ items: [{ scope: 'suspend', queued: 1 }], budget_left: { suspend: 0 } });
    const close = (wish: object) => ask(APPROVER, 'POST', '/v1/breakers/close', wish);
    expect((await close({ scope: 'suspend' })).status).toBe(400);
    expect((await close({ scope: 'throttle', reason: 'checked' })).status).toBe(409);
    expect((await close({ scope: 'suspend', reason: 'checked' })).status).toBe(204);
    expect((await ask(VIEWER, 'GET', '/v1/breakers')).body.items).toEqual([]);
  });
});

describe('audit', () => {
  it('is read in pieces and checked whole', async () => {
    const { ask, responder } = createApiBench();
    await responder.onAlert(sampleAlert());
    await responder.idle();
    const first = (await ask(AUDITOR, 'GET', '/v1/audit?limit=1')).body;
    expect(first).toMatchObject({ items: [{ seq: 1, previous: '0'.repeat(64) }], more: true });
    const second = (await ask(AUDITOR, 'GET', '/v1/audit?from=2&limit=1')).body;
    expect(second.items[0].previous).toBe(first.items[0].hash);
    const check = (await ask(AUDITOR, 'GET', '/v1/audit/check')).body;
    expect(check).toMatchObject({ whole: true, lines: 3, head: { seq: 3 }, broken: null });
  });

  it('shows a line that was changed behind its back', async () => {
    const bench = createApiBench();
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.idle();
    const { store } = bench;
    const tampered = {
      ...store,
      audit: async (from: number, limit: number) =>
        (await store.audit(from, limit)).map((l) => (l.seq === 2 ? { ...l, actor: 'somebody else' } : l)),
    };
    const { ask } = createApiBench({}, { store: tampered });
    const check = (await ask(AUDITOR, 'GET', '/v1/audit/check')).body;
    expect(check).toMatchObject({ whole: false, lines: 1, broken: { seq: 2, problem: 'wrong hash' } });
  });
});
