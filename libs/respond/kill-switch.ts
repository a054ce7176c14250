import type { Guard } from './guard.ts';

/** Dry run: every plan is written down, none is done and none is asked. */
export const dryRun: Guard = ({ state }) =>
  state.policy.dryRun ? { decision: 'observe', reason: 'dry run: nothing is done' } : undefined;

/** Kill switch: the machine does nothing by itself, and loses nothing: every plan waits for a person. */
export const killSwitch: Guard = ({ state }) =>
  state.policy.killSwitch ? { decision: 'await_approval', reason: 'the kill switch is on' } : undefined;
