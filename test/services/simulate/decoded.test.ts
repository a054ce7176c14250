import { describe, expect, test } from 'vitest';
import { createDecoder, createPseudonymiser, DECODED, PUBLIC_REPLAY_KEY } from '#libs/intake/index.ts';
import { AccessEvent, copyEvent } from '#libs/model/access-event.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

const attacks = ['sweep:days=1', 'stolen-list:days=5'].map((text) => {
  const parsed = parseAttack(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
});
const simulation = createSimulation({
  seed: 9,
  accounts: 40,
  days: 20,
  warmUpDays: 8,
  departments: ['2A', '974', '69', '48'],
  attacks,
});

describe('decoded events are what intake makes of the lines', () => {
  const decoder = createDecoder({ pseudonymiser: createPseudonymiser(PUBLIC_REPLAY_KEY) });
  const fromLines = [...simulation.lines()].map((line, position) => {
    const into = new AccessEvent();
    const bytes = Buffer.from(line);
    expect(decoder.decode(bytes, 0, bytes.length, into, position)).toBe(DECODED);
    return into;
  });
  // One object is yielded again and again: copied while they come.
  const direct = Array.from(simulation.decoded(), ({ event }) => copyEvent(event));

  test('as many', () => {
    expect(direct.length).toBe(fromLines.length);
    expect(direct.length).toBeGreaterThan(20_000);
  });

  test.each([
    'timeMs',
    'accountId',
    'accountClass',
    'profession',
    'channel',
    'action',
    'outcome',
    'accountDepartment',
    'accountCreatedDay',
    'asn',
    'country',
    'hasPerson',
    'birthDepartment',
    'nirPrefix',
    'nirOrder',
    'nirKey',
    'nirSex',
    'nirYear',
    'insurer',
    'coverageEndDay',
    'rows',
  ] as const)('%s', (field) => {
    for (let i = 0; i < direct.length; i++) {
      if (direct[i]![field] !== fromLines[i]![field]) {
        expect(`${i}: ${direct[i]![field]}`).toBe(`${i}: ${fromLines[i]![field]}`);
      }
    }
  });

  test.each([
    ['the event', (e: AccessEvent) => `${e.idLo} ${e.idHi}`],
    ['the account', (e: AccessEvent) => `${e.accountLo} ${e.accountHi}`],
    ['the organisation', (e: AccessEvent) => `${e.orgLo} ${e.orgHi}`],
    ['the session', (e: AccessEvent) => `${e.sessionLo} ${e.sessionHi}`],
    ['the network', (e: AccessEvent) => `${e.networkLo} ${e.networkHi}`],
    ['the address', (e: AccessEvent) => `${e.addressLo} ${e.addressHi}`],
    ['the device', (e: AccessEvent) => `${e.deviceLo} ${e.deviceHi}`],
    ['the browser', (e: AccessEvent) => `${e.userAgentLo} ${e.userAgentHi}`],
    ['the person', (e: AccessEvent) => `${e.personLo} ${e.personHi} ${e.person2} ${e.person3}`],
    ['the identity', (e: AccessEvent) => `${e.personLo} ${e.personHi} ${e.identity}`],
  ])('%s: the same where it is the same, another where it is another', (_, of) => {
    const there = new Map<string, string>();
    const back = new Map<string, string>();
    for (let i = 0; i < direct.length; i++) {
      const a = of(direct[i]!);
      const b = of(fromLines[i]!);
      const [x, y] = [there.get(a), back.get(b)];
      if (x === undefined && y === undefined) {
        there.set(a, b);
        back.set(b, a);
      } else if (x !== b || y !== a) expect({ i, a, known: x, back: y }).toEqual({ i, a, known: b, back: a });
    }
    expect(there.size).toBeGreaterThan(1);
  });
});
