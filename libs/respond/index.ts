export { closeBreaker } from './breaker.ts';
export { budgetLeft } from './budget.ts';
export type { PreviewQuestion } from './containment.ts';
export { containmentActionId, containmentPlan, isBounded, previewContainment } from './containment.ts';
export { currentRestriction, isHolding } from './current-restriction.ts';
export { noteReenabled, plan } from './plan.ts';
export { restoreResponseState, snapshotResponseState } from './snapshot.ts';
export type { ResponseState } from './state.ts';
export { createResponseState, noteGroupSize, noteSecondFactor, takeNotices } from './state.ts';
