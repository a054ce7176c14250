import type { Guard } from './guard.ts';

const lineOf = ({ state, alert }: Parameters<Guard>[0]) => ({
  mode: state.policy.mode[alert.account.class][alert.severity],
  line: `mode.${alert.account.class}.${alert.severity}`,
});

/** The policy's line for this class and severity only watches. */
export const observeMode: Guard = (question) => {
  const { mode, line } = lineOf(question);
  return mode === 'observe' ? { decision: 'observe', reason: `${line} is observe` } : undefined;
};

/** The policy's line for this class and severity asks a person. */
export const approveMode: Guard = (question) => {
  const { mode, line } = lineOf(question);
  return mode === 'approve' ? { decision: 'await_approval', reason: `${line} is approve` } : undefined;
};
