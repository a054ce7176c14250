import type { RestrictingRung } from '#libs/model/alert.ts';
import type { Profession } from '#libs/model/codes.ts';
import { dayName } from './local-time.ts';
import type { RungCounts, Words } from './words.ts';

const count = (n: number): string => n.toLocaleString('fr-FR');
const several = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n < 2 ? one : many}`;
const decimal = (n: number): string => n.toFixed(1).replace('.', ',');

const PROFESSIONS: Readonly<Record<Profession, readonly [one: string, many: string]>> = {
  other: ['autre', 'autres'],
  pharmacist: ['pharmacien', 'pharmaciens'],
  optician: ['opticien', 'opticiens'],
  audiologist: ['audioprothésiste', 'audioprothésistes'],
  dentist: ['chirurgien-dentiste', 'chirurgiens-dentistes'],
  physician: ['médecin', 'médecins'],
  laboratory: ['laboratoire', 'laboratoires'],
  hospital: ['hôpital', 'hôpitaux'],
  nurse: ['infirmier', 'infirmiers'],
  physiotherapist: ['masseur-kinésithérapeute', 'masseurs-kinésithérapeutes'],
  radiology: ['radiologue', 'radiologues'],
  ambulance: ['ambulancier', 'ambulanciers'],
  payer: ['gestionnaire', 'gestionnaires'],
};

const THEFTS: Readonly<Record<string, string>> = {
  sweep: 'un robot qui essaie les NIR l’un après l’autre',
  'slow-sweep': 'quelqu’un qui essaie les NIR l’un après l’autre, lentement',
  'stolen-list': 'quelqu’un qui déroule une liste volée de personnes de toute la France',
  'closed-hours': 'quelqu’un qui déroule une liste volée pendant la fermeture du cabinet',
  'boiling-frog': 'quelqu’un qui commence par quelques personnes et en prend chaque jour davantage',
  padded: 'quelqu’un qui cache ses consultations parmi les patients du cabinet',
  manager: 'quelqu’un qui déroule une liste volée depuis un compte gestionnaire',
  'local-list': 'quelqu’un qui a une liste volée de personnes du département',
  'real-patients': 'quelqu’un qui a une liste de patients de cabinets voisins',
  dormant: 'quelqu’un qui utilise, le soir, un compte que son titulaire a quitté',
  'forged-followup': 'quelqu’un qui facture à faux la plupart des personnes volées',
};

const ACTED: Readonly<Record<RestrictingRung, string>> = {
  step_up: 'second facteur exigé, sessions fermées',
  throttle: 'freiné : quelques personnes nouvelles par heure, les connues restent libres',
  suspend: 'ARRÊTÉ : compte désactivé, sessions fermées',
};

const REFUSED: Readonly<Record<string, string>> = {
  disabled: 'le compte est désactivé',
  suspended: 'le compte est suspendu',
  throttled: 'trop de personnes nouvelles pour un compte freiné',
  second_factor_required: 'un second facteur est exigé',
  session_ended: 'la session a été fermée',
  no_account: 'compte inconnu',
};

const RUNGS: Readonly<Record<RestrictingRung, string>> = {
  step_up: 'second facteur',
  throttle: 'frein',
  suspend: 'suspension',
};

const rungs = ({ step_up, throttle, suspend }: RungCounts): string =>
  `second facteur exigé de ${count(step_up)}, ${several(throttle, 'freiné')}, ${several(suspend, 'suspendu')}`;
const milliseconds = (ms: number): string => `${count(Math.round(ms))} ms`;

export const FRENCH: Words = {
  locale: 'fr-FR',
  factWidth: 28,
  because: 'car',
  count,
  opening: (seed, folder) => [
    `Démonstration de Vigie, graine ${seed} : portail, journal, détecteur, réponse et registre des comptes dans ce seul processus.`,
    `Rien n’écoute sur le réseau ; toutes les personnes sont inventées. Données : ${folder}`,
  ],
  removed: (runs) => `Données de démarrages antérieurs supprimées : ${runs.join(', ')}.`,
  historyHeading: '1. Ce qui est normal',
  portal: (professions, departments) =>
    `Un portail de ${several(
      professions.reduce((sum, [, n]) => sum + n, 0),
      'compte',
    )} dans les départements ${departments.join(', ')} : ${professions
      .map(([name, n]) => `${count(n)} ${PROFESSIONS[name][n < 2 ? 0 : 1]}`)
      .join(', ')}.`,
  progressUnit: 'requêtes',
  historyRead: (requests, days, seconds) =>
    `Vigie a lu son journal des ${days} derniers jours : ${count(requests)} requêtes en ${decimal(seconds)} s.`,
  watched: (counts) => `Jusqu’ici elle observait seulement. Si elle avait agi : ${rungs(counts)}.`,
  storyHeading: (day) => `2. La semaine du ${dayName(day, 'fr-FR')}, un jour en deux secondes environ`,
  day: (day, requests) => `${dayName(day, 'fr-FR').padEnd(13)}${count(requests).padStart(7)} requêtes`,
  theft: ({ attack, account, profession, department, rate }, day, speed) => [
    `${dayName(day, 'fr-FR')} : un compte est volé, ${account}, ${PROFESSIONS[profession][0]} dans le département ${department}. Dedans : ${THEFTS[attack] ?? attack}`,
    `(${count(rate)} consultations par heure, avec le mot de passe et le second facteur du titulaire). Personne ne le dit à Vigie.`,
    `Le temps est ralenti : ${count(speed)} fois le temps réel.`,
  ],
  alert: ({ account, score, exposed, rung }) =>
    `ALERTE sur ${account.id} : score ${decimal(score)}, ${several(exposed, 'personne exposée', 'personnes exposées')} jusqu’ici${rung === 'alert' ? '' : `, palier : ${RUNGS[rung]}`}`,
  stopped: ({ rung, eventToVerifiedMs }) =>
    `-> ${ACTED[rung]}. Relu : c’est fait${eventToVerifiedMs === undefined ? '' : `, ${milliseconds(eventToVerifiedMs)} après la requête décisive`}.`,
  heldBack: (rung, reason) => `-> ${RUNGS[rung]} non appliqué : ${reason}`,
  thiefRefused: (why) => `   La requête suivante du voleur est refusée : ${REFUSED[why] ?? why}.`,
  disturbed: (account, rung) => `   (compte honnête ${account} : ${ACTED[rung]})`,
  closingHeading: '3. Le bilan',
  notStopped: (account) => `${account} n’a PAS été arrêté : le vol est allé à son terme.`,
  facts: {
    stopped: 'Arrêté',
    exposed: 'Personnes exposées',
    insurers: 'Par organisme (AMC)',
    nobody: 'Si personne n’avait agi',
    holder: 'Le vrai titulaire',
    honest: 'Comptes honnêtes',
  },
  stoppedFact: (account, ms) =>
    `${account}, vérifié ${ms === undefined ? 'à un moment inconnu' : milliseconds(ms)} après l’arrivée de la requête décisive`,
  exposedFact: (exposed, stated) =>
    stated === undefined
      ? `${count(exposed)}, sans alerte`
      : `${count(exposed)} (l’alerte en compte ${count(stated)} depuis le début qu’elle estime)`,
  insurers: (list) => list.map(({ amc, people }) => `${amc || 'inconnu'} : ${count(people)}`).join(', '),
  nobodyFact: (people, insurers, days) =>
    `${count(people)} personnes de ${several(insurers, 'organisme')} par le même vol en ${several(days, 'jour')}`,
  holderFact: (refused) =>
    `${several(refused, 'requête refusée', 'requêtes refusées')} depuis ; une personne doit rendre le compte, avec un nouveau mot de passe`,
  honestFact: (accounts, counts, alerted, refused) =>
    `sur ${count(accounts)} : ${rungs(counts)} ; ${count(alerted)} dans la liste d’un analyste ; ${several(refused, 'requête refusée', 'requêtes refusées')}`,
  nextHeading: 'Trois choses à essayer',
  next: (folder) => [
    {
      why: 'Rejouer ce journal, avec ce que l’on sait du vol :',
      commands: [`npm start -- replay ${folder}/portal.ndjson.zst --labels ${folder}/labels.json`],
    },
    {
      why: 'Simuler un autre vol, et voir ce qui serait sorti :',
      commands: [
        'npm start -- simulate --days 45 --attack sweep --labels labels.json --out traffic.ndjson.zst',
        'npm start -- replay traffic.ndjson.zst --labels labels.json --containment simulate',
      ],
    },
    {
      why: 'Écrire une politique, y mettre response.mode à observe, et regarder son propre journal sans toucher à personne :',
      commands: ['npm start -- policy init policy.yaml', 'npm start -- replay access.log --policy policy.yaml'],
    },
  ],
  kept: (folder) => `Alertes et actions, en lignes JSON (OCSF) : ${folder}/published`,
  serving: 'Le portail continue tranquillement, dix minutes par seconde. Ctrl-C pour finir.',
  simulatedTimeOver: 'L’année simulée est terminée.',
  interrupted: (folder) =>
    `Terminé. Journal, alertes, actions et comptes restent dans ${folder} ; le prochain démarrage en crée un nouveau.`,
};
