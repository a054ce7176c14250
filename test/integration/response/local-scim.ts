import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../support/free-port.ts';

const run = promisify(execFile);
const CACHE = new URL('../../../.cache/scim/', import.meta.url).pathname;
const VERSION = '0.8.3';
export const SCIM_TOKEN = 'scim-token';

/** The SCIM server of the IETF-conformant Python packages, from PyPI, once into `.cache/scim`. Needs Python 3.10 or later. */
async function program(): Promise<string> {
  const home = `${CACHE}venv-${VERSION}`;
  const found = `${home}/bin/scim2-server`;
  if (existsSync(`${home}/complete`)) return found;
  await mkdir(CACHE, { recursive: true });
  await rm(home, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', home]);
  await run(`${home}/bin/pip`, ['install', '-q', `scim2-server==${VERSION}`]);
  await mkdir(`${home}/part`);
  await rename(`${home}/part`, `${home}/complete`);
  return found;
}

/** A SCIM server without users, in memory, on loopback. Errors: what is missing. */
export async function startLocalScim(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const path = await program();
  const port = await freePort();
  const flags = ['--hostname', '127.0.0.1', '--port', String(port), '--bearer-token', SCIM_TOKEN];
  const server = spawn(path, flags, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/v2`;
  const stop = async () => {
    if (server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  };
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`scim2-server ended with ${server.exitCode}`);
    const ready = await fetch(`${url}/ServiceProviderConfig`, {
      headers: { authorization: `Bearer ${SCIM_TOKEN}` },
    }).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return { url, stop };
    await sleep(100);
  }
  await stop();
  throw new Error('scim2-server was not ready in 30 s');
}
