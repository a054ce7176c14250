/**
 * The closed lists of the access event (version 1) as small integers: the hot path compares numbers, everything that is
 * shown or written uses the names. Position in a list is part of snapshots: append, never reorder.
 */

export const ACCOUNT_CLASSES = ['professional', 'manager', 'software'] as const;
export type AccountClass = (typeof ACCOUNT_CLASSES)[number];
export const CLASS_PROFESSIONAL = 0;
export const CLASS_MANAGER = 1;
export const CLASS_SOFTWARE = 2;

export const PROFESSIONS = [
  'other',
  'pharmacist',
  'optician',
  'audiologist',
  'dentist',
  'physician',
  'laboratory',
  'hospital',
  'nurse',
  'physiotherapist',
  'radiology',
  'ambulance',
  'payer',
] as const;
export type Profession = (typeof PROFESSIONS)[number];
export const PROFESSION_OTHER = 0;
export const PROFESSION_PAYER = 12;

export const CHANNELS = ['web', 'api'] as const;
export type Channel = (typeof CHANNELS)[number];
export const CHANNEL_WEB = 0;
export const CHANNEL_API = 1;

export const ACTIONS = [
  'login',
  'beneficiary.search',
  'rights.read',
  'pec.request',
  'claim.submit',
  'export',
  'other',
] as const;
export type AccessAction = (typeof ACTIONS)[number];
export const ACTION_LOGIN = 0;
export const ACTION_SEARCH = 1;
export const ACTION_RIGHTS = 2;
export const ACTION_PEC = 3;
export const ACTION_CLAIM = 4;
export const ACTION_EXPORT = 5;
export const ACTION_OTHER = 6;

/** Look-ups show somebody's file; follow-ups prove that the person was really there to be served. */
export const isLookup = (action: number): boolean =>
  action === ACTION_SEARCH || action === ACTION_RIGHTS || action === ACTION_EXPORT;
export const isFollowUp = (action: number): boolean => action === ACTION_PEC || action === ACTION_CLAIM;

export const OUTCOMES = ['found', 'not_found', 'denied', 'error', 'success'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const OUTCOME_FOUND = 0;
export const OUTCOME_NOT_FOUND = 1;
export const OUTCOME_DENIED = 2;
export const OUTCOME_ERROR = 3;
export const OUTCOME_SUCCESS = 4;

/** Checks of the NIR's two-digit key. */
export const NIR_KEY_UNKNOWN = 0;
export const NIR_KEY_VALID = 1;
export const NIR_KEY_INVALID = 2;
