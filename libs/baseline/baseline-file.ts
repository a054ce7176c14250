import { z } from 'zod';
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import { DEPARTMENTS } from '#libs/model/departments.ts';
import type { PeerBaseline } from '#libs/model/peer-baseline.ts';
import { canonicalDigest, deepFreeze } from '#libs/model/policy/canonical.ts';
import type { FileProblem, SourceText } from '#libs/model/policy/index.ts';
import { checkAgainst, fieldProblem, readYaml } from '#libs/model/policy/yaml-file.ts';
import { TRAITS } from './traits.ts';
import { VOLUME_CLASSES } from './volume.ts';

/**
 * The baseline file: what an installation's groups of peers are like, for a run to start from. It is read and written by
 * people too, and holds no account and no person; the whole state, which does, is a companion file that it may name.
 */
const count = z.number().nonnegative();
const share = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const counts = (most: number, what: string) => z.array(count).max(most).default([]).describe(what);

const hours = z.array(z.number().min(0).max(100)).length(24);

const group = z.strictObject({
  class: z.enum(ACCOUNT_CLASSES),
  profession: z.enum(PROFESSIONS),
  channel: z.enum(CHANNELS),
  accounts: z.number().int().positive(),
  followed: z.boolean().describe('Whether any look-up of the group was ever followed up.'),
  daily: z
    .strictObject({
      fresh: z.number().positive(),
      people: z.number().positive(),
      accounts: z.number().int().positive(),
    })
    .optional()
    .describe('New people a worked day, all people, and how many accounts say so.'),
  traits: z
    .partialRecord(
      z.enum(TRAITS).exclude(['unseen']),
      z.strictObject({ mean: share, strength: z.number().positive().max(1000), accounts: z.number().int().positive() }),
    )
    .default({})
    .describe('Beta prior of each trait: mean, strength in observations, accounts that say so.'),
  dispersion: z
    .strictObject({ size: z.number().positive(), mass: count })
    .optional()
    .describe('Negative-binomial size of the hourly counts, and the mass behind it.'),
  worked: count.describe('Account-days behind the shape of the week.'),
  week: z
    .strictObject({
      monday: hours,
      tuesday: hours,
      wednesday: hours,
      thursday: hours,
      friday: hours,
      saturday: hours,
      sunday: hours,
    })
    .describe('Per cent of the week’s work in each hour of each day, UTC.'),
  sources: z
    .strictObject({ changes: count, days: count })
    .describe('Days with a new device or network, of days worked.'),
  unseen: z
    .strictObject({ people: count, of: count })
    .describe('People whom nobody had looked up, of new people. Counts only together with the companion state.'),
  seen: counts(16, 'The other new people, by how many accounts had seen them, a class a doubling. Likewise.'),
  hours: counts(VOLUME_CLASSES, 'Hours by how many new people they brought, two classes a doubling.'),
  days: counts(VOLUME_CLASSES, 'The same of days.'),
});

const area = z.strictObject({
  department: z.enum(DEPARTMENTS.slice(1)),
  people: z.number().positive(),
  births: z
    .partialRecord(z.enum(DEPARTMENTS.slice(1)), share)
    .transform((births) => births as Readonly<Record<string, number>>)
    .describe('Share of them by department of birth.'),
});

const schema = z.strictObject({
  version: z.literal(1),
  policy: sha256.describe('Digest of the policy that the archive was folded with.'),
  period: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }).describe('First and last event.'),
  accounts: z.number().int().positive(),
  events: z.number().int().positive(),
  state: z
    .strictObject({
      file: z.string().min(1),
      sha256,
      key: z.string().min(1).describe('Id of the key its people are pseudonymised with.'),
    })
    .optional()
    .describe('The companion: the whole state, beside this file.'),
  groups: z.array(group).max(1000),
  areas: z.array(area).max(DEPARTMENTS.length),
});
export type BaselineFile = z.output<typeof schema>;

/** Reads and checks a baseline file. */
export function parseBaseline(source: SourceText): Result<BaselineFile, FileProblem[]> {
  const yaml = readYaml(source);
  if (!yaml.ok) return yaml;
  const { locate } = yaml.value;
  const checked = checkAgainst(schema, yaml.value.value, source.name, locate);
  if (!checked.ok) return checked;
  const problems: FileProblem[] = [];
  const wrong = (path: readonly PropertyKey[], message: string, found: unknown, allowed: string) =>
    problems.push(fieldProblem(source.name, locate, path, message, found, allowed));
  const seen = new Set<string>();
  checked.value.groups.forEach((g, i) => {
    const name = `${g.class}, ${g.profession}, ${g.channel}`;
    if (seen.has(name)) wrong(['groups', i], 'the group stands here twice', name, 'each group once');
    seen.add(name);
    const work = Object.values(g.week).flat();
    const sum = Math.round(work.reduce((a, b) => a + b, 0) * 100) / 100;
    if (Math.abs(sum - 100) > 2) wrong(['groups', i, 'week'], 'the hours do not make up a week', sum, 'a sum of 100');
    if (g.daily !== undefined && g.daily.people < g.daily.fresh)
      wrong(['groups', i, 'daily', 'people'], 'fewer than the new ones', g.daily.people, `at least ${g.daily.fresh}`);
    if (g.unseen.people > g.unseen.of)
      wrong(['groups', i, 'unseen', 'people'], 'more than there are', g.unseen.people, `at most ${g.unseen.of}`);
  });
  return problems.length > 0 ? err(problems) : ok(deepFreeze(checked.value));
}

/** What detection reads of a baseline file. */
export const peersOf = ({ groups, areas }: BaselineFile): PeerBaseline => ({
  digest: canonicalDigest({ groups, areas }),
  groups,
  areas,
});
