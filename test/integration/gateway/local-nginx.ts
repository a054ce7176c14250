import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../../.cache/nginx/', import.meta.url));

/**
 * An nginx: the one that NGINX_BIN names, this machine's own, or Debian's package unpacked into `.cache/nginx`, which
 * installs nothing. Errors: what is missing.
 */
export async function findNginx(): Promise<string> {
  if (process.env.NGINX_BIN) return process.env.NGINX_BIN;
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const own = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path));
  if (own) return own;
  const unpacked = join(CACHE, 'root', 'usr', 'sbin', 'nginx');
  if (existsSync(unpacked)) return unpacked;
  const work = join(CACHE, 'part');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'root'), { recursive: true });
  await run('apt-get', ['download', 'nginx'], { cwd: work, timeout: 120_000 });
  const deb = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (!deb) throw new Error('apt-get download nginx gave no package');
  await run('dpkg', ['-x', join(work, deb), join(work, 'root')]);
  await run(join(work, 'root', 'usr', 'sbin', 'nginx'), ['-V']);
  renameSync(join(work, 'root'), join(CACHE, 'root'));
  rmSync(work, { recursive: true });
  return unpacked;
}

/** Each address of the shipped example is there once, and is put in place of by one of the test's. */
function withAddresses(text: string, addresses: ReadonlyMap<string, string>): string {
  let conf = text;
  for (const [shipped, ours] of addresses) {
    if (conf.split(shipped).length !== 2) throw new Error(`${shipped} does not stand in the example exactly once`);
    conf = conf.replace(shipped, ours);
  }
  return conf;
}

/** Runs nginx with a shipped example inside the smallest main configuration, in a folder that is deleted afterwards. */
export async function startNginx(
  program: string,
  example: URL,
  addresses: ReadonlyMap<string, string>,
  port: number,
): Promise<{ stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 256; }
http {
  access_log off;
${temporary.map((t) => `  ${t}_temp_path ${folder}/${t};`).join('\n')}
${withAddresses(readFileSync(example, 'utf8'), addresses)}
}
`;
  writeFileSync(join(folder, 'nginx.conf'), main);
  const server = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
  });
  const stop = async () => {
    if (server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true });
  };
  for (let tries = 0; tries < 100; tries += 1) {
    if (server.exitCode !== null) {
      const log = readFileSync(join(folder, 'error.log'), 'utf8');
      await stop();
      throw new Error(`nginx ended with ${server.exitCode}: ${log}`);
    }
    if (await answers(port)) return { stop };
    await sleep(50);
  }
  await stop();
  throw new Error('nginx was not ready in 5 s');
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
