import { z } from 'zod';
import { MAX_ACCOUNT_ID_CHARACTERS } from '#libs/model/account-id.ts';
import { ACTION_STATES, RESTRICTIONS } from '#libs/model/action.ts';
import { ALERT_KINDS, RUNGS, SEVERITIES } from '#libs/model/alert.ts';
import { CAMPAIGN_KINDS } from '#libs/model/campaign.ts';
import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import { CONTAINMENT_STATES } from '#libs/model/containment.ts';

/** The shapes of what the API takes and gives. Times are RFC 3339; `null` stands for none. */

export const time = z.iso.datetime();
const timeOrNone = time.nullable();
export const accountId = z.string().min(1).max(MAX_ACCOUNT_ID_CHARACTERS);
export const reason = z.string().trim().min(1).max(1000).describe('why, in words: it goes into the audit log');
/** Ids in paths and filters: whatever is no such thing is no id of ours. */
export const objectId = z.string().min(1).max(200);

/** How many of a list are wanted. The answer says whether there are more. */
export const limit = z.coerce.number().int().min(1).max(500).default(50);

export const restrictingRung = z.enum(['step_up', 'throttle', 'suspend']);

export const restriction = z.object({
  account: accountId,
  restriction: z.enum(RESTRICTIONS),
  since: timeOrNone,
  until: timeOrNone,
  new_per_hour: z.number().int(),
  action: z.string(),
  seq: z.number().int(),
});

export const action = z.object({
  id: z.string(),
  incident: z.string(),
  account: z.string(),
  channel: z.string(),
  rung: restrictingRung,
  decision: z.enum(['act', 'await_approval', 'observe', 'drop']),
  reason: z.string(),
  state: z.enum(ACTION_STATES),
  step: z.string(),
  detail: z.string(),
  undo: z.enum(['none', 'pending', 'done']),
  attempts: z.number().int(),
  score: z.number(),
  exposed: z.number().int(),
  decided: time,
  until: timeOrNone,
  created: time,
  updated: time,
  verified: timeOrNone,
});

export const verdict = z.object({
  verdict: z.enum(['true', 'false', 'benign']),
  reason: z.string(),
  until: timeOrNone,
  by: z.string(),
  time,
});

export const confirmation = z.object({
  incident: z.string(),
  asked: time,
  expires: time,
  answer: z.enum(['mine', 'not_mine', '']),
  answered: timeOrNone,
});

export const incident = z.object({
  id: z.string(),
  revision: z.number().int(),
  status: z.enum(['created', 'updated', 'closed']),
  kind: z.enum(ALERT_KINDS),
  severity: z.enum(SEVERITIES),
  rung: z.enum(RUNGS),
  time,
  started: time,
  account: z.object({
    id: z.string(),
    class: z.enum(ACCOUNT_CLASSES),
    profession: z.enum(PROFESSIONS),
    department: z.string(),
  }),
  channel: z.enum(CHANNELS),
  score: z.number(),
  exposed: z.number().int(),
  exposed_by_insurer: z.array(z.object({ amc: z.string(), people: z.number().int() })),
  evidence: z.array(
    z.object({
      name: z.string(),
      observed: z.number(),
      of: z.number(),
      expected: z.number(),
      nats: z.number(),
    }),
  ),
  restriction: z.enum(RESTRICTIONS),
  verdict: verdict.nullable(),
});

export const campaign = z.object({
  id: z.string(),
  revision: z.number().int(),
  kind: z.enum(CAMPAIGN_KINDS),
  named: time,
  started: time,
  accounts: z.array(z.string()),
  evidence: z.array(
    z.object({
      key: z.string(),
      value: z.string(),
      observed: z.number(),
      expected: z.number(),
      days: z.number(),
      nats: z.number(),
    }),
  ),
  by_chance: z.number().describe('estimated share of its accounts that are there by chance, 0 to 1'),
});

const person = z.object({ id: z.string(), name: z.string() });

export const selector = z
  .strictObject({
    class: z.enum(ACCOUNT_CLASSES).exactOptional(),
    org: z.string().min(1).max(128).exactOptional(),
    campaign: objectId.exactOptional(),
    profession: z.enum(PROFESSIONS).exactOptional(),
    department: z.string().min(1).max(8).exactOptional(),
  })
  .refine((s) => s.class !== undefined || s.org !== undefined || s.campaign !== undefined, {
    message: 'a class, an organisation or a campaign must be named',
  });

const group = z.object({
  profession: z.string(),
  department: z.string(),
  affected: z.number().int(),
  of: z.number().int(),
});
const spared = z.array(z.object({ account: z.string(), reason: z.string() }));

export const preview = z.object({
  digest: z.string(),
  total: z.number().int(),
  already_restricted: z.number().int(),
  spared,
  groups: z.array(group),
  emptied: z.array(group).describe('professions that would have no account left in a department'),
  accounts: z.array(z.string()),
});

export const containment = z.object({
  id: z.string(),
  selector: z.record(z.string(), z.string()),
  rung: restrictingRung,
  reason: z.string(),
  state: z.enum(CONTAINMENT_STATES),
  digest: z.string(),
  total: z.number().int(),
  begun: z.number().int(),
  skipped: z.number().int(),
  given_back: z.number().int(),
  spared,
  slice_size: z.number().int(),
  slice_every_minutes: z.number(),
  length_hours: z.number(),
  asked_by: person,
  approved_by: person.nullable(),
  created: time,
  detail: z.string(),
});

export const auditLine = z.object({
  seq: z.number().int(),
  time,
  at_ms: z.number().int().describe('the time as it is hashed'),
  actor: z.string(),
  verb: z.string(),
  subject: z.string(),
  detail: z.string(),
  previous: z.string(),
  hash: z.string(),
});

export const listOf = <T extends z.ZodType>(items: T) =>
  z.object({ items: z.array(items), more: z.boolean().describe('there are more than were asked for') });
