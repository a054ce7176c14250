import { ACCOUNT_CLASSES, CHANNELS, PROFESSIONS } from '#libs/model/codes.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { PeerBaseline, PeerGroup } from '#libs/model/peer-baseline.ts';
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

/** The file's groups by number. */
export const peersByGroup = (baseline: PeerBaseline | undefined): ReadonlyMap<number, PeerGroup> =>
  new Map(baseline?.groups.map((group) => [peerGroupNumber(group), group]));

/** The policy of a run that starts from a baseline: other expectations are other decisions, so it has another digest. */
export const withBaseline = (policy: DetectionPolicy, baseline: PeerBaseline): DetectionPolicy => ({
  ...policy,
  digest: canonicalDigest({ policy: policy.digest, baseline: baseline.digest }),
  baseline,
});
