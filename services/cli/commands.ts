import type { Command } from 'commander';

/** A command of the product. Its code is loaded only when it is asked for, so that `--help` answers at once. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the command's own folder; the result adds the command to the program. */
  load(): Promise<(program: Command) => void>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'the whole product in one process: simulated portal, a stolen account, detection, the stop',
    load: async () => (await import('#services/demo/command.ts')).registerDemo,
  },
  {
    name: 'replay',
    summary: 'run recorded access logs through detection and planning; touches no account',
    load: async () => (await import('#services/replay/command.ts')).registerReplay,
  },
  {
    name: 'calibrate',
    summary: 'learn the tails and thresholds of an installation from its own months; touches no account',
    load: async () => (await import('#services/calibrate/command.ts')).registerCalibrate,
  },
  {
    name: 'policy',
    summary: 'check, print, compare and start policy files',
    load: async () => (await import('#services/policy/command.ts')).registerPolicy,
  },
  {
    name: 'pseudonym',
    summary: 'turn NIR into the pseudonyms that a policy may name (planted people)',
    load: async () => (await import('#services/pseudonym/command.ts')).registerPseudonym,
  },
  {
    name: 'simulate',
    summary: 'labelled traffic with chosen attacks, as access events',
    load: async () => (await import('#services/simulate/command.ts')).registerSimulate,
  },
  {
    name: 'start',
    summary: 'run a service against the configured backends',
    load: async () => (await import('#services/start/command.ts')).registerStart,
  },
  {
    name: 'topics',
    summary: 'make or check the topics that the product needs',
    load: async () => (await import('#services/topics/command.ts')).registerTopics,
  },
  {
    name: 'doctor',
    summary: 'look at everything that is configured and say what is wrong; changes nothing',
    load: async () => (await import('#services/doctor/command.ts')).registerDoctor,
  },
  {
    name: 'incidents',
    summary: 'what happened, what was done, what waits for somebody',
    load: async () => (await import('#services/operator/incidents.ts')).registerIncidents,
  },
  {
    name: 'approve',
    summary: 'let a plan go ahead that waits for a person',
    load: async () => (await import('#services/operator/decisions.ts')).registerApprove,
  },
  {
    name: 'reject',
    summary: 'decide against a plan that waits for a person',
    load: async () => (await import('#services/operator/decisions.ts')).registerReject,
  },
  {
    name: 'reenable',
    summary: 'give an account back',
    load: async () => (await import('#services/operator/decisions.ts')).registerReenable,
  },
  {
    name: 'verdict',
    summary: 'say what an incident was',
    load: async () => (await import('#services/operator/decisions.ts')).registerVerdict,
  },
  {
    name: 'contain',
    summary: 'restrict a class, organisation or campaign: two people, in slices, reversible',
    load: async () => (await import('#services/operator/contain.ts')).registerContain,
  },
  {
    name: 'breakers',
    summary: 'open breakers and what is left of the budgets',
    load: async () => (await import('#services/operator/breakers.ts')).registerBreakers,
  },
  {
    name: 'audit',
    summary: 'who decided what, and whether the log is whole',
    load: async () => (await import('#services/operator/audit.ts')).registerAudit,
  },
];
