import type { BenignExplanation } from '#libs/model/alert.ts';
import type { Language } from './numbers.ts';

/** What each honest explanation would be, and what its figure counts. */
const WORDS: Readonly<
  Record<BenignExplanation['name'], Readonly<Record<Language, (fits: string, needed: string) => string>>>
> = {
  recheck: {
    en: (f, n) => `not a re-check of rights: ${f} of the hour's people were known, it takes ${n}`,
    fr: (f, n) => `pas une revue des droits : ${f} des personnes de l'heure étaient connues, il en faut ${n}`,
  },
  moved: {
    en: (f, n) => `not a practice that moved: its last people foretell them with weight ${f}, it takes ${n}`,
    fr: (f, n) => `pas un cabinet déplacé : ses dernières personnes les prédisent avec un poids de ${f}, il faut ${n}`,
  },
  age_group: {
    en: (f, n) => `not one age group (a school, a home): that foretells them with weight ${f}, it takes ${n}`,
    fr: (f, n) => `pas une classe d'âge (école, EHPAD) : elle les prédit avec un poids de ${f}, il faut ${n}`,
  },
  visitors: {
    en: (f, n) => `not visitors of a season: ${f} of those billed of late came from everywhere, it takes ${n}`,
    fr: (f, n) => `pas des visiteurs de saison : ${f} des derniers facturés venaient de partout, il en faut ${n}`,
  },
  billed_elsewhere: {
    en: (f, n) => `not billed another way: known people explain ${f} of what is missing, it takes ${n}`,
    fr: (f, n) => `pas une facturation par ailleurs : les personnes connues expliquent ${f} de l'absence, il faut ${n}`,
  },
  billing_outage: {
    en: (f, n) => `not a billing outage: ${f} of the portal's accounts are silent beyond the usual, it takes ${n}`,
    fr: (f, n) => `pas une panne de facturation : ${f} des comptes sont muets au-delà de l'habitude, il faut ${n}`,
  },
  insurer_migration: {
    en: (f, n) =>
      `not an insurer's migration: ${f} of the portal's accounts check that insurer's people, it takes ${n}`,
    fr: (f, n) =>
      `pas une migration d'organisme : ${f} des comptes vérifient les personnes de cet organisme, il en faut ${n}`,
  },
  portal_trouble: {
    en: (f, n) => `not trouble of the portal: it explains ${f} of misses, it takes ${n}`,
    fr: (f, n) => `pas une panne du portail : elle explique ${f} des échecs, il faut ${n}`,
  },
  busy_day: {
    en: (f, n) => `not a busy day alone: numbers make up ${f} of the evidence, it takes ${n}`,
    fr: (f, n) => `pas seulement une forte affluence : le nombre fait ${f} des indices, il faut ${n}`,
  },
};

/** The best honest explanation and why it falls short: "not a re-check of rights: 4 % of the hour's people were known, it takes 20 %". */
export function explainBenign(benign: BenignExplanation, language: Language): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const words = WORDS[benign.name][language](percent(benign.fits), percent(benign.needed));
  if (benign.fits < benign.needed) return words;
  return language === 'fr'
    ? `${words} : cela l'explique en partie, pas le reste`
    : `${words}: that explains part of it, not the rest`;
}
