import type { RestrictingRung, Rung, Severity } from './alert.ts';
import type { AccountClass } from './codes.ts';

/** `observe`: written down only. `approve`: waits for a person. `auto`: done at once. */
export const RESPONSE_MODES = ['observe', 'approve', 'auto'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** How many different accounts the machine may put on one rung by itself; past it the breaker opens. */
export interface RungBudget {
  readonly perTenMinutes: number;
  readonly perHour: number;
  readonly perDay: number;
  /** Largest share (0 to 1) of one profession in one department, in 24 h. Accounts of which either is not said are no group. */
  readonly professionShare: number;
  /** Accounts of a profession in a department always allowed in 24 h: the share of a very small group is less than one. */
  readonly professionFloor: number;
}

/** An account whose loss would leave patients without care: a person decides, until the protection ends. */
export interface ProtectedAccount {
  readonly account: string;
  readonly reason: string;
  /** End of the protection, ms since the epoch. */
  readonly untilMs: number;
}

/** The part of the policy that `plan` reads: plain data, checked and frozen by the policy file's parser. */
export interface ResponsePolicy {
  /** Nothing is done and nothing is asked: every plan is only recorded. */
  readonly dryRun: boolean;
  /** The machine's hands are off: every plan waits for a person. */
  readonly killSwitch: boolean;
  readonly mode: Readonly<Record<AccountClass, Readonly<Record<Severity, ResponseMode>>>>;
  /** Per class: the rung the machine may reach by itself. Above it, only a person. */
  readonly highestRung: Readonly<Record<AccountClass, Rung>>;
  readonly budget: Readonly<Record<RestrictingRung, RungBudget>>;
  /** Minutes after which an open breaker closes again if its budget has room; 0: only a person closes it. */
  readonly breakerMinutes: number;
  /** Length of the restriction of each rung, minutes; 0: only a person ends it. */
  readonly restrictionMinutes: Readonly<Record<RestrictingRung, number>>;
  /** New people an hour that a throttled account may still look up. Those it knows stay free. */
  readonly throttleNewPerHour: number;
  /** An alert older than this when it is planned waits for a person: the scene may have changed. */
  readonly autoWithinMinutes: number;
  readonly protectedAccounts: readonly ProtectedAccount[];
}

const AUTO = { low: 'auto', medium: 'auto', high: 'auto', critical: 'auto' } as const;

/**
 * What holds where a policy file says nothing. The defaults act (stopping the account is what the product is for) within
 * budgets that a faulty detector cannot turn into a closed profession.
 */
export const DEFAULT_RESPONSE_POLICY: ResponsePolicy = {
  dryRun: false,
  killSwitch: false,
  mode: { professional: AUTO, manager: AUTO, software: AUTO },
  // A program cannot answer a second factor, and one practice program may serve many professionals.
  highestRung: { professional: 'suspend', manager: 'suspend', software: 'throttle' },
  budget: {
    step_up: { perTenMinutes: 50, perHour: 100, perDay: 400, professionShare: 0.1, professionFloor: 5 },
    throttle: { perTenMinutes: 50, perHour: 100, perDay: 400, professionShare: 0.1, professionFloor: 5 },
    suspend: { perTenMinutes: 10, perHour: 20, perDay: 40, professionShare: 0.02, professionFloor: 2 },
  },
  breakerMinutes: 0,
  // Whoever shows the second factor passes at once; a thief who can not must not be let back in by the clock the next day,
  // while his refused look-ups teach the detector nothing.
  restrictionMinutes: { step_up: 30 * 24 * 60, throttle: 24 * 60, suspend: 0 },
  throttleNewPerHour: 5,
  autoWithinMinutes: 24 * 60,
  protectedAccounts: [],
};
