import { describe, expect, test } from 'vitest';
import { ATTACK_NAMES, ATTACKS, parseAttack } from '#services/simulate/attack-spec.ts';

describe('an attack on the command line', () => {
  test.each(ATTACK_NAMES)('%s alone', (name) => {
    expect(parseAttack(name)).toEqual({ ok: true, value: { ...ATTACKS[name], kind: name } });
  });

  test('values of its own', () => {
    const attack = parseAttack(
      'stolen-list:profession=optician,rate=5,hours=closed,source=victim,shared=true,size=small',
    );
    expect(attack).toMatchObject({
      ok: true,
      value: { profession: 'optician', rate: 5, window: 'closed', origin: 'victim', shared: true, size: 'small' },
    });
  });

  test('a rate above the ceiling lifts it', () => {
    expect(parseAttack('boiling-frog:rate=90')).toMatchObject({ ok: true, value: { rate: 90, maximumRate: 90 } });
  });

  test.each([
    ['nonsense', 'no attack is called "nonsense"'],
    ['toString', 'no attack is called "toString"'],
    ['sweep:pace=3', 'no value is called "pace"'],
    ['sweep:kind=x', 'no value is called "kind"'],
    ['sweep:__proto__=x', 'no value is called "__proto__"'],
    ['sweep:rate', '"rate" is not key=value'],
    ['sweep:', '"" is not key=value'],
    ['sweep:rate=', 'rate is a number'],
    ['sweep:rate=-1', 'rate is a number'],
    ['sweep:rate=0', 'rate must be more than 0'],
    ['sweep:count=1.5', 'count is a whole number'],
    ['sweep:shared=yes', 'shared is true or false'],
    ['sweep:hours=night', 'window is one of open, closed, evening, any'],
  ])('%s is refused', (text, message) => {
    const attack = parseAttack(text);
    expect(attack.ok).toBe(false);
    expect(attack.ok ? '' : attack.error).toContain(message);
  });
});
