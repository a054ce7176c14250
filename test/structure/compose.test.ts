import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '#services/cli/commands.ts';
import { serviceConfigSchema } from '#services/config/schema.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly build?: { readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const config = serviceConfigSchema.parse(parse(read('deploy/compose/vigie.yaml')));
const entries = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  test('takes the Kafka image that the tests start, or the one the environment names', () => {
    const official = /OFFICIAL = '([^']+)'/.exec(read('test/integration/kafka/kafka-image.ts'))![1];
    expect(compose.services.kafka!.image).toBe(`$\{VIGIE_KAFKA_IMAGE:-${official}}`);
  });

  test('the services find the broker where the broker says it is', () => {
    const { environment, ports } = compose.services.kafka!;
    const advertised = String(environment!.KAFKA_ADVERTISED_LISTENERS).split(',');
    if (config.log.kind !== 'kafka') throw new Error('the configuration names no Kafka');
    for (const broker of config.log.brokers) expect(advertised).toContain(`INSIDE://${broker}`);
    expect(advertised).toContain('HOST://localhost:19092');
    expect(ports).toEqual(['127.0.0.1:19092:19092']);
    // No broker creates topics by a slip of the keyboard.
    expect(environment!.KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
  });

  test('every port is on loopback only', () => {
    for (const [, { ports = [] }] of entries) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(compose.services.detector!.ports).toEqual([`127.0.0.1:9464:${config.metrics!.port}`]);
  });

  test('runs commands that exist, with the configuration that is mounted', () => {
    const started = entries.flatMap(([name, { command }]) =>
      command?.[0] === 'start' ? [[name, command] as const] : [],
    );
    expect(started.map(([name]) => name)).toEqual(['detector', 'correlator', 'responder']);
    const known = COMMANDS.map((c) => c.name);
    expect(known).toEqual(expect.arrayContaining(['start', 'topics']));
    for (const [name, command] of started) {
      expect(command).toEqual(['start', name, '--config', '/etc/vigie/vigie.yaml']);
      expect(compose.services[name]!.volumes).toContain('./deploy/compose/vigie.yaml:/etc/vigie/vigie.yaml:ro');
    }
    expect(config.detector).toBeDefined();
    expect(config.responder).toBeDefined();
  });

  test('what runs on asks after its own health, where the configuration gives it out', () => {
    for (const [name, { command, healthcheck }] of entries) {
      if (command?.[0] !== 'start') continue;
      const [how, program, , script] = healthcheck!.test;
      expect([how, program], name).toEqual(['CMD', 'node']);
      expect(script).toContain(`http://127.0.0.1:${config.metrics!.port}/healthz`);
    }
  });

  test('nothing of ours may write to its image or has rights of root', () => {
    for (const [name, service] of entries) {
      if (name === 'kafka') continue;
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    }
    expect(read('deploy/Dockerfile')).toMatch(/^USER node$/m);
  });

  test('everything that has to outlive a container is in a volume that is declared', () => {
    const state = [
      config.key.file,
      config.detector!.checkpoints,
      config.responder!.store_file,
      config.responder!.register_file,
    ];
    for (const path of state) expect(path).toMatch(/^\/var\/lib\/vigie\//);
    for (const [, { volumes = [] }] of entries) {
      for (const volume of volumes.filter((v) => !v.startsWith('.'))) {
        expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      }
    }
  });

  test('the image is built from a file that is there and copies what is there', () => {
    const dockerfile = compose.services.detector!.build!.dockerfile;
    for (const [, path] of read(dockerfile).matchAll(/^COPY (\S+)/gm))
      expect(existsSync(new URL(path!, ROOT))).toBe(true);
    expect(read(dockerfile)).toContain('services/cli/main.ts');
  });
});
