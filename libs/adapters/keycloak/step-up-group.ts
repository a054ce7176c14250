import { jsonOf } from '#libs/adapters/http/call.ts';
import type { CallOutcome } from '#libs/ports/accounts.ts';
import type { KeycloakClient } from './client.ts';

/** Finds the step-up group by its exact name, once, and lets the client change its members from then on. */
export async function stepUpGroup(client: KeycloakClient, name: string): Promise<CallOutcome<string>> {
  if (client.stepUpGroupId) return { outcome: 'done', value: client.stepUpGroupId };
  const result = await client.call('GET', `/groups?search=${encodeURIComponent(name)}&exact=true`);
  if (!result.ok) return result.failure;
  const groups = jsonOf(result.answer.text);
  if (!Array.isArray(groups)) return { outcome: 'unavailable', detail: 'the answer is no list of groups' };
  const found = (groups as { id?: unknown; name?: unknown }[]).filter((g) => g.name === name);
  const id = found[0]?.id;
  if (found.length !== 1 || typeof id !== 'string') {
    return { outcome: 'rejected', detail: `the realm has no group ${name}: step-up is not set up there` };
  }
  client.stepUpGroupId = id;
  return { outcome: 'done', value: id };
}
