import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { ResponseState } from './state.ts';
import { createResponseState } from './state.ts';

/** What a snapshot holds; the policy is not in it, since it belongs to the installation and may have changed. */
const SNAPSHOT_VERSION = 1;

/** The state as one line of JSON. The same state gives the same text. */
export function snapshotResponseState(state: ResponseState): string {
  return JSON.stringify({
    version: SNAPSHOT_VERSION,
    spent: [...state.spent],
    breakers: [...state.breakers],
    incidents: [...state.incidents].map(([key, plans]) => [key, plans.timeMs, [...plans.rungs]]),
    reenabled: [...state.reenabled],
    withoutSecondFactor: [...state.withoutSecondFactor],
    groupSize: [...state.groupSize],
    notices: state.notices,
  });
}

/** The state of a snapshot under `policy`. Throws on a version it does not know. */
export function restoreResponseState(policy: ResponsePolicy, snapshot: string): ResponseState {
  const read = JSON.parse(snapshot);
  if (read.version !== SNAPSHOT_VERSION) throw new Error(`response snapshot version ${read.version} is not known`);
  const state = createResponseState(policy);
  for (const [rung, spent] of read.spent) state.spent.set(rung, spent);
  for (const [scope, breaker] of read.breakers) state.breakers.set(scope, breaker);
  for (const [key, timeMs, rungs] of read.incidents) state.incidents.set(key, { timeMs, rungs: new Map(rungs) });
  for (const [account, times] of read.reenabled) state.reenabled.set(account, times);
  for (const account of read.withoutSecondFactor) state.withoutSecondFactor.add(account);
  for (const [group, size] of read.groupSize) state.groupSize.set(group, size);
  state.notices.push(...read.notices);
  return state;
}
