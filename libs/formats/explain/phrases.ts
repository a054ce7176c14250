import type { Evidence } from '#libs/model/alert.ts';
import type { Language } from './numbers.ts';
import { figure } from './numbers.ts';

/** The figures of one piece of evidence, written out. */
interface Figures {
  readonly observed: string;
  readonly of: string;
  readonly expected: string;
  /** The limit, for quotas: they carry it in `of`. */
  readonly limit: string;
}
type Phrase = Readonly<Record<Language, (f: Figures) => string>>;

const notFollowed = (en: string, fr: string): Phrase => ({
  en: (f) => `${f.observed} of ${f.of} people looked up and not served ${en}, ${f.expected} expected`,
  fr: (f) => `${f.observed} personnes sur ${f.of} consultées sans suite ${fr}, ${f.expected} attendues`,
});

/** What each evidence stream has seen, by its name. */
const PHRASES: ReadonlyMap<string, Phrase> = new Map<string, Phrase>([
  [
    'territory',
    {
      en: (f) => `${f.observed} of ${f.of} people born outside the account's usual departments, ${f.expected} expected`,
      fr: (f) =>
        `${f.observed} personnes sur ${f.of} nées hors des départements habituels du compte, ${f.expected} attendues`,
    },
  ],
  [
    'territory_new_source',
    {
      en: (f) =>
        `from a device or network new to the account, ${f.observed} of ${f.of} people born outside its usual departments, ${f.expected} expected`,
      fr: (f) =>
        `depuis un appareil ou un réseau nouveau pour le compte, ${f.observed} personnes sur ${f.of} nées hors de ses départements habituels, ${f.expected} attendues`,
    },
  ],
  [
    'miss_new_source',
    {
      en: (f) =>
        `from a device or network new to the account, ${f.observed} of ${f.of} look-ups found nobody, ${f.expected} expected`,
      fr: (f) =>
        `depuis un appareil ou un réseau nouveau pour le compte, ${f.observed} consultations sur ${f.of} sans personne trouvée, ${f.expected} attendues`,
    },
  ],
  ['no_follow_up', notFollowed('afterwards', 'ensuite')],
  ['no_follow_up_30m', notFollowed('within 30 minutes', 'sous 30 minutes')],
  ['no_follow_up_3h', notFollowed('within 3 hours', 'sous 3 heures')],
  ['no_follow_up_1d', notFollowed('by the end of the next day', 'avant la fin du lendemain')],
  ['no_follow_up_9d', notFollowed('within 9 days', 'sous 9 jours')],
  [
    'miss',
    {
      en: (f) => `${f.observed} of ${f.of} look-ups found nobody, ${f.expected} expected`,
      fr: (f) => `${f.observed} consultations sur ${f.of} sans personne trouvée, ${f.expected} attendues`,
    },
  ],
  [
    'adjacency',
    {
      en: (f) => `${f.observed} of ${f.of} numbers next to one just looked up, ${f.expected} expected`,
      fr: (f) => `${f.observed} numéros sur ${f.of} voisins d'un numéro à peine consulté, ${f.expected} attendus`,
    },
  ],
  [
    'new_source',
    {
      en: () => 'a device or network that the account used for the first time within a day',
      fr: () => "un appareil ou un réseau que le compte utilise pour la première fois depuis moins d'un jour",
    },
  ],
  [
    'rate',
    {
      en: (f) => `${f.observed} new people in the time in which ${f.expected} were expected`,
      fr: (f) => `${f.observed} personnes nouvelles dans un temps où ${f.expected} étaient attendues`,
    },
  ],
  [
    'unseen',
    {
      en: (f) => `${f.observed} of ${f.of} people whom nobody had looked up before, ${f.expected} expected`,
      fr: (f) => `${f.observed} personnes sur ${f.of} que nul n'avait consultées avant, ${f.expected} attendues`,
    },
  ],
  [
    'closed_contract',
    {
      en: (f) => `${f.observed} of ${f.of} people whose contract had ended, ${f.expected} expected`,
      fr: (f) => `${f.observed} personnes sur ${f.of} dont le contrat était clos, ${f.expected} attendues`,
    },
  ],
  [
    'identities',
    {
      en: (f) => `${f.observed} birth dates or ranks tried on one NIR beyond what a family has`,
      fr: (f) => `${f.observed} dates ou rangs de naissance essayés sur un même NIR, au-delà d'une famille`,
    },
  ],
  [
    'other_insurer',
    {
      en: (f) => `${f.observed} of ${f.of} people with an insurer unusual for the account, ${f.expected} expected`,
      fr: (f) =>
        `${f.observed} personnes sur ${f.of} d'un organisme inhabituel pour le compte, ${f.expected} attendues`,
    },
  ],
  [
    'no_pec',
    {
      en: (f) =>
        `${f.observed} of ${f.of} people for whom nobody asked a prise en charge or billed lately, ${f.expected} expected`,
      fr: (f) => `${f.observed} personnes sur ${f.of} sans prise en charge ni facture récente, ${f.expected} attendues`,
    },
  ],
  [
    'cadence',
    {
      en: (f) => `${f.observed} of ${f.of} look-ups at even intervals or faster than typing, ${f.expected} expected`,
      fr: (f) =>
        `${f.observed} consultations sur ${f.of} à intervalles réguliers ou plus vite qu'à la main, ${f.expected} attendues`,
    },
  ],
  [
    'closed_hours',
    {
      en: (f) => `at work on ${f.observed} days when hardly any colleague was, ${f.expected} expected`,
      fr: (f) =>
        `au travail ${f.observed} jours à des heures où presque aucun confrère ne l'était, ${f.expected} attendues`,
    },
  ],
  [
    'round_the_clock',
    {
      en: (f) => `${f.observed} hours beyond the longest usual day`,
      fr: (f) => `${f.observed} heures au-delà de la plus longue journée habituelle`,
    },
  ],
  [
    'dormant',
    {
      en: () => 'an account that had been silent for six weeks or more',
      fr: () => 'un compte resté silencieux six semaines ou plus',
    },
  ],
  [
    'honeytoken',
    {
      en: (f) => `${f.observed} planted people looked up: nobody can have met them`,
      fr: (f) => `${f.observed} personnes fictives consultées : nul n'a pu les rencontrer`,
    },
  ],
  [
    'sorted_order',
    {
      en: (f) =>
        `${f.observed} of ${f.of} new people in the order of a sorted list (by NIR, birth or birthplace), ${f.expected} expected`,
      fr: (f) =>
        `${f.observed} personnes nouvelles sur ${f.of} dans l'ordre d'une liste triée (NIR, naissance ou lieu), ${f.expected} attendues`,
    },
  ],
  [
    'first_export',
    {
      en: (f) => `days with an export such as the account never made, or never nearly as large: ${f.observed}`,
      fr: (f) => `jours d'un export tel que le compte n'en avait jamais fait, ou jamais d'aussi grand : ${f.observed}`,
    },
  ],
  [
    'quota_hour',
    {
      en: (f) => `${f.observed} new people in one hour, quota ${f.limit}, ${f.expected} usual`,
      fr: (f) => `${f.observed} personnes nouvelles en une heure, quota ${f.limit}, ${f.expected} d'habitude`,
    },
  ],
  [
    'quota_day',
    {
      en: (f) => `${f.observed} new people in one day, quota ${f.limit}, ${f.expected} usual`,
      fr: (f) => `${f.observed} personnes nouvelles en un jour, quota ${f.limit}, ${f.expected} d'habitude`,
    },
  ],
  [
    'quota_unnamed',
    {
      en: (f) => `${f.observed} look-ups in one day that name nobody, quota ${f.limit}, ${f.expected} usual`,
      fr: (f) =>
        `${f.observed} consultations en un jour qui ne nomment personne, quota ${f.limit}, ${f.expected} d'habitude`,
    },
  ],
  [
    'quota_unfollowed',
    {
      en: (f) => `${f.observed} people never served in 28 days, quota ${f.limit}, ${f.expected} usual`,
      fr: (f) => `${f.observed} personnes restées sans suite en 28 jours, quota ${f.limit}, ${f.expected} d'habitude`,
    },
  ],
  [
    'recheck',
    {
      en: (f) => `${f.observed} of ${f.of} people already known and looked up again in bulk, ${f.expected} expected`,
      fr: (f) => `${f.observed} personnes sur ${f.of} déjà connues et revues en masse, ${f.expected} attendues`,
    },
  ],
]);

/** For a stream that has no phrase yet: its name and its figures, so that nothing is kept back. */
const GENERIC = (name: string): Phrase => ({
  en: (f) => `${name}: ${f.observed} of ${f.of}, ${f.expected} expected`,
  fr: (f) => `${name} : ${f.observed} sur ${f.of}, ${f.expected} attendus`,
});

/** One piece of evidence as a phrase without its share of the score. */
export function phrase(evidence: Evidence, language: Language): string {
  const template = PHRASES.get(evidence.name) ?? GENERIC(evidence.name);
  const text = template[language]({
    observed: figure(evidence.observed, language),
    of: figure(evidence.of, language),
    expected: figure(evidence.expected, language),
    limit: figure(evidence.of, language),
  });
  return text;
}
