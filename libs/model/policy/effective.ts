import type { Severity } from '#libs/model/alert.ts';
import { SEVERITIES } from '#libs/model/alert.ts';
import type { AccountClass } from '#libs/model/codes.ts';
import { ACCOUNT_CLASSES } from '#libs/model/codes.ts';
import type { ResponseMode } from '#libs/model/response-policy.ts';
import type { PolicyFile } from './schema.ts';

/**
 * The policy with every short form written out, so that two files that mean the same are the same: what is printed,
 * compared and hashed. It is itself a valid policy file.
 */
export type EffectivePolicy = Omit<PolicyFile, 'response'> & {
  readonly response: Omit<PolicyFile['response'], 'mode'> & { readonly mode: ModeTable };
};
export type ModeTable = Readonly<Record<AccountClass, Readonly<Record<Severity, ResponseMode>>>>;

/** Writes out the short forms of `mode`. */
export function effectivePolicy(file: PolicyFile): EffectivePolicy {
  const { mode } = file.response;
  const table = Object.fromEntries(
    ACCOUNT_CLASSES.map((accountClass) => {
      const ofClass = typeof mode === 'string' ? mode : mode[accountClass];
      const lines = SEVERITIES.map((s) => [s, typeof ofClass === 'string' ? ofClass : ofClass[s]] as const);
      return [accountClass, Object.fromEntries(lines)];
    }),
  ) as ModeTable;
  return { ...file, response: { ...file.response, mode: table } };
}
