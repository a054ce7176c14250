import { mix32 } from '#libs/base/random.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import { ACTION_CLAIM, ACTION_RIGHTS, CHANNEL_WEB, OUTCOME_FOUND, OUTCOME_NOT_FOUND } from '#libs/model/codes.ts';

/**
 * Fills an event about person number `person` of account number `account`, as a decoder would: keys well mixed, a sixty-fourth
 * of misses, five in eight people born in the account's own department.
 * @param number of the event, from 0: makes its id
 */
export function fillEvent(
  event: AccessEvent,
  number: number,
  account: number,
  accountId: string,
  person: number,
  timeMs: number,
  followedUp: boolean,
): void {
  const draw = mix32(number, 1);
  const who = mix32(account, person);
  event.timeMs = timeMs;
  event.idLo = mix32(number, 2) | 0;
  event.idHi = mix32(number, 3) | 0;
  event.accountLo = mix32(account, 4) | 0;
  event.accountHi = mix32(account, 5) | 0;
  event.accountId = accountId;
  event.profession = 1 + (account % 10);
  event.channel = CHANNEL_WEB;
  event.accountDepartment = 1 + (account % 90);
  event.action = followedUp ? ACTION_CLAIM : ACTION_RIGHTS;
  event.outcome = (draw & 63) === 0 && !followedUp ? OUTCOME_NOT_FOUND : OUTCOME_FOUND;
  event.hasPerson = true;
  event.personLo = mix32(who, 6) | 0;
  event.personHi = mix32(who, 7) | 0;
  event.birthDepartment = (who & 7) < 5 ? event.accountDepartment : 1 + ((who >>> 3) & 63);
  event.nirPrefix = who * 2;
  event.nirOrder = mix32(who, 8) & 511;
  event.nirYear = who & 63;
  event.identity = 1 + (who & 7);
  event.coverageEndDay = Math.floor(timeMs / 86_400_000) + ((who >>> 8) % 40 === 0 ? -30 : 200);
  event.networkLo = mix32(account, 9) | 0;
  event.deviceLo = mix32(account, 10) | 0;
  event.insurer = '00123456';
}
