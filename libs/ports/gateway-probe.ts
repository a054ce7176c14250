/**
 * The last word on a stop: whether what stands in front of the portal refuses a request with a token from before. The
 * keeper's read-back cannot say so, because a token that is checked by its signature alone outlives its account.
 */

/** `unknown`: no answer, or none of those that a gateway gives. */
export type ProbeAnswer =
  | { readonly answer: 'suspended' | 'step_up' | 'admitted' }
  | { readonly answer: 'unknown'; readonly detail: string };

export interface GatewayProbe {
  /** Asks as the account's own old token would. Never throws; bounds its own waiting. */
  ask(accountId: string): Promise<ProbeAnswer>;
}
