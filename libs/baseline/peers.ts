import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { PeerBaseline, PeerGroup, PeerTrait } from '#libs/model/peer-baseline.ts';
import { canonicalDigest } from '#libs/model/policy/canonical.ts';
import { groupOf } from './group.ts';

/**
 * What another archive says of a group, weighed against what the group's own accounts have shown by now: it counts like a
 * few accounts at most, so that it rules on the first day and hardly matters after the first weeks.
 */
const MAX_PEERS = 10;

/**
 * @param own the group's own figure, @param accounts how many accounts it comes from (0: it is no figure of its own)
 * @param peers the file's figure, @param peerAccounts how many accounts that comes from
 */
export function shrunk(own: number, accounts: number, peers: number, peerAccounts: number): number {
  const weight = Math.min(peerAccounts, MAX_PEERS);
  return (accounts * own + weight * peers) / (accounts + weight);
}

/** Number of the group that a line of the file is about. */
export const peerGroupNumber = (group: Pick<PeerGroup, 'class' | 'profession' | 'channel'>): number =>
  groupOf(ACCOUNT_CLASSES.indexOf(group.class), PROFESSIONS.indexOf(group.profession), CHANNELS.indexOf(group.channel));

/** What is to be expected of a group at the start: priors of its traits by name, new people a worked day. */
export interface Expected {
  readonly traits: Readonly<Record<string, PeerTrait>>;
  readonly daily: PeerGroup['daily'];
  /** What a member of whom nothing is known does a worked day, people. */
  readonly perDay: number | undefined;
}

/** A prise en charge of before the start is not remembered either: at first everybody is without one. */
const OF_MEMORY = ['no_pec'];
const BILLING = ['without_30m', 'without_3h', 'without_1d', 'without_9d'];

/**
 * A run that starts from groups alone remembers nobody: people whom the accounts know come as new ones. So as many people
 * are expected as the accounts serve in all, and that they are billed as a mix of new and known ones is. (Without it, honest
 * programs that bill known people all day were throttled in their first week.)
 */
export function expectedOf(group: PeerGroup): Expected {
  const { daily } = group;
  const traits = Object.fromEntries(Object.entries(group.traits).filter(([name]) => !OF_MEMORY.includes(name)));
  if (daily === undefined) return { traits, daily, perDay: undefined };
  const known = 1 - daily.fresh / daily.people;
  const unbilled = traits.known_without?.mean ?? 0;
  const mixed = Object.entries(traits).map(([name, trait]): [string, PeerTrait] => {
    if (!BILLING.includes(name)) return [name, trait];
    return [name, { ...trait, mean: (1 - known) * trait.mean + known * Math.max(trait.mean, unbilled) }];
  });
  return { traits: Object.fromEntries(mixed), daily, perDay: daily.people };
}

/** What the file's groups are expected to do, by number of the group. */
export const peersByGroup = (baseline: PeerBaseline | undefined): ReadonlyMap<number, Expected> =>
  new Map(baseline?.groups.map((group) => [peerGroupNumber(group), expectedOf(group)]));

/** The policy of a run that starts from a baseline: other expectations are other decisions, so it has another digest. */
export const withBaseline = (policy: DetectionPolicy, baseline: PeerBaseline): DetectionPolicy => ({
  ...policy,
  digest: canonicalDigest({ policy: policy.digest, baseline: baseline.digest }),
  baseline,
});
