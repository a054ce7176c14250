/** What docker-compose.yml says, done with `docker run`: for an engine without the compose plugin, and under names of a test. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export interface ComposeService {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

export interface Ran {
  readonly status: number | null;
  readonly out: string;
}

/** Runs the docker program; resolves with its exit code and all it said. */
export function docker(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  return new Promise((done, reject) => {
    const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
    child.once('error', reject).once('close', (status) => done({ status, out }));
  });
}

/** Where a service runs: names begin with `project`, as they do with compose. */
export interface Place {
  readonly project: string;
  readonly folder: string;
  /** Images in place of those of the file. */
  readonly images: ReadonlyMap<string, string>;
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Arguments of `docker run` for a service. Ports stay closed: everything is reached from inside the network. */
export function runArguments(name: string, service: ComposeService, { project, folder, images }: Place): string[] {
  const { entrypoint = [], command = [], environment = {}, volumes = [], tmpfs = [], healthcheck } = service;
  const [program, ...rest] = entrypoint;
  const health = healthcheck?.test.slice(1).map(quoted).join(' ');
  return [
    ...['--name', `${project}-${name}`, '--network', project, '--network-alias', name],
    ...Object.entries(environment).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
    ...volumes.flatMap((volume) => {
      const [from = '', ...to] = volume.split(':');
      return ['-v', [from.startsWith('.') ? resolve(folder, from) : `${project}-${from}`, ...to].join(':')];
    }),
    ...tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...(service.read_only ? ['--read-only'] : []),
    ...(service.cap_drop ?? []).flatMap((cap) => ['--cap-drop', cap]),
    ...(service.security_opt ?? []).flatMap((option) => ['--security-opt', option]),
    ...(health ? ['--health-cmd', health, '--health-interval', '1s', '--health-retries', '60'] : []),
    ...(program ? ['--entrypoint', program] : []),
    images.get(name) ?? service.image,
    ...rest,
    ...command,
  ];
}
