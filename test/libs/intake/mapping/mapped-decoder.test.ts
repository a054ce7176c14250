import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Decoder, InputFormat } from '#libs/intake/index.ts';
import {
  createDecoder,
  createPseudonymiser,
  DECODED,
  PUBLIC_REPLAY_KEY,
  parseMapping,
  rejectionReason,
  SKIPPED,
} from '#libs/intake/index.ts';
import { AccessEvent, personToken } from '#libs/model/access-event.ts';
import { ACTION_OTHER, ACTION_RIGHTS, ACTIONS, OUTCOMES } from '#libs/model/codes.ts';
import { formatProblem } from '#libs/model/policy/problem.ts';

const pseudonymiser = createPseudonymiser(PUBLIC_REPLAY_KEY);
const hmac = (text: string): string =>
  createHmac('sha256', PUBLIC_REPLAY_KEY.key).update(text).digest('hex').slice(0, 32);

const named = (format: InputFormat): Decoder => createDecoder({ pseudonymiser, format });
function mapped(yaml: string): Decoder {
  const mapping = parseMapping(yaml, 'test.yaml');
  if (!mapping.ok) throw new Error(mapping.error.map(formatProblem).join('\n'));
  return createDecoder({ pseudonymiser, format: mapping.value });
}

interface Decoded {
  readonly event: AccessEvent;
  readonly outcome: string;
}
function decode(decoder: Decoder, line: string, position = 1): Decoded {
  const event = new AccessEvent();
  const bytes = Buffer.from(line);
  const result = decoder.decode(bytes, 0, bytes.length, event, position);
  if (result === DECODED) return { event, outcome: 'decoded' };
  if (result === SKIPPED) return { event, outcome: 'skipped' };
  return { event, outcome: `${rejectionReason(result)}${decoder.field && ` ${decoder.field}`}` };
}

const LINE =
  '83.149.9.216 - - [17/May/2015:10:05:03 +0200] "GET /a/b.html?x=1 HTTP/1.1" 200 203023 "http://x/?q=\\"y\\"" "Mozilla/5.0 (bot)"';

describe('the combined log format', () => {
  const decoder = named('combined');

  it('reads client, path without query, time, outcome; the user agent stays out of the event', () => {
    const { event, outcome } = decode(decoder, LINE);
    expect(outcome).toBe('decoded');
    expect(event).toMatchObject({ accountId: '83.149.9.216', timeMs: Date.UTC(2015, 4, 17, 8, 5, 3), hasPerson: true });
    expect([ACTIONS[event.action], OUTCOMES[event.outcome]]).toEqual(['rights.read', 'found']);
    expect(personToken(event)).toBe(hmac('t:/a/b.html'));
    expect([event.userAgentLo, event.userAgentHi, event.deviceLo, event.nirPrefix, event.birthDepartment]).toEqual([
      0, 0, 0, -1, 0,
    ]);
    expect(event.networkLo).not.toBe(0);
    expect(decoder.userAgent()).toBe('Mozilla/5.0 (bot)');
    const otherAgent = decode(decoder, LINE.replace('Mozilla/5.0 (bot)', 'Googlebot')).event;
    expect({ ...otherAgent, idLo: 0, idHi: 0 }).toEqual({ ...event, idLo: 0, idHi: 0 });
  });

  it.each([
    [200, 'found'],
    [304, 'found'],
    [404, 'not_found'],
    [410, 'not_found'],
    [401, 'denied'],
    [403, 'denied'],
    [400, 'error'],
    [500, 'error'],
  ])('status %i is %s', (status, outcome) => {
    const { event } = decode(decoder, LINE.replace('" 200', `" ${status}`));
    expect(OUTCOMES[event.outcome]).toBe(outcome);
  });

  it('gives identical lines ids of their own, and the same line of the same file read again the same id', () => {
    const ids = [7, 8, 7].map((position) => {
      const { event } = decode(decoder, LINE, position);
      return `${event.idLo},${event.idHi}`;
    });
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[2]).toBe(ids[0]);
  });

  it.each(['/a/b.png?x=1', '/style.css', '/favicon.ico'])(
    'does not take for a look-up what a page fetches: %s',
    (path) => {
      expect(decode(decoder, LINE.replace('/a/b.html?x=1', path)).event.action).toBe(ACTION_OTHER);
      const page = decode(decoder, LINE.replace('/a/b.html?x=1', `${path.replace(/\?.*/, '')}/page`));
      expect(page.event.action).toBe(ACTION_RIGHTS);
    },
  );

  it('takes a request that is none without a beneficiary, and a line that breaks off in its user agent', () => {
    const garbage = decode(decoder, LINE.replace('GET /a/b.html?x=1 HTTP/1.1', '\\x16\\x03\\x01'));
    expect([garbage.outcome, garbage.event.hasPerson]).toEqual(['decoded', false]);
    expect(decode(decoder, LINE.slice(0, -5)).outcome).toBe('decoded');
    expect(decoder.userAgent()).toBe('Mozilla/5.0 (');
  });

  it.each([
    ['nothing of the kind', 'unmapped_line'],
    [LINE.replace('17/May/2015', '31/Feb/2015'), 'bad_time time'],
    [LINE.replace('"GET', `"GET /${'x'.repeat(66_000)}`), 'too_large'],
    [LINE.slice(0, 60), 'unmapped_line'],
  ])('rejects %.40s', (line, outcome) => {
    decode(decoder, LINE);
    expect(decode(decoder, line).outcome).toBe(outcome);
    // Nothing is left of the line before.
    if (outcome !== 'bad_time time') expect(decoder.userAgent()).toBe('');
  });

  it('reads the common format without referer and agent', () => {
    const common = named('common');
    const line = '::1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb HTTP/1.0" 200 2326';
    expect(decode(common, line).event).toMatchObject({ accountId: '::1', timeMs: Date.UTC(2000, 9, 10, 20, 55, 36) });
    expect(common.userAgent()).toBe('');
  });

  it.each([
    ['vhost.example:443 ', '83.149.9.216'],
    ['vhost.example ', '2001:db8::7'],
    ['127.0.0.1:80 ', 'client.example.net'],
    ['', '2001:db8::80'],
    ['', '10.0.0.1:54321'],
    ['', 'localhost'],
  ])('finds the client behind the virtual host, if there is one: %s%s', (host, client) => {
    for (const format of ['combined', 'common'] as const) {
      const { event, outcome } = decode(named(format), `${host}${LINE.replace('83.149.9.216', client)}`);
      expect([outcome, event.accountId]).toEqual(['decoded', client]);
    }
  });

  it('loses no line where some have a user agent and some have none', () => {
    const bare = LINE.replace(/ "http.*/, '');
    for (const line of [bare, `${bare} `, `${bare} 0.002 -`, `${bare} "-"`, `${LINE} "10.0.0.1" rt=0.2`]) {
      expect(decode(decoder, line).outcome).toBe('decoded');
      expect(decoder.userAgent()).toBe(line.startsWith(LINE) ? 'Mozilla/5.0 (bot)' : '');
      expect(decode(named('common'), line).outcome).toBe('decoded');
    }
    expect(decode(decoder, bare.replace(' 200 ', ' OK ')).outcome).toBe('unmapped_line');
  });

  it('reads a W3C extended log by the columns that it names, also when they change', () => {
    const w3c = named('w3c');
    expect(decode(w3c, '2026-03-02 08:12:33 192.0.2.7 /droits/4711 200').outcome).toBe('unmapped_line');
    for (const remark of ['#Version: 1.0', '#Fields: date time c-ip cs-uri-stem sc-status cs(User-Agent)']) {
      expect(decode(w3c, remark).outcome).toBe('skipped');
    }
    const { event, outcome } = decode(w3c, '2026-03-02 08:12:33 192.0.2.7 /droits/4711 404 Some+Bot/1.0');
    expect(outcome).toBe('decoded');
    expect(event).toMatchObject({ accountId: '192.0.2.7', timeMs: Date.UTC(2026, 2, 2, 8, 12, 33), hasPerson: true });
    expect([ACTIONS[event.action], OUTCOMES[event.outcome]]).toEqual(['rights.read', 'not_found']);
    expect(personToken(event)).toBe(hmac('t:/droits/4711'));
    expect(w3c.userAgent()).toBe('Some+Bot/1.0');
    expect(decode(w3c, '2026-03-02 08:12:34 192.0.2.7 /a.css 200 -').event.action).toBe(ACTION_OTHER);
    expect(decode(w3c, '2026-03-02 08:12:34 192.0.2.7 /a b 200 -').outcome).toBe('unmapped_line');

    decode(w3c, '#Fields: c-ip\tdate\ttime\tsc-status\tcs-uri-stem');
    const moved = decode(w3c, '192.0.2.8\t2026-03-02\t08:12:35\t200\t/droits/4712');
    expect([moved.outcome, moved.event.accountId, w3c.userAgent()]).toEqual(['decoded', '192.0.2.8', '']);
    // Another file has columns of its own.
    w3c.startSource();
    expect(decode(w3c, '192.0.2.8\t2026-03-02\t08:12:35\t200\t/droits/4712').outcome).toBe('unmapped_line');
  });

  const folder = process.env.VIGIE_REAL_LOGS ?? '';
  it.skipIf(!existsSync(join(folder, 'apache_logs')))(
    'rejects no line of a real log (skipped unless VIGIE_REAL_LOGS names the folder of apache_logs)',
    () => {
      const accounts = new Set<string>();
      const ids = new Set<string>();
      let decoded = 0;
      const lines = readFileSync(join(folder, 'apache_logs'), 'utf8').trimEnd().split('\n');
      for (const [i, line] of lines.entries()) {
        const { event, outcome } = decode(decoder, line, i + 1);
        expect(['decoded', 'skipped'], `line ${i + 1}`).toContain(outcome);
        if (outcome === 'skipped') continue;
        decoded++;
        accounts.add(event.accountId);
        ids.add(`${event.idLo},${event.idHi}`);
      }
      expect(lines.length).toBe(10_000);
      expect(ids.size).toBe(decoded);
      expect(accounts.size).toBeGreaterThan(1000);
    },
  );
});

describe('CSV', () => {
  const rows = [
    'time;account.id;action;outcome;beneficiary.nir;rows',
    '2026-03-02T08:12:33Z;PS-1;rights.read;found;1 80 05 69 123 456 92;2',
    '"2026-03-02T08:12:34Z";"PS;""2""";export;not_found;;',
  ];

  it('reads a file with a header of the access event’s own names, whatever its separator', () => {
    for (const separator of [';', ',', '\t', '|']) {
      const decoder = named('csv');
      const own = rows.map((row) => row.replaceAll(';', separator));
      expect(decode(decoder, own[0]).outcome).toBe('skipped');
      const first = decode(decoder, own[1]).event;
      expect(first).toMatchObject({ accountId: 'PS-1', rows: 2, nirKey: 1, nirOrder: 456, action: 2 });
      expect(personToken(first)).toBe(hmac('1800569123456'));
      const second = decode(decoder, own[2]);
      // The tab within quotes belongs to the account's id, which may hold no control characters.
      if (separator === '\t') {
        expect(second.outcome).toBe('wrong_value account.id');
        continue;
      }
      expect(second.event).toMatchObject({
        accountId: `PS${separator}"2"`,
        hasPerson: false,
        rows: 1,
        outcome: 1,
        action: 5,
      });
    }
  });

  it('reads another header where another file begins, and leaves out a header that comes again', () => {
    const decoder = named('csv');
    for (const row of rows) decode(decoder, row);
    expect(decode(decoder, rows[0]).outcome).toBe('skipped');
    decoder.startSource();
    expect(decode(decoder, 'outcome,action,account.id,time').outcome).toBe('skipped');
    expect(decode(decoder, 'found,login,PS-9,2026-03-02T08:12:33Z').event.accountId).toBe('PS-9');
  });

  it.each([
    ['2026-03-02T08:12:33Z;PS-1;rights.read;"found', 'unmapped_line'],
    ['2026-03-02T08:12:33Z;PS-1;rights.read;"found"x;;', 'unmapped_line'],
    ['2026-03-02T08:12:33Z;;rights.read;found;;', 'missing_field account.id'],
    [';PS-1;rights.read;found;;', 'missing_field time'],
    ['2026-03-02T08:12:33Z;PS-1;read;found;;', 'wrong_value action'],
    ['2026-03-02T08:12:33Z;PS-1;rights.read;found;;many', 'wrong_value rows'],
    ['yesterday;PS-1;rights.read;found;;', 'bad_time time'],
    ['x', 'bad_time time'],
    ['2026-03-02T08:12:33Z;PS-1', 'missing_field action'],
  ])('rejects %s as %s', (row, outcome) => {
    const decoder = named('csv');
    decode(decoder, rows[0]);
    expect(decode(decoder, row).outcome).toBe(outcome);
  });

  it('reads columns by number, French local times and value maps', () => {
    const decoder = mapped(`
name: export
format: csv
csv: { separator: ";", header: false }
drop:
  - { from: 5, matches: "^TEST" }
fields:
  id: { from: 1 }
  time: { from: 2, format: dd/MM/yyyy HH:mm:ss, zone: Europe/Paris }
  account.id: { from: 3 }
  account.profession: { from: 4, values: { OPTI: optician, PHAR: pharmacist }, otherwise: other, default: nurse }
  action: { from: 5, values: { CONSULT: rights.read, PEC: pec.request } }
  outcome: { constant: found }
  beneficiary.nir: { from: 6, extract: '(\\d{13,15})' }
`);
    const { event } = decode(decoder, 'E1;02/07/2026 10:00:00;PS-1;OPTI;CONSULT;NIR 180056912345692');
    expect(event).toMatchObject({ timeMs: Date.UTC(2026, 6, 2, 8), profession: 2, action: 2, nirKey: 1 });
    expect(decode(decoder, 'E2;02/01/2026 10:00:00;PS-1;XXXX;PEC;').event).toMatchObject({
      timeMs: Date.UTC(2026, 0, 2, 9),
      profession: 0,
      action: 3,
      hasPerson: false,
    });
    expect(decode(decoder, 'E2;02/01/2026 10:00:00;PS-1;;PEC;').event.profession).toBe(8);
    expect(decode(decoder, 'E3;02/01/2026 10:00:00;PS-1;OPTI;LOGOFF;').outcome).toBe('wrong_value action');
    expect(decode(decoder, 'E4;02/01/2026 10:00:00;PS-1;OPTI;TESTING;').outcome).toBe('skipped');
    expect(decode(decoder, ';02/01/2026 10:00:00;PS-1;OPTI;PEC;').outcome).toBe('missing_field id');
    const twice = ['a', 'b'].map((nir) => decode(decoder, `E5;02/01/2026 10:00:00;PS-1;OPTI;PEC;${nir}`).event.idLo);
    expect(twice[0]).toBe(twice[1]);
  });
});

describe('JSON lines of another shape', () => {
  const decoder = mapped(`
name: gateway
format: json
keep:
  - { from: http.method, in: [GET, POST] }
fields:
  time: { from: ts, format: epoch_s }
  account.id: { from: user.id }
  source.ip: { from: "client.ip" }
  action: { constant: rights.read }
  outcome: { from: http.status, values: { 200..299: found, 404: not_found } }
  beneficiary.token: { from: params.0 }
userAgent: { from: agent }
`);
  const line = (changes: object): string =>
    JSON.stringify({
      ts: 1_772_439_153.25,
      user: { id: 42 },
      'client.ip': '192.0.2.7',
      http: { method: 'GET', status: 200 },
      params: ['abc'],
      agent: 'curl',
      ...changes,
    });

  it('reads paths, array places, keys with dots, numbers', () => {
    const { event, outcome } = decode(decoder, line({}));
    expect(outcome).toBe('decoded');
    expect(event).toMatchObject({ accountId: '42', timeMs: 1_772_439_153_250, outcome: 0 });
    expect(personToken(event)).toBe(hmac('t:abc'));
    expect(event.networkLo).not.toBe(0);
    expect(decoder.userAgent()).toBe('curl');
  });

  it.each([
    ['{', 'not_json'],
    ['[1]', 'not_object'],
    [line({ http: { method: 'OPTIONS', status: 200 } }), 'skipped'],
    [line({ http: undefined }), 'skipped'],
    [line({ http: { method: 'GET', status: 500 } }), 'wrong_value outcome'],
    [line({ http: { method: 'GET' } }), 'missing_field outcome'],
    [line({ user: null }), 'missing_field account.id'],
    [line({ ts: 'soon' }), 'bad_time time'],
    [line({ ts: 1_772_439_153_250_000 }), 'bad_time time'],
    [line({ params: { a: 1 } }), 'decoded'],
  ])('%s is %s', (text, outcome) => {
    expect(decode(decoder, text).outcome).toBe(outcome);
  });
});
