import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TEST_KEY } from '../../support/portal-log.ts';

const STRIKE = new URL('./strike.ts', import.meta.url).href;
const MAIN = new URL('../../../services/cli/main.ts', import.meta.url).pathname;

/** A log line of a service. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

export interface Installation {
  readonly folder: string;
  readonly config: string;
}

/** Writes a configuration and a key into a folder of their own. */
export async function install(
  brokers: string,
  prefix: string,
  over: Readonly<Record<string, unknown>> = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-process-'));
  const config = join(folder, 'vigie.yaml');
  await writeFile(join(folder, 'key'), TEST_KEY.key);
  const value = {
    log: { kind: 'kafka', brokers: brokers.split(',') },
    access_topic: `${prefix}.access`,
    prefix,
    key: { id: TEST_KEY.id, file: 'key' },
    detector: { checkpoints: 'checkpoints', checkpoint_seconds: 1 },
    correlator: { checkpoints: 'correlator' },
    responder: { store_file: 'actions.db', register_file: 'register.db' },
    ...over,
  };
  await writeFile(config, JSON.stringify(value));
  return { folder, config };
}

/** Where a process is to be struck, and how: see `strike.ts`. */
export interface Strike {
  readonly step: string;
  readonly signal: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM';
}

/** A service running as a process of its own, with the events it logs. */
export class VigieProcess {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  readonly exited: Promise<unknown>;
  #other = '';

  constructor(service: string, installation: Installation, nodeFlags: readonly string[] = [], strike?: Strike) {
    const striking = strike ? ['--import', `${STRIKE}?${new URLSearchParams({ ...strike })}`] : [];
    this.child = spawn(
      process.execPath,
      [...nodeFlags, ...striking, MAIN, 'start', service, '--config', installation.config],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    // Once all that it said has been read, too.
    this.exited = once(this.child, 'close');
    createInterface({ input: this.child.stderr! }).on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
      else this.#other += `${line}\n`;
    });
  }

  events(name: string): readonly LogLine[] {
    return this.lines.filter((line) => line.event === name);
  }

  /** Waits until the condition holds; ends with what the process said when it ends first. */
  async until(condition: (process: VigieProcess) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the process ended (${this.child.exitCode ?? this.child.signalCode}): ${this.said()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  said(): string {
    return `${this.#other}${this.lines
      .slice(-20)
      .map((line) => JSON.stringify(line))
      .join('\n')}`;
  }

  /** Sends a signal and, unless it only freezes or thaws, waits for the end. */
  async signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    this.child.kill(name);
    if (name === 'SIGTERM' || name === 'SIGKILL') await this.exited;
  }
}
