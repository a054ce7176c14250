/** How commands that name a topic by its address (`kafka://…`) sign in: as the services do, by a service's configuration. */
import type { KafkaConnection } from '#libs/adapters/kafka/connection.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { loadServiceConfig } from './load.ts';
import { kafkaConnection } from './open-log.ts';

/**
 * TLS and sign-in of a service's configuration: the one place where they are written down. Nothing where no file is given.
 * @throws CommandFailure with exit code 78 where the file will not do
 */
export function kafkaSignIn(file: string | undefined): Pick<KafkaConnection, 'tls' | 'signIn'> {
  if (file === undefined) return {};
  const { log } = loadServiceConfig(file);
  if (log.kind !== 'kafka') throw new CommandFailure(`${file}: log.kind is ${log.kind}, not kafka`, EXIT.configuration);
  const { tls, signIn } = kafkaConnection(log);
  return { ...(tls === undefined ? {} : { tls }), ...(signIn === undefined ? {} : { signIn }) };
}
