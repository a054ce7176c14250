import { importPKCS8 } from 'jose';
import { createChainConnector } from '#libs/adapters/chain/connector.ts';
import { createCommandTopicConnector } from '#libs/adapters/command-topic/connector.ts';
import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { registerDirectory } from '#libs/adapters/local-register/directory.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createScimConnector } from '#libs/adapters/scim/connector.ts';
import { createSsfConnector } from '#libs/adapters/ssf/connector.ts';
import { createWebhookConnector } from '#libs/adapters/webhook/connector.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import type { AccountDirectory } from '#libs/ports/directory.ts';
import type { EventLog } from '#libs/ports/event-log.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { KeeperConfig } from '#services/config/keepers.ts';
import { keeperName } from '#services/config/keepers.ts';
import { readSecret } from '#services/config/load.ts';

/** The keepers of a configuration as one, and how to let go of what they hold. */
export interface OpenedKeepers {
  readonly connector: AccountConnector;
  /** The accounts of the local register, where it is one of them. */
  readonly directory?: AccountDirectory;
  close(): void;
}

const text = (path: string) => readSecret(path).toString('utf8').trim();

/** A secret that is there at the start, and is read anew at each use. */
function secret(path: string): () => Promise<string> {
  text(path);
  return async () => text(path);
}

/**
 * The keepers that a policy acts through, in its order; all of them, in theirs, where it names none.
 * @throws CommandFailure with exit code 78 where it names one that is not set up
 */
export function chosenKeepers(configs: readonly KeeperConfig[], names: readonly string[]): readonly KeeperConfig[] {
  if (names.length === 0) return configs;
  const byName = new Map(configs.map((config) => [keeperName(config), config]));
  return names.map((name) => {
    const config = byName.get(name);
    if (config) return config;
    throw new CommandFailure(
      `policy: connectors: "${name}" is not set up in responder.connectors; there is: ${[...byName.keys()].join(', ')}`,
      EXIT.configuration,
    );
  });
}

/**
 * Opens the configured keepers, in their order; several become a chain.
 * @throws CommandFailure with exit code 78 where a secret cannot be read
 */
export function openKeepers(configs: readonly KeeperConfig[], log: EventLog, prefix: string): OpenedKeepers {
  const registers: LocalRegister[] = [];
  const open = (config: KeeperConfig): AccountConnector => {
    if (config.type === 'command_topic') return createCommandTopicConnector({ log, topic: `${prefix}.commands` });
    if (config.type === 'local_register') {
      const register = new LocalRegister(config.register_file);
      registers.push(register);
      return createLocalConnector(register);
    }
    const common = { url: config.url, callTimeoutMs: config.timeout_ms };
    if (config.type === 'keycloak') {
      const { identity, step_up_group: stepUpGroup } = config;
      return createKeycloakConnector({
        ...common,
        realm: config.realm,
        clientId: config.client_id,
        clientSecret: secret(config.client_secret_file),
        identity: identity === 'username' ? { by: 'username' } : { by: 'attribute', name: identity.attribute },
        ...(stepUpGroup ? { stepUpGroup } : {}),
        neverTouch: config.never_touch,
      });
    }
    if (config.type === 'scim') {
      return createScimConnector({ ...common, token: secret(config.token_file), identity: config.identity });
    }
    if (config.type === 'webhook') {
      const { readable, secret_files: files } = config;
      return createWebhookConnector({ ...common, readable, clock: SYSTEM_CLOCK, secrets: files.map(text) });
    }
    const key = secret(config.signing_key_file);
    const { signing_algorithm: alg, signing_key_id: kid, authorization_file: authorization } = config;
    return createSsfConnector({
      ...common,
      issuer: config.issuer,
      audience: config.audience,
      subject: config.subject_issuer ? { format: 'iss_sub', issuer: config.subject_issuer } : { format: 'opaque' },
      signingKey: async () => ({ key: await importPKCS8(await key(), alg), alg, kid }),
      ...(authorization ? { authorization: secret(authorization) } : {}),
      clock: SYSTEM_CLOCK,
    });
  };
  const close = () => {
    for (const register of registers) register.close();
  };
  try {
    const links = configs.map((config) => ({
      connector: open(config),
      mayLackAccount: 'may_lack_account' in config && config.may_lack_account,
    }));
    const [only] = links;
    const [register] = registers;
    return {
      connector: links.length === 1 && only ? only.connector : createChainConnector(links),
      ...(register ? { directory: registerDirectory(register) } : {}),
      close,
    };
  } catch (error) {
    close();
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(
      `connectors: ${error instanceof Error ? error.message : 'not usable'}`,
      EXIT.configuration,
    );
  }
}
