import { describe, expect, it } from 'vitest';
import { explain } from '#libs/formats/explain/index.ts';
import { figure, share } from '#libs/formats/explain/numbers.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';

const evidence = (name: string, observed: number, of: number, expected: number, nats: number) => ({
  name,
  observed,
  of,
  expected,
  nats,
});

describe('explain', () => {
  it('ranks the evidence and writes its numbers in both languages', () => {
    const sentences = explain([
      evidence('miss', 30, 77, 2.25, 4.012),
      evidence('territory', 44, 47, 6.1, 8.8),
      evidence('quota_hour', 1047, 12, 3, 0),
    ]);
    expect(sentences.map((s) => s.en)).toEqual([
      "44 of 47 people born outside the account's usual departments, 6.1 expected (+8.8)",
      '30 of 77 look-ups found nobody, 2.3 expected (+4.0)',
      '1,047 new people in one hour, quota 12, 3 usual',
    ]);
    expect(sentences.map((s) => s.fr)).toEqual([
      '44 personnes sur 47 nées hors des départements habituels du compte, 6,1 attendues (+8,8)',
      '30 consultations sur 77 sans personne trouvée, 2,3 attendues (+4,0)',
      "1\u202f047 personnes nouvelles en une heure, quota 12, 3 d'habitude",
    ]);
  });

  it.each([...STREAM_NAMES, 'no_follow_up', 'quota_hour', 'quota_day', 'quota_unnamed', 'quota_unfollowed', 'recheck'])(
    'has a phrase of its own for %s, in both languages, with the observed figure',
    (name) => {
      const [sentence] = explain([evidence(name, 41, 43, 5, 1)]);
      for (const text of [sentence!.en, sentence!.fr]) {
        if (name !== 'new_source' && name !== 'dormant') expect(text).toContain('41');
        expect(text).not.toContain(name);
      }
      expect(sentence!.en).not.toBe(sentence!.fr);
    },
  );

  it('keeps nothing back for a stream without a phrase', () => {
    const [sentence] = explain([evidence('tea_leaves', 3, 4, 0.5, 2)]);
    expect(sentence?.en).toBe('tea_leaves: 3 of 4, 0.5 expected (+2.0)');
    expect(sentence?.fr).toBe('tea_leaves : 3 sur 4, 0,5 attendus (+2,0)');
  });
});

describe('figures', () => {
  it.each([
    [0, '0', '0'],
    [6.04, '6', '6'],
    [6.06, '6.1', '6,1'],
    [9.96, '10', '10'],
    [10.4, '10', '10'],
    [-3.25, '-3.2', '-3,2'],
    [1234567, '1,234,567', '1\u202f234\u202f567'],
  ])('%d', (value, en, fr) => {
    expect(figure(value, 'en')).toBe(en);
    expect(figure(value, 'fr')).toBe(fr);
  });

  it('shares carry their sign', () => {
    expect(share(-0.34, 'en')).toBe('-0.3');
    expect(share(4, 'fr')).toBe('+4,0');
  });
});
