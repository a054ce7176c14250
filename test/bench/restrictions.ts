import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';

const PER_S = 2_000;
const WARM_UP_S = 3;
const MEASURED_S = 10;
const RUNS = 3;
const RESTRICTED = 20_000;
const ACCOUNTS = 100_000;
const CONNECTIONS = 32;
const SERVER = fileURLToPath(new URL('restrictions-process.ts', import.meta.url));

interface Run {
  readonly p50: number;
  readonly p99: number;
  readonly perS: number;
}

/**
 * `GET /v1/restrictions/{account}` at 2,000 a second over 32 kept connections, half of them with If-None-Match, 100,000
 * accounts of which 20,000 are restricted, server and client two processes on this machine. The time of each request counts
 * from when it was due, not from when it was sent: a server that stalls pays for everything that waited. Not in it: TLS and
 * a network.
 */
export async function benchRestrictions(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const tokenFile = join(folder, 'token');
  const server = spawn(process.execPath, [SERVER, tokenFile, String(RESTRICTED)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const url = String((await lines.next()).value);
    const token = readFileSync(tokenFile, 'utf8').trim();
    await load(url, token, agent, WARM_UP_S);
    const runs: Run[] = [];
    for (let i = 0; i < RUNS; i += 1) runs.push(await load(url, token, agent, MEASURED_S));
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    const cpuUs = Number((await lines.next()).value) / ((WARM_UP_S + RUNS * MEASURED_S) * PER_S);
    await ended;
    const figure = (of: keyof Run, unit: string) =>
      figureOf(
        runs.map((r) => r[of]),
        unit,
      );
    return {
      restrictions_ms_p50: figure('p50', 'ms'),
      restrictions_ms_p99: figure('p99', 'ms'),
      restrictions_per_s: figure('perS', 'requests/s'),
      restrictions_cpu_us: figureOf([cpuUs], 'µs'),
    };
  } finally {
    agent.destroy();
    if (server.exitCode === null) server.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function load(url: string, token: string, agent: Agent, seconds: number): Promise<Run> {
  const total = seconds * PER_S;
  const took: number[] = [];
  const wrong: string[] = [];
  const started = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * PER_S) / 1000) + 1);
    for (; sent < due; sent += 1) ask(url, token, agent, sent, started + (sent * 1000) / PER_S, took, wrong);
    await sleep(1);
  }
  while (took.length + wrong.length < total) await sleep(1);
  const wallS = (performance.now() - started) / 1000;
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${total} answers were wrong: ${wrong[0]}`);
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.ceil(took.length * share) - 1]!;
  return { p50: at(0.5), p99: at(0.99), perS: total / wallS };
}

/** One request whose answer is held against what the list holds. */
function ask(
  url: string,
  token: string,
  agent: Agent,
  n: number,
  dueMs: number,
  took: number[],
  wrong: string[],
): void {
  const account = (n * 7919) % ACCOUNTS;
  const isRestricted = account < RESTRICTED;
  const conditional = n % 2 === 0;
  const tag = isRestricted ? `"${1 + (account % 7)}"` : '"none"';
  const headers = { authorization: `Bearer ${token}`, ...(conditional ? { 'if-none-match': tag } : {}) };
  const sending = request(`${url}/v1/restrictions/PS-${account}`, { agent, headers }, (answer) => {
    let text = '';
    answer.on('data', (bytes) => {
      text += bytes;
    });
    answer.on('end', () => {
      const expected = !isRestricted ? 'none' : account % 2 === 0 ? 'suspended' : 'throttle';
      const right = conditional
        ? answer.statusCode === 304 && text === ''
        : answer.statusCode === 200 && JSON.parse(text).restriction === expected;
      if (right) took.push(performance.now() - dueMs);
      else wrong.push(`HTTP ${answer.statusCode}`);
    });
  });
  sending.on('error', (error) => wrong.push(error.message));
  sending.end();
}
