import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isAccountId } from '#libs/model/account-id.ts';
import type { AccountClass, Profession } from '#libs/model/codes.ts';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';
import type { DirectoryAccount } from '#libs/model/containment.ts';
import type { AccountDirectory } from '#libs/ports/directory.ts';

/**
 * The portal's accounts from a file that the portal writes: one JSON object a line with `id` and, as in the access event,
 * `class`, `profession`, `org`, `department`. A line that is none ends the reading with its number: a list that lacks
 * somebody would show a preview that is not true.
 */
export function fileDirectory(path: string): AccountDirectory {
  return {
    async *accounts() {
      const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
      const seen = new Set<string>();
      let number = 0;
      for await (const line of lines) {
        number += 1;
        if (line.trim() === '') continue;
        const account = readAccount(line);
        if (typeof account === 'string') throw new Error(`${path}:${number}: ${account}`);
        if (seen.has(account.id)) throw new Error(`${path}:${number}: the account stands twice`);
        seen.add(account.id);
        yield account;
      }
    },
  };
}

function readAccount(line: string): DirectoryAccount | string {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  if (typeof read !== 'object' || read === null) return 'not an object';
  const {
    id,
    class: accountClass = 'professional',
    profession = 'other',
    org = '',
    department = '',
  } = read as Record<string, unknown>;
  if (id === undefined) return 'id is missing';
  if (!isAccountId(id)) return 'id is no account id';
  if (!ACCOUNT_CLASSES.includes(accountClass as AccountClass)) return 'class is not one of the known';
  if (!PROFESSIONS.includes(profession as Profession)) return 'profession is not one of the known';
  if (typeof org !== 'string' || typeof department !== 'string') return 'org and department are text';
  return { id, class: accountClass as AccountClass, profession: profession as Profession, org, department };
}
