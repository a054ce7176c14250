import { ApiProblem } from './problem.ts';

/** What was refused becomes a problem: 404 where the thing is not there, 403 by the two-person rule, 409 else. */
export function refusal(why: string): ApiProblem {
  if (/^(?:there is no|no plan of that id)/.test(why))
    return new ApiProblem(why.startsWith('no plan') ? 409 : 404, why);
  if (/cannot approve|signed in by name/.test(why)) return new ApiProblem(403, why);
  return new ApiProblem(409, why);
}

/** The decision, or the problem it stands for, thrown. */
export function decided<T extends { readonly done: boolean }>(decision: T): Extract<T, { done: true }> {
  if (!decision.done) throw refusal((decision as unknown as { why: string }).why);
  return decision as Extract<T, { done: true }>;
}
