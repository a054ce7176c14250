import type { AccountConnector, CallReason } from '#libs/ports/accounts.ts';
import { ApiProblem } from './problem.ts';

/**
 * Demands a new password at the account's next sign-in. Where the keeper cannot be reached, the account stays closed and
 * the person tries again; where it does not offer this, they are told.
 */
export async function demandNewPassword(
  connector: AccountConnector,
  accountId: string,
  why: CallReason,
): Promise<'demanded' | 'not_offered'> {
  if (!connector.demandNewPassword) return 'not_offered';
  const outcome = await connector.demandNewPassword(accountId, why);
  if (outcome.outcome === 'done') return 'demanded';
  if (outcome.outcome === 'rejected') return 'not_offered';
  if (outcome.outcome === 'not_found') throw new ApiProblem(404, 'there is no such account at its keeper');
  throw new ApiProblem(
    503,
    `no new password could be demanded (${outcome.outcome}: ${outcome.detail}); the account stays as it is`,
  );
}
