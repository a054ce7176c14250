import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import { DEFAULT_RESPONSE_POLICY } from '#libs/model/response-policy.ts';

/** A budget nothing in a test reaches by accident. */
export const AMPLE = {
  perTenMinutes: 9_999,
  perHour: 9_999,
  perDay: 9_999,
  professionShare: 1,
  professionFloor: 9_999,
};

/** The default policy with ample budgets, so that a test meets only the guard it is about. */
export const samplePolicy = (change: Partial<ResponsePolicy> = {}): ResponsePolicy => ({
  ...DEFAULT_RESPONSE_POLICY,
  budget: { step_up: AMPLE, throttle: AMPLE, suspend: AMPLE },
  ...change,
});
