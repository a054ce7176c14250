/** What leaves a running product as metrics, traces and log lines, and that nobody can be found in it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { openMemoryLog } from '#libs/adapters/memory/event-log.ts';
import type { Logger } from '#libs/telemetry/log-line.ts';
import { createLogger } from '#libs/telemetry/log-line.ts';
import { loadServiceConfig } from '#services/config/load.ts';
import { startConfiguredCorrelator } from '#services/start/correlator.ts';
import { startConfiguredDetector } from '#services/start/detector.ts';
import { startConfiguredResponder } from '#services/start/responder.ts';
import type { ServiceContext } from '#services/start/service.ts';
import { otlpSettings } from '#services/telemetry/otlp-settings.ts';
import { startTelemetry } from '#services/telemetry/telemetry.ts';
import { freePort } from '../../support/free-port.ts';
import { otlpReceiver, wordOf } from '../../support/otlp-receiver.ts';
import { createPortalTopics, portalRecords, TEST_KEY, writtenRecords } from '../../support/portal-log.ts';
import { until } from '../detector/harness.ts';

const DAY_MS = 86_400_000;
const PARTITIONS = 2;
const SMALL = /^\d{1,6}$/;
const WORD = /^[a-z_]{1,40}$/;

/** Every attribute that a metric or span may have, and what its values look like: words and small numbers. */
const ALLOWED = new Map<string, RegExp>([
  ['partition', SMALL],
  ['records', SMALL],
  ['alerts', SMALL],
  ['plans', SMALL],
  ['attempts', SMALL],
  ['part', WORD],
  ['kind', WORD],
  ['entry', WORD],
  ['reason', WORD],
  ['status', /^([a-z_]{1,40}|\d{3})$/],
  ['rung', WORD],
  ['reach', WORD],
  ['result', WORD],
  ['state', WORD],
  ['route', /^(|\/[a-z0-9/_:.-]{0,80})$/i],
  ['method', /^([A-Z]{3,7}|other)$/],
  ['error.type', /^\w{1,40}$/],
  // The SDK's own, about its queue of spans.
  ['otel.component.name', /^[a-z_]+\/\d+$/],
  ['otel.component.type', WORD],
  ['otel_component_name', /^[a-z_]+\/\d+$/],
  ['otel_component_type', WORD],
]);

/** Lines of the Prometheus text as name and labels. */
function prometheusLines(text: string) {
  return text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = ''] = /^([\w:]+)(?:\{(.*)\})? /.exec(line) ?? [];
      return {
        name,
        labels: [...labels.matchAll(/([\w:.]+)="([^"]*)"/g)].map(([, k = '', v = '']) => [k, v] as const),
      };
    });
}

const forbidden = (attributes: Iterable<readonly [string, string]>): string[] =>
  [...attributes].filter(([key, value]) => !ALLOWED.get(key)?.test(value)).map(([key, value]) => `${key}=${value}`);

/** Which of the words stand in the text. */
const found = (text: string, words: Iterable<string>): string[] => [...words].filter((word) => text.includes(word));

describe('a running product', () => {
  let folder: string;
  let receiver: Awaited<ReturnType<typeof otlpReceiver>>;
  let prometheus = '';
  const health: number[] = [];
  const lines: string[] = [];
  const persons = new Set<string>();
  const accounts = new Set<string>();

  /** A metric of the last scrape, summed over its labels. */
  const summed = (start: string): number =>
    prometheus
      .split('\n')
      .filter((line) => line.startsWith(start))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-telemetry-'));
    receiver = await otlpReceiver();
    await writeFile(join(folder, 'key'), TEST_KEY.key);
    await writeFile(join(folder, 'token'), 'Bearer of-the-collector\n');
    // The simulated weeks end now, and some of them are older than what is acted on by default.
    await writeFile(join(folder, 'policy.yaml'), 'response:\n  auto_within_minutes: 20160\n');
    const value = {
      log: { kind: 'files', folder: 'not-used' },
      access_topic: 't.access',
      prefix: 't',
      policy_file: 'policy.yaml',
      key: { id: TEST_KEY.id, file: 'key' },
      detector: { checkpoints: 'checkpoints', checkpoint_seconds: 1 },
      correlator: { checkpoints: 'correlator' },
      responder: { store_file: 'actions.db', register_file: 'register.db' },
      api: { port: 0, local_token_file: 'local-token' },
      metrics: { port: 0 },
      otlp: { endpoint: receiver.endpoint, authorization_file: 'token' },
      log_level: 'debug',
    };
    await writeFile(join(folder, 'vigie.yaml'), JSON.stringify(value));
    const config = loadServiceConfig(join(folder, 'vigie.yaml'));

    const log = openMemoryLog({ nowMs: Date.now });
    const topics = await createPortalTopics(log, 't', PARTITIONS);
    const start = new Date(Date.now() - 12 * DAY_MS).toISOString().slice(0, 10);
    const records = portalRecords(topics.access, { start, attacks: 1 });
    for (const { key, value: bytes } of records) {
      accounts.add(key!);
      const { beneficiary, source, session } = JSON.parse(Buffer.from(bytes!).toString('utf8'));
      for (const word of [beneficiary?.nir, beneficiary?.contract, source?.ip, source?.device, session]) {
        if (word) persons.add(String(word));
      }
    }
    const [nir] = [...persons].filter((word) => /^\d{13,15}$/.test(word));
    const [account] = accounts;
    const register = new LocalRegister(join(folder, 'register.db'));
    const holder = { class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true } as const;
    register.enter([...accounts].map((id) => ({ id, ...holder })));
    register.close();

    const logger = createLogger('all', Date.now, (line) => lines.push(line), config.log_level);
    const read = otlpSettings(
      { endpoint: config.otlp!.endpoint, authorization: 'Bearer of-the-collector', everySeconds: 0.1 },
      {},
    );
    if (!read.ok) throw new Error(read.error);
    const telemetry = await startTelemetry({
      service: 'all',
      version: '0.0.0',
      instance: 'test',
      listen: config.metrics,
      otlp: read.value,
      logger,
    });
    const failed = (error: Error) => {
      throw error;
    };
    const context: ServiceContext = { config, log, topics, logger, metrics: telemetry, instance: 'test', failed };
    const at = `http://127.0.0.1:${telemetry.port}`;
    health.push((await fetch(`${at}/healthz`)).status);
    const running = [
      await startConfiguredResponder(context),
      await startConfiguredCorrelator(context),
      await startConfiguredDetector(context),
    ];
    telemetry.ready();
    health.push((await fetch(`${at}/healthz`)).status, (await fetch(`${at}/nothing`)).status);

    // What cannot be read says nothing of its content either.
    const bad = [`{"id":"x","nir":"${nir}"`, `{"id":"y","time":"never","account":{"id":"${account}"}}`];
    await log.append(bad.map((text) => ({ topic: topics.access, key: account!, value: Buffer.from(text) })));
    await log.append([{ topic: topics.alerts, key: account!, value: Buffer.from(`{"class_uid":2004,"n":"${nir}"}`) }]);
    for (let i = 0; i < records.length; i += 1000) await log.append(records.slice(i, i + 1000));
    const isDone = async () =>
      (await writtenRecords(log, topics.actions)).some(
        ({ content }) => content.includes('"verified"') && content.includes('suspend'),
      );
    await until(isDone);
    // The state is measured at each checkpoint, and the first may have come before the accounts did.
    await until(async () => {
      prometheus = await (await fetch(`${at}/metrics`)).text();
      return summed('vigie_state_accounts{') === accounts.size && summed('vigie_lag_records{') === 0;
    });
    const url = String(JSON.parse(lines.find((line) => line.includes('api_listening'))!).url);
    const token = (await readFile(join(folder, 'local-token'), 'utf8')).trim();
    const signedIn = { headers: { authorization: `Bearer ${token}` } };
    const asked = await fetch(`${url}/v1/accounts/${account}`, signedIn);
    expect(asked.status).toBeLessThan(500);
    await fetch(`${url}/v1/accounts/${account}`);
    await fetch(`${url}/nowhere/${account}/${nir}`, signedIn);
    await fetch(`${url}/v1/incidents?account=${account}`, { headers: { authorization: 'Bearer wrong' } });

    prometheus = await (await fetch(`${at}/metrics`)).text();
    // What waits is flushed every two seconds; on a quick machine all else is over by then.
    await until(async () => receiver.spans.some(({ name }) => name === 'detector.flush'));
    for (const service of running.toReversed()) await service.stop();
    // Figures of partitions end with the partitions; the test's time limit ends a wait in vain.
    await until(
      async () =>
        !/vigie_(lag|state|checkpoint_(age|bytes)|event_age)/.test(await (await fetch(`${at}/metrics`)).text()),
    );
    await until(() => receiver.names.has('vigie_lag_records') && !receiver.metrics().has('vigie_lag_records'));
    await telemetry.stop();
    await log.close();
  }, 60_000);

  afterAll(async () => {
    await receiver.stop();
    await rm(folder, { recursive: true });
  });

  test('gives out what there is to watch, for Prometheus and by OTLP alike', () => {
    const watched = [
      'vigie_events_total',
      'vigie_records_rejected_total',
      'vigie_lag_records',
      'vigie_event_age_seconds',
      'vigie_batch_duration_ms',
      'vigie_alerts_total',
      'vigie_actions_total',
      'vigie_action_duration_ms',
      'vigie_breakers_open',
      'vigie_checkpoint_age_seconds',
      'vigie_checkpoint_bytes',
      'vigie_state_bytes',
      'vigie_state_accounts',
      'vigie_state_pairs',
      'vigie_signals_total',
      'vigie_alerts_rejected_total',
      'vigie_api_request_duration_ms',
      'vigie_process_memory_bytes',
    ];
    const names = new Set(prometheusLines(prometheus).map(({ name }) => name.replace(/_(bucket|count|sum)$/, '')));
    expect(watched.filter((name) => !names.has(name))).toEqual([]);
    expect(watched.filter((name) => !receiver.names.has(name))).toEqual([]);
  });

  test('counts what happened', () => {
    expect(summed('vigie_events_total')).toBeGreaterThan(5000);
    expect(summed('vigie_records_rejected_total{')).toBe(2);
    expect(summed('vigie_alerts_rejected_total')).toBe(1);
    expect(summed('vigie_lag_records{')).toBe(0);
    expect(summed('vigie_state_accounts{')).toBe(accounts.size);
    expect(summed('vigie_actions_total{rung="suspend",result="verified"}')).toBe(1);
    expect(summed('vigie_action_duration_ms_count{rung="suspend"}')).toBe(1);
    expect(summed('vigie_breakers_open{')).toBe(0);
    expect(summed('vigie_api_request_duration_ms_count{')).toBe(4);
  });

  test('traces a batch from poll to transaction and an action from plan to verify', () => {
    const byId = new Map(receiver.spans.map((span) => [span.spanId, span]));
    const parentOf = (name: string) => [
      ...new Set(receiver.spans.filter((s) => s.name === name).map((s) => byId.get(s.parentSpanId ?? '')?.name ?? '')),
    ];
    expect(parentOf('detector.batch')).toEqual(['']);
    expect(parentOf('detector.poll')).toEqual(['detector.batch']);
    expect(parentOf('detector.fold')).toEqual(['detector.batch']);
    expect(parentOf('detector.flush')).toEqual(['']);
    expect(parentOf('detector.checkpoint')).toEqual(['']);
    expect(parentOf('detector.put')).toEqual(['detector.checkpoint']);
    expect(parentOf('detector.transaction').sort()).toEqual(['detector.checkpoint', 'detector.flush', 'detector.fold']);
    expect(parentOf('responder.plan')).toEqual(['']);
    expect(parentOf('responder.act')).toContain('responder.plan');
    expect(parentOf('responder.verify')).toEqual(['responder.act']);
    for (const { startTimeUnixNano: from, endTimeUnixNano: to } of receiver.spans) {
      expect(BigInt(to) >= BigInt(from)).toBe(true);
    }
  });

  test('says who sends it, and with the collector’s credential', () => {
    const said = Object.fromEntries(receiver.resources.map((a) => [a.key, wordOf(a)]));
    expect(said).toMatchObject({ 'service.name': 'vigie-all', 'service.instance.id': 'test' });
    expect(new Set(receiver.headers)).toEqual(new Set(['Bearer of-the-collector']));
  });

  test('has only attributes of the list, with values out of small sets', () => {
    const points = [...receiver.metrics().values()].flatMap(({ sum, gauge, histogram }) =>
      [sum, gauge, histogram].flatMap((data) => data?.dataPoints ?? []),
    );
    expect(points.length).toBeGreaterThan(20);
    const attributes = [...points, ...receiver.spans].flatMap((p) =>
      p.attributes.map((a) => [a.key, wordOf(a)] as const),
    );
    expect(forbidden(attributes)).toEqual([]);
    const labels = prometheusLines(prometheus)
      .filter(({ name }) => name !== 'target_info')
      .flatMap((line) => line.labels.filter(([key]) => key !== 'le'));
    expect(labels.length).toBeGreaterThan(50);
    expect(forbidden(labels)).toEqual([]);
    expect(
      forbidden([
        ['account', 'PS-000001'],
        ['reason', '180056912345678'],
        ['route', '/v1/accounts/PS 1'],
      ]),
    ).toHaveLength(3);
  });

  test('names no account and no person in metrics, traces or log lines', () => {
    expect(persons.size).toBeGreaterThan(100);
    expect(accounts.size).toBe(12);
    const words = [...persons, ...accounts];
    expect(found(`${words[0]} ${words.at(-1)}`, words)).toEqual(expect.arrayContaining([words[0], words.at(-1)]));
    expect(found(prometheus, words)).toEqual([]);
    expect(found(receiver.bodies.join('\n'), words)).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
    expect(found(lines.join(''), words)).toEqual([]);
  });

  test('logs lines of one form', () => {
    for (const line of lines) {
      const { time, level, service, event, ...fields } = JSON.parse(line);
      expect(line.endsWith('\n')).toBe(true);
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(['debug', 'info', 'warn', 'error']).toContain(level);
      expect(service).toBe('all');
      expect(event).toMatch(WORD);
      for (const field of Object.values(fields)) expect(['string', 'number', 'boolean']).toContain(typeof field);
    }
    const events = new Set(lines.map((line) => JSON.parse(line).event));
    for (const event of ['partition_opened', 'alert_decided', 'alert_rejected', 'checkpoint_taken']) {
      expect(events).toContain(event);
    }
  });

  test('is healthy once everything is started', () => {
    expect(health).toEqual([503, 200, 404]);
  });
});

test('a collector that is not there is spoken of and holds nothing up for long', async () => {
  const port = await freePort();
  const read = otlpSettings({ endpoint: `http://127.0.0.1:${port}`, everySeconds: 0.05 }, {});
  if (!read.ok) throw new Error(read.error);
  const events: string[] = [];
  const logger: Logger = (level, event) => events.push(`${level} ${event}`);
  const parts = { service: 'x', version: '0', instance: 'i', listen: undefined, otlp: read.value, logger };
  const telemetry = await startTelemetry(parts);
  telemetry.meter.createCounter('vigie_test_total').add(1);
  telemetry.tracer.startSpan('test').end();
  await until(() => events.includes('warn telemetry_failed'));
  // It ends: the test's own time limit is far above what a collector is waited for.
  await telemetry.stop();
});
