import type { AccountConnector, CallReason } from '#libs/ports/accounts.ts';
import { isHoldersFactor } from '#libs/respond/index.ts';
import { ApiProblem } from './problem.ts';

/** Who may set the new password is who shows the second factor: it must not be one that the thief has enrolled. */
async function refuseThiefsFactor(connector: AccountConnector, accountId: string, startedMs: number): Promise<void> {
  const read = await connector.read(accountId);
  if (read.outcome !== 'done') return;
  const { secondFactor, secondFactorSinceMs: sinceMs } = read.value;
  if (secondFactor !== 'yes' || isHoldersFactor(sinceMs, startedMs)) return;
  const since = new Date(sinceMs!).toISOString();
  throw new ApiProblem(
    409,
    `the second factor was enrolled at ${since}, about when the incident began or later: it may be the thief's. ` +
      'Remove it at the keeper first, or give the account back without asking for a new password (new_password: false)',
  );
}

/**
 * Demands a new password at the account's next sign-in. Where the keeper cannot be reached, the account stays closed and
 * the person tries again; where it does not offer this, they are told.
 */
export async function demandNewPassword(
  connector: AccountConnector,
  accountId: string,
  why: CallReason,
  incidentStartedMs: number | undefined,
): Promise<'demanded' | 'not_offered'> {
  if (!connector.demandNewPassword) return 'not_offered';
  if (incidentStartedMs !== undefined) await refuseThiefsFactor(connector, accountId, incidentStartedMs);
  const outcome = await connector.demandNewPassword(accountId, why);
  if (outcome.outcome === 'done') return 'demanded';
  if (outcome.outcome === 'rejected') return 'not_offered';
  if (outcome.outcome === 'not_found') throw new ApiProblem(404, 'there is no such account at its keeper');
  throw new ApiProblem(
    503,
    `no new password could be demanded (${outcome.outcome}: ${outcome.detail}); the account stays as it is`,
  );
}
