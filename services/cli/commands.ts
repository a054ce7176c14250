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
];
