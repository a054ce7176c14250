import { z } from 'zod';
import { isAccountId } from '#libs/model/account-id.ts';
import { ACCOUNT_CLASSES, ACTIONS, CHANNELS, OUTCOMES, PROFESSIONS } from '#libs/model/codes.ts';
import { NO_DAY, NO_TIME, readDay, readTime } from '../event-time.ts';
import { MAX_ASN, MAX_BIRTH_RANK, MAX_ID_CHARACTERS, MAX_ROWS } from '../field-slices.ts';

/**
 * The access event, version 1, as the outside world writes it. Only id, time, account.id, action and outcome are
 * required; null means absent; unknown fields are ignored. Fields are listed in the order in which they are checked.
 *
 * Fields that nothing reads (contract, coverageStart) are documented and not checked: a portal's slip there is no reason
 * to lose the event. A birth date is any text, because the health insurance knows dates that no calendar has.
 */

const isTime = (text: string): boolean => {
  const bytes = new TextEncoder().encode(text);
  return readTime(bytes, 0, bytes.length) !== NO_TIME;
};
const isDateOrEmpty = (text: string): boolean => {
  const bytes = new TextEncoder().encode(text);
  return bytes.length === 0 || readDay(bytes, 0, bytes.length) !== NO_DAY;
};

const text = z.string().nullish();
const date = z.string().refine(isDateOrEmpty, 'a date as YYYY-MM-DD').nullish();
const whole = (most: number) => z.number().int().min(0).max(most).nullish();

export const accessEventSchema = z.object({
  id: z.string().min(1).max(MAX_ID_CHARACTERS),
  time: z.string().refine(isTime, 'a date-time as in RFC 3339'),
  account: z.object({
    id: z.string().refine(isAccountId, 'an account’s id: without control characters, of bounded length'),
    class: z.enum(ACCOUNT_CLASSES).nullish(),
    profession: z.enum(PROFESSIONS).nullish(),
    org: text,
    department: text,
    createdAt: date,
  }),
  session: text,
  source: z.object({ ip: text, asn: whole(MAX_ASN), country: text, device: text, userAgent: text }).nullish(),
  channel: z.enum(CHANNELS).nullish(),
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES),
  beneficiary: z
    .object({
      nir: text,
      token: text,
      birthDate: text,
      birthRank: whole(MAX_BIRTH_RANK),
      amc: text,
      contract: z.unknown().optional(),
      coverageStart: z.unknown().optional(),
      coverageEnd: date,
    })
    .nullish(),
  rows: whole(MAX_ROWS),
});

export type AccessEventJson = z.infer<typeof accessEventSchema>;
