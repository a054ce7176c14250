import type { RestrictingRung } from '#libs/model/alert.ts';
import type { Profession } from '#libs/model/codes.ts';
import { dayName } from './local-time.ts';
import type { RungCounts, Words } from './words.ts';

const count = (n: number): string => n.toLocaleString('en-GB');
const several = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

const PROFESSIONS: Readonly<Record<Profession, readonly [one: string, many: string]>> = {
  other: ['other', 'others'],
  pharmacist: ['pharmacist', 'pharmacists'],
  optician: ['optician', 'opticians'],
  audiologist: ['audiologist', 'audiologists'],
  dentist: ['dentist', 'dentists'],
  physician: ['physician', 'physicians'],
  laboratory: ['laboratory', 'laboratories'],
  hospital: ['hospital', 'hospitals'],
  nurse: ['nurse', 'nurses'],
  physiotherapist: ['physiotherapist', 'physiotherapists'],
  radiology: ['radiologist', 'radiologists'],
  ambulance: ['ambulance', 'ambulances'],
  payer: ['insurer’s clerk', 'insurers’ clerks'],
};

const THEFTS: Readonly<Record<string, string>> = {
  sweep: 'a robot that tries one NIR after the other',
  'slow-sweep': 'somebody who tries one NIR after the other, slowly',
  'stolen-list': 'somebody who works through a stolen list of people from all over France',
  'closed-hours': 'somebody who works through a stolen list while the practice is closed',
  'boiling-frog': 'somebody who begins with a few people a day and takes more every day',
  padded: 'somebody who hides stolen look-ups among the practice’s own patients',
  manager: 'somebody who works through a stolen list as an insurer’s clerk',
  'local-list': 'somebody with a stolen list of people of the same department',
  'real-patients': 'somebody with a list of patients of neighbouring practices',
  dormant: 'somebody who uses, in the evening, an account that its holder has left',
  'forged-followup': 'somebody who forges the billing for most of the people they steal',
};

const ACTED: Readonly<Record<RestrictingRung, string>> = {
  step_up: 'second factor demanded, sessions ended',
  throttle: 'throttled: a few new people an hour, those it knows stay free',
  suspend: 'STOPPED: account disabled, sessions ended',
};

const REFUSED: Readonly<Record<string, string>> = {
  disabled: 'the account is disabled',
  suspended: 'the account is suspended',
  throttled: 'too many new people for a throttled account',
  second_factor_required: 'a second factor is needed',
  session_ended: 'the session was ended',
  no_account: 'no such account',
};

const rungs = ({ step_up, throttle, suspend }: RungCounts): string =>
  `${count(step_up)} asked for a second factor, ${count(throttle)} throttled, ${count(suspend)} suspended`;
const milliseconds = (ms: number | undefined): string => (ms === undefined ? '' : `${count(Math.round(ms))} ms`);

export const ENGLISH: Words = {
  locale: 'en-GB',
  factWidth: 26,
  because: 'because',
  count,
  opening: (seed, folder) => [
    `Vigie demo, seed ${seed}: portal, event log, detector, responder and account register in this one process.`,
    `Nothing listens on the network; all people are invented. Data: ${folder}`,
  ],
  removed: (runs) => `Removed the data of earlier starts: ${runs.join(', ')}.`,
  historyHeading: '1. What is normal',
  portal: (professions, departments) =>
    `A portal with ${several(
      professions.reduce((sum, [, n]) => sum + n, 0),
      'account',
    )} in departments ${departments.join(', ')}: ${professions
      .map(([name, n]) => `${count(n)} ${PROFESSIONS[name][n === 1 ? 0 : 1]}`)
      .join(', ')}.`,
  progressUnit: 'requests',
  historyRead: (requests, days, seconds) =>
    `Vigie has read its log of the last ${days} days: ${count(requests)} requests in ${seconds.toFixed(1)} s.`,
  watched: (counts) => `Until now it only watched. Had it acted: ${rungs(counts)}.`,
  storyHeading: (day) => `2. The week of ${dayName(day, 'en-GB')}, a day in about two seconds`,
  day: (day, requests) => `${dayName(day, 'en-GB').padEnd(10)}${count(requests).padStart(7)} requests`,
  theft: ({ attack, account, profession, department, rate }, day, speed) => [
    `${dayName(day, 'en-GB')}: an account is stolen, ${account}, ${PROFESSIONS[profession][0]} in department ${department}. In it: ${THEFTS[attack] ?? attack}`,
    `(${count(rate)} look-ups an hour, with the holder’s password and second factor). Nobody tells Vigie.`,
    `Time is slowed down to ${count(speed)} times real time.`,
  ],
  alert: ({ account, score, exposed, rung }) =>
    `ALERT on ${account.id}: score ${score.toFixed(1)}, ${several(exposed, 'person', 'people')} exposed so far${rung === 'alert' ? '' : `, ${rung} reached`}`,
  stopped: ({ rung, eventToVerifiedMs }) =>
    `-> ${ACTED[rung]}. Read back: it is so${eventToVerifiedMs === undefined ? '' : `, ${milliseconds(eventToVerifiedMs)} after the deciding request`}.`,
  heldBack: (rung, reason) => `-> ${rung} not done: ${reason}`,
  thiefRefused: (why) => `   The thief’s next request is refused: ${REFUSED[why] ?? why}.`,
  disturbed: (account, rung) => `   (honest account ${account}: ${ACTED[rung]})`,
  closingHeading: '3. What it comes to',
  notStopped: (account) => `${account} was NOT stopped: the theft went on to its end.`,
  facts: {
    stopped: 'Stopped',
    exposed: 'People exposed',
    insurers: 'At insurers (AMC)',
    nobody: 'Had nobody acted',
    holder: 'The real holder',
    honest: 'Honest accounts',
  },
  stoppedFact: (account, ms) =>
    `${account}, verified ${ms === undefined ? 'at an unknown time' : milliseconds(ms)} after the deciding request reached the log`,
  exposedFact: (exposed, stated) =>
    stated === undefined
      ? `${count(exposed)}, and no alert`
      : `${count(exposed)} (the alert counts ${count(stated)} since the start that it estimates)`,
  insurers: (list) => list.map(({ amc, people }) => `${amc || 'unknown'}: ${count(people)}`).join(', '),
  nobodyFact: (people, insurers, days) =>
    `${count(people)} people of ${several(insurers, 'insurer')} by the same theft in ${several(days, 'day')}`,
  holderFact: (refused) =>
    `${several(refused, 'request')} refused since; a person has to give the account back, with a new password`,
  honestFact: (accounts, counts, alerted, refused) =>
    `of ${count(accounts)}: ${rungs(counts)}; ${count(alerted)} on an analyst’s list; ${several(refused, 'request')} refused`,
  nextHeading: 'Three things to try next',
  next: (folder) => [
    {
      why: 'Run this log through detection again, with what is known about the theft:',
      commands: [`npm start -- replay ${folder}/portal.ndjson.zst --labels ${folder}/labels.json`],
    },
    {
      why: 'Make other traffic with another theft, and see what would have been let out:',
      commands: [
        'npm start -- simulate --days 45 --attack sweep --labels labels.json --out traffic.ndjson.zst',
        'npm start -- replay traffic.ndjson.zst --labels labels.json --containment simulate',
      ],
    },
    {
      why: 'Write a policy file, set response.mode to observe in it, and look at your own log without touching anybody:',
      commands: ['npm start -- policy init policy.yaml', 'npm start -- replay access.log --policy policy.yaml'],
    },
  ],
  kept: (folder) => `Alerts and actions as JSON lines (OCSF): ${folder}/published`,
  serving: 'The portal goes on quietly, ten minutes a second. Ctrl-C ends it.',
  simulatedTimeOver: 'The simulated year is over.',
  interrupted: (folder) =>
    `Ended. Log, alerts, actions and accounts are kept in ${folder}; the next start makes a new one.`,
};
