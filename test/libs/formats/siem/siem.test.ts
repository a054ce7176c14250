import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionEvent, detectionFinding, noticeFinding } from '#libs/formats/ocsf/index.ts';
import type { SecurityRecord } from '#libs/formats/siem/index.ts';
import {
  cefRecord,
  ecsRecord,
  mailText,
  octetCounted,
  securityRecord,
  syslogMessage,
} from '#libs/formats/siem/index.ts';
import { sampleAction } from '../../../support/sample-action.ts';
import { sampleAlert, T0 } from '../../../support/sample-alert.ts';

const source = { productVersion: '0.1.0', language: 'en' } as const;
const read = (json: object): SecurityRecord => {
  const found = securityRecord(JSON.stringify(json));
  if (!found.ok) throw new Error(found.error);
  return found.value;
};
const ALERT = read(detectionFinding(sampleAlert(), source));
const ACTION = read(actionEvent(sampleAction({ state: 'verified' }), source));
const NOTICE = read(
  noticeFinding(
    {
      id: 'n1',
      notice: 'breaker_opened',
      timeMs: T0,
      subject: 'suspend',
      accountId: '',
      message: 'suspend budget spent',
    },
    source,
  ),
);

/** Reads CEF back as its standard says. */
function parseCef(line: string) {
  const head: string[] = [''];
  let at = 0;
  for (; head.length < 8; at += 1) {
    if (line[at] === '\\') head[head.length - 1] += line[++at];
    else if (line[at] === '|') head.push('');
    else head[head.length - 1] += line[at];
  }
  const extension = new Map<string, string>();
  for (const [, key, value] of line
    .slice(at)
    .concat(head.pop()!)
    .matchAll(/(\w+)=((?:\\.|[^\\=])*?)(?= \w+=|$)/g)) {
    extension.set(
      key!,
      value!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
    );
  }
  return { head, extension };
}

describe('what is read from the topics', () => {
  it('is an alert, a notice or an action', () => {
    expect(ALERT).toMatchObject({
      kind: 'alert',
      name: 'mass_enumeration',
      accountId: 'PS-000123',
      severity: 5,
      exposed: 17,
    });
    expect(ACTION).toMatchObject({ kind: 'action', name: 'suspend', state: 'verified', incident: 'a1f0', severity: 1 });
    expect(NOTICE).toMatchObject({ kind: 'notice', name: 'breaker_opened', accountId: '', severity: 5 });
  });

  it('is a finding about many accounts as well', () => {
    const found = read({
      class_uid: 2004,
      activity_id: 2,
      severity_id: 4,
      time: T0,
      message: 'Many accounts at once: 12 accounts',
      metadata: { uid: 'c1:2' },
      finding_info: { uid: 'c1', types: ['campaign', 'new_sources'], analytic: { name: 'campaign' } },
      unmapped: { campaign: {} },
    });
    expect(found).toMatchObject({ kind: 'alert', name: 'campaign', state: 'updated', accountId: '', incident: 'c1' });
  });

  it.each(['', 'x', '[]', '{}', '{"class_uid":1,"metadata":{"uid":"x"}}', '{"class_uid":2004}'])(
    'is refused: %s',
    (text) => {
      expect(securityRecord(text).ok).toBe(false);
    },
  );
});

describe('ECS', () => {
  it('is an alert with its rule, or a change of a user with its outcome', () => {
    expect(ecsRecord(ALERT)).toMatchObject({
      '@timestamp': '2026-03-02T08:00:00.000Z',
      event: { kind: 'alert', category: ['intrusion_detection'], type: ['info'], severity: 100, risk_score: 21.304 },
      rule: { name: 'mass_enumeration' },
      user: { id: 'PS-000123' },
      vigie: { exposed: 17 },
    });
    expect(ecsRecord(ACTION)).toMatchObject({
      event: {
        kind: 'event',
        category: ['iam'],
        type: ['user', 'change'],
        outcome: 'success',
        action: 'action_suspend_verified',
      },
    });
    expect(ecsRecord(NOTICE)).not.toHaveProperty('user');
  });
});

describe('CEF', () => {
  it('is one line with a header and an extension', () => {
    const { head, extension } = parseCef(cefRecord(ALERT));
    expect(head).toEqual([
      'CEF:0',
      'Vigie',
      'Vigie',
      '0.1.0',
      'alert:mass_enumeration',
      'alert mass_enumeration',
      '10',
    ]);
    expect(Object.fromEntries(extension)).toMatchObject({
      rt: String(T0),
      suid: 'PS-000123',
      cs1Label: 'incident',
      cs1: 'a1f0',
      cn1: '17',
      msg: ALERT.message,
    });
  });

  it('comes back as it was, whatever is in it', () => {
    const unruly = fc.string({ unit: fc.constantFrom('a', ' ', '=', '|', '\\', '\n', 'é', 'x=y') });
    fc.assert(
      fc.property(unruly, unruly, (message, name) => {
        const line = cefRecord({ ...ALERT, message, name });
        expect(line).not.toMatch(/[\r\n]/);
        const { head, extension } = parseCef(line);
        expect(head[4]).toBe(`alert:${name.replace(/[\r\n]+/g, ' ')}`);
        expect(extension.get('externalId')).toBe('a1f0:1');
        if (!/^ | $| \w+=|^$/.test(message)) expect(extension.get('msg')).toBe(message);
      }),
    );
  });
});

describe('syslog', () => {
  const origin = { host: 'vigie-1.example', processId: '42', facility: 10 };

  it('has the header of RFC 5424 and a frame that counts bytes, not letters', () => {
    const message = syslogMessage(ALERT, 'dé\nux', origin);
    expect(message).toBe('<82>1 2026-03-02T08:00:00.000Z vigie-1.example vigie 42 alert - \uFEFFdé ux');
    const frame = octetCounted(message);
    const space = frame.indexOf(32);
    expect(Number(frame.subarray(0, space).toString())).toBe(frame.length - space - 1);
    expect(frame.length - space - 1).toBeGreaterThan(message.length);
  });

  it('lets nothing break out of its header', () => {
    const message = syslogMessage(ACTION, 'x', { ...origin, host: 'a b\né', processId: '' });
    expect(message.startsWith('<86>1 2026-03-02T08:00:00.000Z a_b__ vigie - action - ')).toBe(true);
  });
});

describe('e-mail', () => {
  it('says what happened, in the language asked for, and nothing can become a header', () => {
    expect(mailText(ALERT, 'fr')).toMatchObject({
      subject: expect.stringContaining('[Vigie] critique'),
      text: expect.stringContaining('Personnes exposées : 17'),
    });
    const { subject } = mailText({ ...ALERT, message: 'x\r\nBcc: thief@example.com' }, 'en');
    expect(subject).toBe('[Vigie] critical: x Bcc: thief@example.com');
  });
});
