import { isAccountId } from '#libs/model/account-id.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';

const isText = (v: unknown): v is string => typeof v === 'string' && /^\P{Cc}+$/u.test(v);
const isFields = (v: unknown): v is { readonly [name: string]: unknown } => typeof v === 'object' && v !== null;
const isOneOf = (list: readonly string[], v: unknown) => typeof v === 'string' && list.includes(v);

const isMember = (v: unknown): boolean =>
  isFields(v) &&
  isFields(v.account) &&
  isAccountId(v.account.id) &&
  isOneOf(ACCOUNT_CLASSES, v.account.class) &&
  isOneOf(PROFESSIONS, v.account.profession) &&
  typeof v.account.department === 'string';

/**
 * The campaign of a Detection Finding that `campaignFinding` wrote; `undefined` where there is none, or none that people
 * could be offered to act on.
 */
export function campaignOfFinding(text: string): Campaign | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const campaign = isFields(read) && isFields(read.unmapped) ? read.unmapped.campaign : undefined;
  const isOne =
    isFields(campaign) &&
    isText(campaign.id) &&
    Number.isInteger(campaign.revision) &&
    Number.isFinite(campaign.timeMs) &&
    Number.isFinite(campaign.namedMs) &&
    Array.isArray(campaign.members) &&
    campaign.members.every(isMember) &&
    Array.isArray(campaign.evidence);
  return isOne ? (campaign as unknown as Campaign) : undefined;
}
