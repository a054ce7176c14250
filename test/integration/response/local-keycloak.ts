import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../support/free-port.ts';

const run = promisify(execFile);
const CACHE = new URL('../../../.cache/keycloak/', import.meta.url).pathname;
export const KEYCLOAK_VERSION = '26.7.4';
/** The administrator of the throw-away server. */
export const ADMIN = { username: 'admin', password: 'admin' };
/** A first start builds the server’s classes anew, and a machine with much else to do took four minutes for it. */
const READY_WITHIN_MS = 600_000;

/** Keycloak's distribution from Maven Central, unpacked once into `.cache/keycloak`. */
async function distribution(): Promise<string> {
  const home = join(CACHE, `keycloak-${KEYCLOAK_VERSION}`);
  if (existsSync(join(home, 'bin/kc.sh'))) return home;
  await mkdir(CACHE, { recursive: true });
  const artifact = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`;
  const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
  const zip = join(CACHE, `keycloak-quarkus-dist-${KEYCLOAK_VERSION}.zip`);
  if (!existsSync(zip)) await run('mvn', ['-B', '-q', plugin, `-Dartifact=${artifact}`, `-DoutputDirectory=${CACHE}`]);
  const folder = await mkdtemp(join(CACHE, 'unpacking-'));
  // `jar` comes with every JDK; `unzip` need not be there.
  await run('jar', ['-xf', zip], { cwd: folder });
  await rename(join(folder, `keycloak-${KEYCLOAK_VERSION}`), home);
  await rm(folder, { recursive: true, force: true });
  return home;
}

/** A JDK that Keycloak supports, the newest first; `undefined`: whatever `java` is. */
function javaHome(): string | undefined {
  const root = '/usr/lib/jvm';
  const names = existsSync(root) ? readdirSync(root) : [];
  const found = ['25', '21', '17'].flatMap((v) => names.filter((n) => new RegExp(`(^|\\D)${v}(\\D|$)`).test(n)));
  return process.env.VIGIE_JDK || (found[0] && join(root, found[0]));
}

export interface LocalKeycloak {
  readonly url: string;
  /** SIGSTOP and SIGCONT: it hangs, and goes on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** A Keycloak with an empty database in memory, as a process on loopback. Errors: what is missing, in Maven's or Java's words. */
export async function startLocalKeycloak(): Promise<LocalKeycloak> {
  const home = await distribution();
  const folder = await mkdtemp(join(tmpdir(), 'vigie-keycloak-'));
  const [port, management] = [await freePort(), await freePort()];
  const java = javaHome();
  const flags = [
    'start-dev',
    '--db=dev-mem',
    '--http-host=127.0.0.1',
    `--http-port=${port}`,
    `--http-management-port=${management}`,
    '--health-enabled=true',
  ];
  const server = spawn('bash', [join(home, 'bin/kc.sh'), ...flags], {
    cwd: folder,
    // A group of its own: the launcher may stay as the parent of the server.
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      ...(java ? { JAVA_HOME: java } : {}),
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx384m',
    },
  });
  const signal = (name: NodeJS.Signals) => {
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, name);
  };
  const stop = async () => {
    const ended = server.exitCode === null ? once(server, 'exit') : undefined;
    signal('SIGCONT');
    signal('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end; await sleep(250)) {
    if (server.exitCode !== null) throw new Error(`kc.sh ended with ${server.exitCode}`);
    const ready = await fetch(`${url}/realms/master/.well-known/openid-configuration`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return { url, freeze: () => signal('SIGSTOP'), thaw: () => signal('SIGCONT'), stop };
  }
  await stop();
  throw new Error(`Keycloak was not ready in ${READY_WITHIN_MS / 1000} s`);
}
