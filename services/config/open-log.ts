import { readFileSync } from 'node:fs';
import { openFileLog } from '#libs/adapters/file-log/event-log.ts';
import type { KafkaConnection, KafkaSignIn } from '#libs/adapters/kafka/connection.ts';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';
import { readSecret } from './load.ts';
import type { KafkaConfig, ServiceConfig } from './schema.ts';

/** Opens the event log that a configuration names. @throws CommandFailure when it cannot be reached */
export async function openConfiguredLog(
  config: Pick<ServiceConfig, 'log'>,
  onMessage?: (level: 'error' | 'warn', message: string) => void,
): Promise<EventLog> {
  const { log } = config;
  try {
    if (log.kind === 'files') return await openFileLog({ folder: log.folder, nowMs: Date.now });
    return await openKafkaLog({ ...kafkaConnection(log), ...(onMessage ? { onMessage } : {}) });
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const where = log.kind === 'files' ? log.folder : `Kafka at ${log.brokers.join(', ')}`;
    throw new CommandFailure(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Configuration of a Kafka as the adapter takes it, secrets read from their files. */
export function kafkaConnection(config: KafkaConfig): KafkaConnection {
  const { brokers, client_id: clientId, tls, sign_in: signIn } = config;
  return {
    brokers,
    clientId,
    ...(tls === undefined ? {} : { tls: tls === true ? true : tlsOptions(tls) }),
    ...(signIn === undefined ? {} : { signIn: signInOptions(signIn) }),
  };
}

function tlsOptions(tls: Exclude<KafkaConfig['tls'], true | undefined>) {
  return {
    ...(tls.ca_file === undefined ? {} : { ca: [readSecret(tls.ca_file)] }),
    ...(tls.cert_file === undefined ? {} : { cert: readSecret(tls.cert_file) }),
    ...(tls.key_file === undefined ? {} : { key: readSecret(tls.key_file) }),
  };
}

function signInOptions(signIn: NonNullable<KafkaConfig['sign_in']>): KafkaSignIn {
  if (signIn.mechanism === 'oauthbearer') {
    return { mechanism: 'oauthbearer', token: async () => readFileSync(signIn.token_file, 'utf8').trim() };
  }
  const { mechanism, username } = signIn;
  return { mechanism, username, password: readSecret(signIn.password_file).toString('utf8') };
}
