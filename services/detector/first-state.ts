import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import { startState } from '#libs/pipeline/baseline-start.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore } from '#libs/pipeline/index.ts';

/** A state learnt elsewhere that a partition may begin with, and its SHA-256 (hex). */
export interface FirstState {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * The state before a partition's first record: that of a baseline's companion, or one at its beginning with the
 * expectations that the policy brings. The journal says which it was: the fold must begin again where it began.
 * @param journaled SHA-256 that the journal names; `undefined` where it names none, 'unknown' where nothing was journaled yet
 * @returns undefined where the journal names a state that is not given
 */
export function firstState(
  policy: DetectionPolicy,
  given: FirstState | undefined,
  journaled: string | undefined | 'unknown',
): { readonly state: PipelineState; readonly sha256: string | undefined } | undefined {
  const wanted = journaled === 'unknown' ? given?.sha256 : journaled;
  if (wanted === undefined) return { state: startState({ policy }), sha256: undefined };
  if (given?.sha256 !== wanted) return undefined;
  return { state: restore(given.bytes, { policy }), sha256: wanted };
}
