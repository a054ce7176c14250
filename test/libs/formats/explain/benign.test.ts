import { expect, it } from 'vitest';
import { explainBenign } from '#libs/formats/explain/index.ts';
import { BENIGN_NAMES } from '#libs/model/alert.ts';

it.each(BENIGN_NAMES)('%s has its own words in both languages, with how well it fits and would have to', (name) => {
  const en = explainBenign({ name, fits: 0.043, needed: 0.2 }, 'en');
  const fr = explainBenign({ name, fits: 0.043, needed: 0.2 }, 'fr');
  for (const text of [en, fr]) expect(text).toMatch(/\b4 %.*\b20 %/);
  expect(en).toMatch(/^not /);
  expect(fr).toMatch(/^pas /);
});

it('says when an explanation holds and something is left over', () => {
  expect(explainBenign({ name: 'recheck', fits: 0.6, needed: 0.2 }, 'en')).toContain(
    'explains part of it, not the rest',
  );
  expect(explainBenign({ name: 'recheck', fits: 0.6, needed: 0.2 }, 'fr')).toContain('pas le reste');
});
