import type { Evidence } from '#libs/model/alert.ts';
import type { Language } from './numbers.ts';
import { share } from './numbers.ts';
import { phrase } from './phrases.ts';

export { explainBenign } from './benign.ts';

/** One piece of evidence in words, with its numbers. */
export interface Sentence extends Evidence {
  readonly en: string;
  readonly fr: string;
}

/** Quotas have no share of the score, and so show none. */
const sentence = (e: Evidence, language: Language): string =>
  phrase(e, language) + (e.nats === 0 ? '' : ` (${share(e.nats, language)})`);

/**
 * Evidence as sentences an analyst can check, strongest first (equal ones keep their order):
 * "44 of 47 people born outside the account's usual departments, 6.1 expected (+8.8)".
 */
export function explain(evidence: readonly Evidence[]): Sentence[] {
  return [...evidence]
    .sort((a, b) => b.nats - a.nats)
    .map((e) => ({
      ...e,
      en: sentence(e, 'en'),
      fr: sentence(e, 'fr'),
    }));
}
