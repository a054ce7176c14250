import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../support/free-port.ts';

const run = promisify(execFile);

/** A server that tests may stop, kill and start again. */
export interface LocalPostgres {
  readonly url: string;
  /** SIGQUIT: down at once, as after a crash, the data kept. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of PostgreSQL's own programs. Debian keeps them off the PATH. */
function programs(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...(process.env.PATH ?? '').split(':'), ...versions.map((v) => join(root, v, 'bin'))];
  const found = folders.find((folder) => folder && existsSync(join(folder, 'initdb')));
  if (!found) throw new Error('no initdb on this machine: install the postgresql package');
  return found;
}

/** PostgreSQL refuses to run as root: then somebody else is taken. */
function user(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {}
  }
  throw new Error('running as root, and there is no user postgres or nobody to run PostgreSQL as');
}

/** A PostgreSQL of this machine's own package, on loopback, in a folder that is deleted afterwards. Errors: what is missing. */
export async function startLocalPostgres(): Promise<LocalPostgres> {
  const bin = programs();
  const who = user();
  const folder = mkdtempSync(join(tmpdir(), 'vigie-postgres-'));
  if (who.uid !== undefined && who.gid !== undefined) chownSync(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (who.uid !== undefined && who.gid !== undefined) chownSync(data, who.uid, who.gid);
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'vigie', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    {
      ...who,
      cwd: folder,
    },
  );
  const port = await freePort();
  const url = `postgres://vigie@127.0.0.1:${port}/postgres`;
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, max_connections: 60 };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: ReturnType<typeof spawn> | undefined;

  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
    server = undefined;
  };
  const start = async () => {
    server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...who, cwd: folder, stdio: 'ignore' });
    for (let tries = 0; tries < 300; tries += 1) {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
      const client = new pg.Client({ connectionString: url });
      const ready = await client.connect().then(
        () => true,
        () => false,
      );
      if (ready) return client.end();
      await sleep(100);
    }
    await end('SIGINT');
    throw new Error('postgres was not ready in 30 s');
  };
  await start();
  return {
    url,
    crash: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
