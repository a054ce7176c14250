/**
 * The image built from deploy/Dockerfile, and the services of docker-compose.yml run from it against the broker that the file
 * starts, with a simulated theft. Takes a minute and a half, an engine, and the registry of npm packages. Where there is no
 * engine or an image is missing it is skipped by name with the reason, and under CI it fails.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isThere, kafkaImage } from '../kafka/kafka-image.ts';
import type { ComposeService } from './docker-run.ts';
import { docker, runArguments } from './docker-run.ts';
import { nodeImage } from './node-image.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const DAY_MS = 86_400_000;
const DAYS = 41;

const base = nodeImage();
const broker = kafkaImage();
const missing = [base, broker].filter((image) => !isThere(image));
const lacks = missing.length > 0 ? `no engine with the image ${missing.join(' and the image ')}` : '';

if (lacks && process.env.CI) {
  test('image and compose file: needs an engine and images', () => {
    throw new Error(lacks);
  });
}

describe.skipIf(lacks !== '')(`image and compose file${lacks && ` (skipped: ${lacks})`}`, () => {
  const project = `vigie-try-${randomUUID().slice(0, 8)}`;
  const image = `${project}:test`;
  const compose = parse(readFileSync(`${ROOT}docker-compose.yml`, 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, ComposeService>>;
  };
  const names = Object.keys(compose.services);
  const ours = names.filter((name) => name !== 'kafka');
  const place = {
    project,
    folder: ROOT,
    images: new Map([['kafka', broker], ...ours.map((name) => [name, image] as const)]),
  };
  const run = (name: string, ...flags: string[]) =>
    docker(['run', ...flags, ...runArguments(name, compose.services[name]!, place)]);
  /** Waits until the container's health check passes; the test's time limit ends a wait in vain. */
  const healthy = async (name: string): Promise<void> => {
    for (;;) {
      const { out } = await docker([
        'inspect',
        '-f',
        '{{.State.Status}} {{.State.Health.Status}}',
        `${project}-${name}`,
      ]);
      if (out.trim() === 'running healthy') return;
      if (!out.startsWith('running'))
        throw new Error(`${name}: ${out}${(await docker(['logs', `${project}-${name}`])).out}`);
      await new Promise((wait) => setTimeout(wait, 250));
    }
  };
  /** A metric of a service, summed over its labels. */
  const metric = async (name: string, start: string): Promise<number> => {
    const script = "fetch('http://127.0.0.1:9464/metrics').then(r=>r.text()).then(t=>console.log(t))";
    const { out } = await docker(['exec', `${project}-${name}`, 'node', '-e', script]);
    const lines = out.split('\n').filter((line) => line.startsWith(start));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  beforeAll(async () => {
    const build = ['build', '--network', 'host', '--build-arg', `NODE_IMAGE=${base}`, '-t', image, '-f'];
    const built = await docker([...build, `${ROOT}deploy/Dockerfile`, ROOT], { ...process.env, DOCKER_BUILDKIT: '0' });
    expect(built.out, built.out.slice(-2000)).toContain('Successfully built');
    expect((await docker(['network', 'create', project])).status).toBe(0);
  }, 300_000);

  afterAll(async () => {
    await docker(['rm', '-f', '-v', ...names.map((name) => `${project}-${name}`)]);
    await docker(['volume', 'rm', '-f', `${project}-kafka`, `${project}-state`]);
    await docker(['network', 'rm', project]);
    await docker(['image', 'rm', '-f', image]);
  }, 60_000);

  test('the program runs in it, as nobody of importance, without writing to it', async () => {
    const bare = ['run', '--rm', '--read-only', '--cap-drop', 'ALL', '--network', 'none'];
    const help = await docker([...bare, image, '--help']);
    expect(help).toMatchObject({ status: 0, out: expect.stringContaining('Usage: vigie') });
    const who = await docker([
      ...bare,
      '--entrypoint',
      'node',
      image,
      '-p',
      'process.getuid() + " " + process.version',
    ]);
    expect(who.out).toMatch(/^1000 v24\./);
  });

  test('the services come up healthy, a simulated theft is seen and acted on, and a stop is a clean one', async () => {
    const begunMs = Date.now();
    expect((await run('kafka', '-d')).status).toBe(0);
    await healthy('kafka');
    const prepared = await run('prepare', '--rm');
    expect(prepared, prepared.out).toMatchObject({ status: 0, out: expect.stringContaining('created  portal.access') });
    const services = ['detector', 'correlator', 'responder'];
    for (const name of services) expect((await run(name, '-d')).status).toBe(0);
    for (const name of services) await healthy(name);
    const upMs = Date.now();

    const start = new Date(begunMs - DAYS * DAY_MS).toISOString().slice(0, 10);
    const attack = `sweep:start=${DAYS - 1},rate=600`;
    const to = 'kafka://kafka:9092/portal.access';
    const options = ['--accounts', '60', '--days', String(DAYS), '--start', start, '--attack', attack, '--to', to];
    const made = await docker(['run', '--rm', '--network', project, image, 'simulate', ...options]);
    expect(made, made.out).toMatchObject({ status: 0 });
    await expect
      .poll(() => metric('responder', 'vigie_actions_total{'), { timeout: 60_000, interval: 500 })
      .toBeGreaterThan(0);
    expect(await metric('detector', 'vigie_events_total')).toBeGreaterThan(1000);
    expect(await metric('detector', 'vigie_alerts_total')).toBeGreaterThan(0);
    const doctor = await docker([
      ...['run', '--rm', '--network', project, '-v', `${project}-state:/var/lib/vigie`],
      ...['-v', `${ROOT}deploy/compose/vigie.yaml:/etc/vigie/vigie.yaml:ro`],
      ...[image, 'doctor', '--config', '/etc/vigie/vigie.yaml'],
    ]);
    expect(doctor, doctor.out).toMatchObject({ status: 0, out: expect.stringContaining('0 problems') });
    console.log(`up after ${upMs - begunMs} ms, theft acted on after ${Date.now() - upMs} ms more`);

    for (const name of services) {
      expect((await docker(['stop', '-t', '30', `${project}-${name}`])).status).toBe(0);
      const { out } = await docker(['logs', `${project}-${name}`]);
      expect(out.trimEnd().split('\n').at(-1)).toContain('"event":"stopped"');
      // 130: told to stop, and not killed.
      expect((await docker(['inspect', '-f', '{{.State.ExitCode}}', `${project}-${name}`])).out.trim()).toBe('130');
    }
  }, 240_000);
});
