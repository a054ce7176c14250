/** Who keeps the accounts: reachable, our credential accepted, and able to read. No account is touched. */
import type { AccountConnector, CallOutcome } from '#libs/ports/accounts.ts';
import type { Finding } from './finding.ts';
import { isWell, isWrong, warns } from './finding.ts';

/** An account that nobody has: asking for it shows what a credential may without looking at anybody. */
const NOBODY = 'vigie-doctor-nobody';

const REMEDY: Readonly<Record<string, string>> = {
  denied: 'look at our client’s secret and its roles at the keeper',
  rejected: 'look at the address, the realm and what the keeper says',
  unavailable: 'look whether it runs at this address and can be reached from here',
  unknown: 'look whether it runs at this address and can be reached from here',
  throttled: 'try again later',
};

export async function checkConnector(part: string, connector: AccountConnector): Promise<readonly Finding[]> {
  const read = await connector.read(NOBODY);
  if (read.outcome === 'not_found')
    return [isWell(part, 'reachable, our credential is accepted and may read accounts')];
  if (read.outcome !== 'done') return [isWrong(part, `${read.outcome}: ${read.detail}`, REMEDY[read.outcome] ?? '')];
  return read.value.readable === 'no'
    ? [warns(part, 'only takes commands, so that nothing was asked of it', 'send a test command where it offers one')]
    : [warns(part, `it shows an account "${NOBODY}"`, 'look whether it answers for accounts that it does not have')];
}

/** Keycloak's roles of our client. One role is all it takes, and what it has beyond that is a risk. */
export function checkRoles(part: string, roles: CallOutcome<readonly string[]>): readonly Finding[] {
  if (roles.outcome !== 'done') return [];
  const beyond = roles.value.filter((role) => !NEEDED.has(role) && !IMPLIED.has(role));
  if (!roles.value.includes('manage-users')) {
    return [
      isWrong(part, 'our client lacks the role manage-users', 'give its service account realm-management/manage-users'),
    ];
  }
  return beyond.length === 0
    ? [isWell(part, 'our client has the role that it needs and no other')]
    : [
        warns(
          part,
          `our client may more than it needs: ${beyond.join(', ')}`,
          'leave it realm-management/manage-users alone',
        ),
      ];
}

const NEEDED: ReadonlySet<string> = new Set(['manage-users']);
/** Come with roles that realms give to everybody's clients, or with manage-users itself. */
const IMPLIED: ReadonlySet<string> = new Set(['view-users', 'query-users', 'query-groups']);
