import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  actionEvent,
  alertOfFinding,
  campaignFinding,
  detectionFinding,
  noticeFinding,
} from '#libs/formats/ocsf/index.ts';
import { ACTION_STATES } from '#libs/model/action.ts';
import { ALERT_KINDS, SEVERITIES } from '#libs/model/alert.ts';
import { CAMPAIGN_KINDS } from '#libs/model/campaign.ts';
import { sampleAction } from '../../../support/sample-action.ts';
import { sampleAlert, T0 } from '../../../support/sample-alert.ts';

const source = { productVersion: '0.1.0', language: 'en' } as const;

function validator(name: string) {
  const path = new URL(`../../../data/ocsf/${name}.schema.json`, import.meta.url);
  // `strict` off: OCSF's schemas repeat types that its own patterns imply.
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(readFileSync(path, 'utf8')));
  return (value: unknown) => {
    // Through JSON, as it travels.
    validate(JSON.parse(JSON.stringify(value)));
    return validate.errors?.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`) ?? [];
  };
}
const findingErrors = validator('detection-finding');
const accountErrors = validator('account-change');
const remediationErrors = validator('remediation-activity');

describe('OCSF Detection Finding 2004', () => {
  it.each(['created', 'updated', 'closed'] as const)('%s alerts are valid by OCSF own schema', (status) => {
    for (const kind of ALERT_KINDS) {
      for (const severity of SEVERITIES) {
        for (const language of ['en', 'fr'] as const) {
          const alert = sampleAlert({ status, kind, severity });
          expect(findingErrors(detectionFinding(alert, { ...source, language }))).toEqual([]);
        }
      }
    }
    expect(findingErrors(detectionFinding(sampleAlert({ status, evidence: [] }), source))).toEqual([]);
  });

  it('campaigns are valid too, and read as no alert on an account', () => {
    const account = { id: 'PS-1', class: 'professional', profession: 'dentist', department: '69', org: '' } as const;
    const counts = { key: 'network', value: 'ab', level: 0, observed: 5, expected: 0.1, days: 1, nats: 12.5 } as const;
    for (const kind of CAMPAIGN_KINDS) {
      for (const revision of [1, 2]) {
        const campaign = {
          id: 'c1',
          revision,
          kind,
          namedMs: T0,
          timeMs: T0,
          startedMs: T0 - 1,
          members: [{ account, sinceMs: T0 - 1, namedMs: T0 }],
          evidence: [{ kind, ...counts }],
          absorbed: [],
          fdr: 0.01,
        };
        const finding = campaignFinding(campaign, source);
        expect(findingErrors(finding)).toEqual([]);
        expect(alertOfFinding(JSON.stringify(finding))).toEqual({ ok: true, value: undefined });
      }
    }
  });

  it('the schema does refuse what is wrong', () => {
    const finding = detectionFinding(sampleAlert(), source);
    expect(findingErrors({ ...finding, severity_id: 9 })).not.toEqual([]);
    expect(findingErrors({ ...finding, madeUp: 1 })).not.toEqual([]);
    expect(findingErrors({ ...finding, finding_info: {} })).not.toEqual([]);
  });

  it('says what it has to: ids, activity, times, risk, evidence in both languages', () => {
    const finding = detectionFinding(sampleAlert({ revision: 3, status: 'updated' }), source);
    expect(finding).toMatchObject({
      class_uid: 2004,
      activity_id: 2,
      type_uid: 200402,
      severity_id: 5,
      status_id: 2,
      risk_level_id: 4,
      risk_score: 21,
      time: T0,
      metadata: { uid: 'a1f0:3', sequence: 3, version: '1.8.0', product: { name: 'Vigie', version: '0.1.0' } },
      finding_info: { uid: 'a1f0', types: ['mass_enumeration'] },
      message: 'Mass look-up of beneficiaries: PS-000123, 17 people exposed so far',
    });
    const text = JSON.stringify(finding);
    expect(text).toContain("44 of 47 people born outside the account's usual departments, 6.1 expected (+8.8)");
    expect(text).toContain('44 personnes sur 47');
  });

  it('writes the same record for the same alert', () => {
    const text = () => JSON.stringify(detectionFinding(sampleAlert(), source));
    expect(text()).toBe(text());
  });

  it('notices are findings of their own', () => {
    const notice = {
      id: 'breaker:suspend:1',
      notice: 'breaker_opened',
      timeMs: T0,
      subject: 'suspend',
      accountId: '',
      message: 'suspend budget spent',
    } as const;
    expect(findingErrors(noticeFinding(notice, source))).toEqual([]);
    const delayed = { ...notice, notice: 'stop_delayed', accountId: 'PS-1' } as const;
    expect(findingErrors(noticeFinding(delayed, source))).toEqual([]);
    const pressed = { ...delayed, notice: 'throttle_pressed' } as const;
    expect(findingErrors(noticeFinding(pressed, source))).toEqual([]);
  });
});

describe('reading an alert back', () => {
  it('gives the alert that was written', () => {
    const text = JSON.stringify(detectionFinding(sampleAlert(), source));
    expect(alertOfFinding(text)).toEqual({ ok: true, value: sampleAlert() });
  });

  it.each([
    ['not JSON', '{"class_uid":2004'],
    ['not a Detection Finding (class_uid 2004)', '[]'],
    ['not a Detection Finding (class_uid 2004)', '{"class_uid":6003}'],
    ['unmapped.alert is missing', '{"class_uid":2004}'],
    ['unmapped.alert.id is missing or wrong', '{"class_uid":2004,"unmapped":{"alert":{}}}'],
  ])('explains %s', (error, text) => expect(alertOfFinding(text)).toEqual({ ok: false, error }));

  it.each([
    ['rung', { rung: 'delete' }],
    ['account.id', { account: { ...sampleAlert().account, id: '' } }],
    ['account.class', { account: { ...sampleAlert().account, class: 'robot' } }],
    ['timeMs', { timeMs: '2026' }],
    ['revision', { revision: 0.5 }],
    ['severity', { severity: null }],
  ])('will not act on a wrong %s', (field, change) => {
    const text = JSON.stringify({ class_uid: 2004, unmapped: { alert: { ...sampleAlert(), ...change } } });
    expect(alertOfFinding(text)).toEqual({ ok: false, error: `unmapped.alert.${field} is missing or wrong` });
  });

  it('takes a notice for what it is: no alert', () => {
    const text = JSON.stringify({ class_uid: 2004, unmapped: { notice: { id: 'x' } } });
    expect(alertOfFinding(text)).toEqual({ ok: true, value: undefined });
  });
});

describe('OCSF records of actions', () => {
  it.each(ACTION_STATES)('in state %s they are valid by OCSF own schema', (state) => {
    for (const undo of ['none', 'pending', 'done'] as const) {
      const suspend = sampleAction({ state, undo, detail: 'd' });
      expect(accountErrors(actionEvent(suspend, source))).toEqual([]);
      for (const rung of ['step_up', 'throttle'] as const) {
        const action = sampleAction({ state, undo, plan: { rung, untilMs: T0 + 1 } });
        expect(remediationErrors(actionEvent(action, source))).toEqual([]);
      }
    }
  });

  it('call it success only when it was read back', () => {
    const statusOf = (state: (typeof ACTION_STATES)[number], undo: 'none' | 'pending' | 'done' = 'none') =>
      actionEvent(sampleAction({ state, undo }), source).status_id;
    expect(statusOf('verified')).toBe(1);
    expect(statusOf('applied')).toBe(99);
    expect(statusOf('unknown')).toBe(99);
    expect(statusOf('failed')).toBe(2);
    expect(statusOf('reverted', 'pending')).toBe(99);
    expect(statusOf('reverted', 'done')).toBe(1);
  });

  it('disable and enable the account as Account Change 3001', () => {
    expect(actionEvent(sampleAction({ state: 'verified' }), source)).toMatchObject({
      class_uid: 3001,
      activity_name: 'Disable',
      user: { uid: 'PS-000123' },
      metadata: { uid: 'act-1:1', correlation_uid: 'a1f0' },
    });
    expect(actionEvent(sampleAction({ state: 'reverted', undo: 'done' }), source).activity_name).toBe('Enable');
  });
});
