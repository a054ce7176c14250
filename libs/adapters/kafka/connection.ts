import type { ConnectionOptions } from 'node:tls';
import type { Kafka as KafkaClient, RetryOptions, SASLOptions } from 'kafkajs';
import kafkajs from 'kafkajs';
import './codecs.ts';
import './coordinator-patch.ts';
import './fetch-patch.ts';
import { openSocket } from './receive-patch.ts';
import './request-queue-patch.ts';

/** How to sign in. Secrets come as values here; the services read them from files and never print them. */
export type KafkaSignIn =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  /** `token` is asked for a fresh OAuth bearer token at each (re)authentication. */
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> };

export interface KafkaConnection {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Shown in the brokers' logs and quotas. */
  readonly clientId: string;
  /** True for the system's certificate authorities; options for own ones or a client certificate; absent for no TLS. */
  readonly tls?: true | ConnectionOptions;
  readonly signIn?: KafkaSignIn;
  /** What the client has to say: never record contents. */
  readonly onMessage?: (level: 'error' | 'warn', message: string) => void;
}

/**
 * Short first, for right after a commit the broker answers "concurrent transactions" for some milliseconds, which the
 * client's own 300 ms would turn into the duration of every transaction; and long in all, for a broker's restart.
 */
export const PATIENT: RetryOptions = {
  initialRetryTime: 10,
  factor: 0.2,
  multiplier: 1.3,
  maxRetryTime: 500,
  retries: 150,
};
/** For questions whose "no" must come soon (does this topic exist). */
export const BRISK: RetryOptions = {
  initialRetryTime: 50,
  factor: 0.2,
  multiplier: 1.6,
  maxRetryTime: 1000,
  retries: 8,
};

/** The client for a connection; nothing is connected yet. */
export function kafkaClient(connection: KafkaConnection): KafkaClient {
  const { logLevel } = kafkajs;
  const { onMessage } = connection;
  return new kafkajs.Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 5000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    retry: PATIENT,
    socketFactory: openSocket,
    ...(connection.tls === undefined ? {} : { ssl: connection.tls }),
    ...(connection.signIn === undefined ? {} : { sasl: saslOptions(connection.signIn) }),
    logLevel: onMessage ? logLevel.WARN : logLevel.NOTHING,
    logCreator: () => (entry) => {
      // It warns of any limit at all, however far away.
      if (entry.log.message.startsWith('Limiting retries')) return;
      onMessage?.(entry.level === logLevel.ERROR ? 'error' : 'warn', `${entry.namespace}: ${entry.log.message}`);
    },
  });
}

function saslOptions(signIn: KafkaSignIn): SASLOptions {
  if (signIn.mechanism !== 'oauthbearer') return { ...signIn };
  const { token } = signIn;
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await token() }) };
}
