import { z } from 'zod';
import { MAX_ACCOUNT_ID_CHARACTERS } from '#libs/model/account-id.ts';
import { RUNGS, SEVERITIES } from '#libs/model/alert.ts';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';
import { FOLLOW_UP_FROM } from '#libs/model/detection-policy.ts';
import { DEFAULT_RESPONSE_POLICY, RESPONSE_MODES } from '#libs/model/response-policy.ts';
import { STREAM_NAMES } from '#libs/model/streams.ts';
import { DEFAULT_FOLLOW_UP_FROM, DEFAULT_QUOTA, DEFAULT_TAILS, DEFAULT_THRESHOLDS } from './defaults.ts';

/**
 * The policy file, version 1, as people write it. Every field has a default and a description; the published JSON Schema,
 * the starter file and the allowed values in error messages are all read from here. No transformations: what the file
 * means is worked out in `effective.ts`.
 */

/** An object with one field for each name of a closed list. */
function eachOf<const N extends string, S extends z.ZodType>(names: readonly N[], field: (name: N) => S) {
  const shape = Object.fromEntries(names.map((name) => [name, field(name)])) as Record<N, S>;
  return z.strictObject(shape).prefault({} as never);
}

/** Rungs, without `alert`, restrict an account. */
const RESTRICTING = ['step_up', 'throttle', 'suspend'] as const;

const budgetOfHonest = z
  .strictObject({
    per_10000: z
      .number()
      .positive()
      .max(10_000)
      .describe('Honest accounts that may reach this rung, per 10,000 account-months. Needs a calibration file.'),
  })
  .describe('A budget: the threshold is looked up in the calibration file.');

const rungs = eachOf(RUNGS, (rung) =>
  z
    .union([z.number().min(0.5).max(200).describe('Score from which the rung is reached, nats.'), budgetOfHonest])
    .default(DEFAULT_THRESHOLDS[rung])
    .describe(
      {
        alert: 'An alert is raised.',
        step_up: 'The second factor is asked again.',
        throttle: 'New people are limited per hour. Normally reached through a quota, so its score is high.',
        suspend: 'The account is disabled.',
      }[rung],
    ),
).describe('The ladder: score in nats from which each rung is reached, or a budget such as { per_10000: 1 }.');

const streams = z
  .strictObject({
    disabled: z.array(z.enum(STREAM_NAMES)).default([]).describe('Evidence streams that are switched off, by name.'),
    honeytokens: z
      .array(z.string().regex(/^[0-9a-f]{32}$/, 'a pseudonym: 32 hexadecimal digits, as `vigie pseudonym` prints them'))
      .default([])
      .describe('Pseudonyms of planted people who do not exist; looking one up suspends. Never the NIR itself.'),
    tails: eachOf(STREAM_NAMES, (name) =>
      z
        .strictObject({
          q99: z
            .number()
            .positive()
            .max(1000)
            .default(DEFAULT_TAILS[name].q99)
            .describe('Monthly maximum, in nats, that one honest account-month in 100 exceeds.'),
          q999: z
            .number()
            .positive()
            .max(1000)
            .default(DEFAULT_TAILS[name].q999)
            .describe('Monthly maximum, in nats, that one honest account-month in 1,000 exceeds. Above q99.'),
        })
        .prefault({})
        .describe(`Benign tail of the stream ${name}.`),
    ).describe('What honest accounts reach on each stream. A calibration file takes the place of these figures.'),
  })
  .prefault({})
  .describe('Evidence streams.');

const limit = (factor: number, offset: number, what: string) =>
  z
    .strictObject({
      factor: z.number().positive().max(1000).default(factor).describe('Factor on the account’s own mean.'),
      offset: z.number().min(0).max(10_000).default(offset).describe('People added to the mean before the factor.'),
    })
    .prefault({})
    .describe(what);

const quota = z
  .strictObject({
    hour: limit(
      DEFAULT_QUOTA.hourFactor,
      DEFAULT_QUOTA.hourOffset,
      'New people an hour: factor × (mean a worked hour + offset).',
    ),
    day: limit(
      DEFAULT_QUOTA.dayFactor,
      DEFAULT_QUOTA.dayOffset,
      'New people a day: factor × (mean a worked day + offset).',
    ),
    unfollowed_28d: limit(
      DEFAULT_QUOTA.unfollowedFactor,
      DEFAULT_QUOTA.unfollowedOffset,
      'People left without follow-up in 28 days: factor × (1.4 × usual + offset).',
    ),
    prior_new_per_day: eachOf(PROFESSIONS, (name) =>
      z
        .number()
        .min(0.1)
        .max(10_000)
        .default(DEFAULT_QUOTA.priorNewPerDay[name])
        .describe(`New people a day expected of an account of profession ${name} of which nothing is known.`),
    ).describe('New people a day, before an account has a history of its own.'),
  })
  .prefault({})
  .describe('Limits on new people, in the account’s own scale. Reaching one reaches the rung throttle.');

const followUp = z
  .strictObject({
    from: eachOf(PROFESSIONS, (name) =>
      z
        .enum(FOLLOW_UP_FROM)
        .default(DEFAULT_FOLLOW_UP_FROM[name])
        .describe(`When a missing follow-up first counts for profession ${name}.`),
    ).describe('Shortest delay after which a person without follow-up counts; shorter horizons are silent.'),
  })
  .prefault({})
  .describe('Follow-ups (prise en charge, claim): the proof that the person was there to be served.');

const responseMode = z.enum(RESPONSE_MODES).describe('observe: written down only; approve: a person decides; auto.');
const modeBySeverity = z.strictObject(
  Object.fromEntries(SEVERITIES.map((s) => [s, responseMode.default('auto')])) as Record<
    (typeof SEVERITIES)[number],
    z.ZodDefault<typeof responseMode>
  >,
);
const modeByClass = z.strictObject(
  Object.fromEntries(
    ACCOUNT_CLASSES.map((c) => [c, z.union([responseMode, modeBySeverity]).default('auto')]),
  ) as Record<(typeof ACCOUNT_CLASSES)[number], z.ZodDefault<z.ZodUnion<[typeof responseMode, typeof modeBySeverity]>>>,
);

const perWindow = (value: number, window: string) =>
  z
    .int()
    .min(0)
    .max(1_000_000)
    .default(value)
    .describe(`Accounts that the machine may put on this rung per ${window}.`);

const D = DEFAULT_RESPONSE_POLICY;

const response = z
  .strictObject({
    dry_run: z
      .boolean()
      .default(D.dryRun)
      .describe('Nothing is done and nothing is asked: plans are only written down.'),
    kill_switch: z
      .boolean()
      .default(D.killSwitch)
      .describe('The machine’s hands are off: every plan waits for a person.'),
    mode: z
      .union([responseMode, modeByClass])
      .default('auto')
      .describe('One mode for all, or one per account class, or per class and severity of the alert.'),
    highest_rung: eachOf(ACCOUNT_CLASSES, (name) =>
      z.enum(RUNGS).default(D.highestRung[name]).describe(`Highest rung for accounts of class ${name}.`),
    ).describe('The rung that the machine may reach by itself, per account class. Above it, only a person.'),
    budget: eachOf(RESTRICTING, (rung) =>
      z
        .strictObject({
          per_10_minutes: perWindow(D.budget[rung].perTenMinutes, '10 minutes'),
          per_hour: perWindow(D.budget[rung].perHour, 'hour'),
          per_day: perWindow(D.budget[rung].perDay, 'day'),
          profession_share: z
            .number()
            .min(0)
            .max(1)
            .default(D.budget[rung].professionShare)
            .describe('Largest share of one profession in one department, in 24 hours; not where either is not said.'),
          profession_floor: z
            .int()
            .min(0)
            .max(1_000_000)
            .default(D.budget[rung].professionFloor)
            .describe('Accounts of one profession in one department that are always allowed in 24 hours.'),
        })
        .prefault({})
        .describe(`Budget of the rung ${rung}.`),
    ).describe(
      'How many accounts the machine may restrict. Past a budget the breaker opens and plans wait for a person; while a suspension does, step_up and throttle are done within theirs.',
    ),
    breaker_minutes: z
      .int()
      .min(0)
      .max(100_000)
      .default(D.breakerMinutes)
      .describe('Minutes until an open breaker closes by itself if there is room; 0: only a person closes it.'),
    restriction_minutes: eachOf(RESTRICTING, (rung) =>
      z
        .int()
        .min(0)
        .max(1_000_000)
        .default(D.restrictionMinutes[rung])
        .describe(`Minutes until ${rung} ends by itself; 0: only a person ends it.`),
    ).describe('How long a restriction lasts.'),
    throttle_new_per_hour: z
      .int()
      .min(0)
      .max(10_000)
      .default(D.throttleNewPerHour)
      .describe('New people an hour for a throttled account. People it already knows stay free.'),
    auto_within_minutes: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(D.autoWithinMinutes)
      .describe('An alert older than this waits for a person: the scene may have changed.'),
    protected: z
      .array(
        z
          .strictObject({
            account: z.string().min(1).max(MAX_ACCOUNT_ID_CHARACTERS).describe('The account’s id.'),
            until: z
              .union([z.iso.date(), z.iso.datetime({ offset: true })])
              .describe('End of the protection: a date (to the end of that day, UTC) or a date and time with offset.'),
            reason: z.string().min(3).max(500).describe('Why patients would be left without care.'),
          })
          .describe('One protected account.'),
      )
      .default([])
      .describe('Accounts that only a person may restrict: emergency, on call, only provider of a department.'),
  })
  .prefault({})
  .describe('What is done about an alert.');

const connectors = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/))
  .refine((names) => new Set(names).size === names.length, { message: 'a connector is named twice' })
  .default([])
  .describe(
    'Names of the connectors that restrict accounts, in this order, out of those that the service configuration sets up ' +
      '(responder.connectors). Empty: all of them, in its order.',
  );

const TOPIC = /^[A-Za-z0-9._-]{1,200}$/;
const topics = z
  .strictObject({
    access: z.string().regex(TOPIC).default('portal.access').describe('Topic of the portal’s access events.'),
    prefix: z
      .string()
      .regex(TOPIC)
      .default('vigie')
      .describe('Prefix of the topics that Vigie writes: <prefix>.alerts, …'),
  })
  .prefault({})
  .describe('Names of topics: letters, digits, dot, underscore and hyphen.');

export const policySchema = z
  .strictObject({
    version: z.literal(1).default(1).describe('Version of this file’s format.'),
    calibration: z
      .string()
      .default('')
      .describe('Calibration file (YAML), relative to this file: benign tails and the score that each budget needs.'),
    rungs,
    streams,
    quota,
    follow_up: followUp,
    response,
    connectors,
    topics,
  })
  .describe('Policy of Vigie: when an account is suspected, and what is done about it.');

/** The file after defaults, as it was written (a mode may still be one word for all). */
export type PolicyFile = z.output<typeof policySchema>;
