import { describe, expect, it } from 'vitest';
import { detectFormat } from '#libs/intake/index.ts';

function detect(...lines: string[]): string {
  const buffer = Buffer.from(lines.join('\n'));
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += Buffer.byteLength(line);
    ends.push(at++);
  }
  const found = detectFormat({ buffer, starts, ends, count: lines.length });
  return found.ok ? found.value : `error: ${found.error}`;
}

const COMBINED = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 2 "-" "Mozilla/5.0"';

describe('format detection', () => {
  it('knows the formats it reads', () => {
    expect(detect('{"id":"1","time":"x","account":{"id":"a"}}')).toBe('access-event');
    expect(detect('broken', '{"account":1}', '{')).toBe('access-event');
    expect(detect(COMBINED, 'one line that is none', COMBINED)).toBe('combined');
    expect(detect('::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 -')).toBe('common');
    const bare = COMBINED.replace(' "-" "Mozilla/5.0"', '');
    expect(detect(bare, bare, bare, COMBINED)).toBe('combined');
    expect(detect(`www.example:80 ${COMBINED}`)).toBe('combined');
    expect(detect('#Version: 1.0', '#Fields: date time c-ip', '2026-03-02 08:00:00 ::1')).toBe('w3c');
    expect(detect('account.id;time;outcome;action', 'a;b;c;d')).toBe('csv');
    expect(detect()).toBe('access-event');
  });

  it('names the choices where it does not know, and quotes nothing', () => {
    for (const lines of [['secret 180056912345692'], ['{"nir":"180056912345692"}'], ['nom,nir,secret', 'a,b,c']]) {
      const error = detect(...lines);
      expect(error).toMatch(/^error: .*access-event, combined, common, csv.* or a mapping file$/);
      expect(error).not.toMatch(/secret|1800569/);
    }
    expect(detect('{"nir":"1"}')).toContain('no access events');
    expect(detect('[{"id":"1","account":{"id":"a"}},')).toContain('one JSON array: write one object a line');
    expect(detect('[', '{"id":"1"},')).toContain('one JSON array');
    expect(detect('nom,nir,date')).toContain('its header does not name account.id, time, action, outcome');
  });
});
