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
import { IMAGE_FLAGS } from './image-flags.ts';

const PER_S = 2_000;
const WARM_UP_S = 10;
const MEASURED_S = 5;
const RUNS = 5;
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
 * accounts of which 20,000 are restricted, server (with the flags of its image) and client two processes on this machine. The time of each request counts
 * from when it was due, not from when it was sent: a server that stalls pays for everything that waited. Not in it: TLS and
 * a network. `restrictions_floor_ms_p99` is the same load on a server that does nothing, in turn with the other: what this
 * machine's own scheduling costs. `restrictions_cpu_us` is the server's CPU for one request of either.
 */
export async function benchRestrictions(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const tokenFile = join(folder, 'token');
  const server = spawn(process.execPath, [...IMAGE_FLAGS, SERVER, tokenFile, String(RESTRICTED)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const [url, floorUrl] = [String((await lines.next()).value), String((await lines.next()).value)];
    const token = readFileSync(tokenFile, 'utf8').trim();
    await load(url, token, agent, WARM_UP_S, isRight);
    const runs: Run[] = [];
    const floor: number[] = [];
    for (let i = 0; i < RUNS; i += 1) {
      runs.push(await load(url, token, agent, MEASURED_S, isRight));
      floor.push((await load(floorUrl, token, agent, MEASURED_S, (_n, status) => status === 200)).p99);
    }
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    const cpuUs = Number((await lines.next()).value) / ((WARM_UP_S + 2 * RUNS * MEASURED_S) * PER_S);
    await ended;
    const figure = (of: keyof Run, unit: string) =>
      figureOf(
        runs.map((r) => r[of]),
        unit,
      );
    return {
      restrictions_ms_p50: figure('p50', 'ms'),
      restrictions_ms_p99: figure('p99', 'ms'),
      restrictions_floor_ms_p99: figureOf(floor, 'ms'),
      restrictions_per_s: figure('perS', 'requests/s'),
      restrictions_cpu_us: figureOf([cpuUs], 'µs'),
    };
  } finally {
    agent.destroy();
    if (server.exitCode === null) server.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** Whether an answer to request `n` is what the list holds. */
type Check = (n: number, status: number, text: string) => boolean;

async function load(url: string, token: string, agent: Agent, seconds: number, check: Check): Promise<Run> {
  const total = seconds * PER_S;
  const took: number[] = [];
  const wrong: string[] = [];
  const started = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * PER_S) / 1000) + 1);
    for (; sent < due; sent += 1) {
      const n = sent;
      const dueMs = started + (n * 1000) / PER_S;
      ask(url, headersOf(token, n), agent, n, (problem, status, text) => {
        if (problem === '' && check(n, status, text)) took.push(performance.now() - dueMs);
        else wrong.push(problem || `HTTP ${status}`);
      });
    }
    await sleep(1);
  }
  while (took.length + wrong.length < total) await sleep(1);
  const wallS = (performance.now() - started) / 1000;
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${total} answers were wrong: ${wrong[0]}`);
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.ceil(took.length * share) - 1]!;
  return { p50: at(0.5), p99: at(0.99), perS: total / wallS };
}

const accountOf = (n: number): number => (n * 7919) % ACCOUNTS;
const isConditional = (n: number): boolean => n % 2 === 0;

function headersOf(token: string, n: number): Record<string, string> {
  const account = accountOf(n);
  const tag = account < RESTRICTED ? `"${1 + (account % 7)}"` : '"none"';
  return { authorization: `Bearer ${token}`, ...(isConditional(n) ? { 'if-none-match': tag } : {}) };
}

const isRight: Check = (n, status, text) => {
  if (isConditional(n)) return status === 304 && text === '';
  const account = accountOf(n);
  const expected = account >= RESTRICTED ? 'none' : account % 2 === 0 ? 'suspended' : 'throttle';
  return status === 200 && JSON.parse(text).restriction === expected;
};

function ask(
  url: string,
  headers: Record<string, string>,
  agent: Agent,
  n: number,
  done: (problem: string, status: number, text: string) => void,
): void {
  const sending = request(`${url}/v1/restrictions/PS-${accountOf(n)}`, { agent, headers }, (answer) => {
    let text = '';
    answer.on('data', (bytes) => {
      text += bytes;
    });
    answer.on('end', () => done('', answer.statusCode ?? 0, text));
  });
  sending.on('error', (error) => done(error.message, 0, ''));
  sending.end();
}
