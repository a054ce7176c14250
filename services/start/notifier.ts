import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMailSink } from '#libs/adapters/notify/mail-sink.ts';
import { createStreamSink } from '#libs/adapters/notify/stream-sink.ts';
import { createWebhookSink } from '#libs/adapters/notify/webhook-sink.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import type { NotificationSink } from '#libs/ports/notifications.ts';
import { errorFields } from '#libs/telemetry/log-line.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readSecret } from '#services/config/load.ts';
import type { NotifyConfig } from '#services/config/notify.ts';
import type { NotifierEvents, Route } from '#services/notifier/notifier.ts';
import { startNotifier } from '#services/notifier/notifier.ts';
import type { Rendering } from '#services/notifier/render.ts';
import type { RunningService, ServiceContext } from './service.ts';
import { openStore } from './store.ts';

type SinkConfig = NotifyConfig['sinks'][number];

/** Failures in a row after which a receiver is spoken of; a first one happens. */
const SPOKEN_OF_FROM = 3;
const SEVERITY = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;

function openSink(config: SinkConfig): NotificationSink {
  const secret = (path: string) => readSecret(path).toString('utf8').trim();
  if (config.type === 'webhook') {
    return createWebhookSink({ url: config.url, secrets: config.secret_files.map(secret), clock: SYSTEM_CLOCK });
  }
  if (config.type === 'mail') {
    const { host, port, security, from, to, user, password_file: password, ca_file: ca } = config;
    return createMailSink({
      host,
      port,
      security,
      from,
      to,
      ...(ca ? { ca: readSecret(ca) } : {}),
      ...(user === undefined ? {} : { user, password: password === undefined ? '' : secret(password) }),
    });
  }
  const { host, port, tls } = config;
  if (tls === false) return createStreamSink({ host, port });
  if (tls === true) return createStreamSink({ host, port, tls: {} });
  const { ca_file: ca, cert_file: cert, key_file: key, server_name: serverName } = tls;
  return createStreamSink({
    host,
    port,
    tls: {
      ...(ca ? { ca: readSecret(ca) } : {}),
      ...(cert && key ? { cert: readSecret(cert), key: readSecret(key) } : {}),
      ...(serverName ? { serverName } : {}),
    },
  });
}

function renderingOf(config: SinkConfig, language: 'en' | 'fr'): Rendering {
  if (config.type === 'mail') return { as: 'mail', language };
  if (config.type === 'webhook') return { as: 'json', format: config.format };
  return { as: 'syslog', format: config.format, host: hostname(), processId: String(process.pid) };
}

function eventsOf({ logger, metrics }: ServiceContext): NotifierEvents {
  const sent = metrics.meter.createCounter('vigie_notifications_total', {
    description: 'notifications by what came of them',
  });
  return {
    delivered: (sink) => sent.add(1, { sink, outcome: 'delivered' }),
    refused(sink, id, detail) {
      sent.add(1, { sink, outcome: 'refused' });
      logger('warn', 'notification_refused', { sink, id, detail });
    },
    failed(sink, detail, failures) {
      sent.add(1, { sink, outcome: 'failed' });
      if (failures >= SPOKEN_OF_FROM) logger('warn', 'notification_delayed', { sink, detail, failures });
    },
    rejected: (topic, partition, offset, reason) =>
      logger('warn', 'notification_record_rejected', { topic, partition, offset, reason }),
    lost(sink, topic, count) {
      sent.add(count, { sink, outcome: 'lost' });
      logger('error', 'notifications_lost', { sink, topic, count });
    },
    readingFailed: (sink, topic, error) =>
      logger('error', 'notifier_reading_failed', { sink, topic, ...errorFields(error) }),
    leaseFailed: (error) => logger('error', 'notifier_lease_failed', errorFields(error)),
  };
}

/** Wires a notifier to its surroundings. @throws CommandFailure with exit code 78 where the configuration will not do */
export async function startConfiguredNotifier(context: ServiceContext): Promise<RunningService> {
  const { config, log, topics } = context;
  if (config.notify === undefined)
    throw new CommandFailure('the configuration has no part "notify"', EXIT.configuration);
  const { sinks, positions_file: positionsFile, positions_url_file: urlFile } = config.notify;
  const routes = sinks.map((sink): Route => {
    try {
      return {
        name: sink.name,
        sink: openSink(sink),
        rendering: renderingOf(sink, config.language),
        kinds: new Set(sink.kinds),
        fromSeverity: SEVERITY[sink.from_severity],
      };
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new CommandFailure(`notify: ${sink.name}: ${why}`, EXIT.configuration);
    }
  });
  const positions = await openStore(positionsFile, urlFile, (error) =>
    context.logger('warn', 'store_connection_lost', errorFields(error)),
  );
  const notifier = startNotifier({
    log,
    topics: [topics.alerts, topics.actions],
    positions,
    instance: context.instance,
    clock: SYSTEM_CLOCK,
    routes,
    events: eventsOf(context),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
  });
  return {
    async stop() {
      await notifier.stop();
      await positions.close();
    },
  };
}
