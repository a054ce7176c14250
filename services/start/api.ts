import { fileDirectory } from '#libs/adapters/files/account-directory.ts';
import { SYSTEM_CLOCK } from '#libs/ports/clock.ts';
import type { AccountDirectory } from '#libs/ports/directory.ts';
import { createAuthenticator } from '#services/api/authenticate.ts';
import { createConfirmationLinks, MIN_LINK_KEY_BYTES } from '#services/api/confirmation-link.ts';
import type { TokenReader } from '#services/api/identity.ts';
import type { RunningApi } from '#services/api/listen.ts';
import { startApi } from '#services/api/listen.ts';
import { localToken, localTokenReader } from '#services/api/local-token.ts';
import { oidcReader } from '#services/api/oidc.ts';
import type { ApiParts } from '#services/api/parts.ts';
import { createPortalGate } from '#services/api/portal-gate.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { VERSION } from '#services/cli/version.ts';
import type { ApiConfig } from '#services/config/api.ts';
import { readSecret } from '#services/config/load.ts';

const nowMs = () => SYSTEM_CLOCK.nowMs();

/** Wires the API over a responder and listens. @throws CommandFailure with exit code 78 where the configuration will not do */
export async function startConfiguredApi(
  config: ApiConfig,
  parts: Pick<ApiParts, 'responder' | 'store' | 'restrictions' | 'connector' | 'policy' | 'logger' | 'answered'>,
  ownDirectory: AccountDirectory | undefined,
  probeKey: Uint8Array | undefined,
): Promise<RunningApi> {
  const links = linksOf(config);
  const gate = gateOf(config, parts.restrictions, probeKey);
  const directory = config.directory_file === undefined ? ownDirectory : fileDirectory(config.directory_file);
  const { host, port, tls, behind_tls: behindTls } = config;
  try {
    const api = await startApi(
      {
        ...parts,
        clock: SYSTEM_CLOCK,
        authenticate: createAuthenticator(readersOf(config), nowMs),
        ...(directory ? { directory } : {}),
        ...(links ? { links } : {}),
        ...(gate ? { gate } : {}),
        version: VERSION,
      },
      {
        host,
        port,
        behindTls,
        ...(tls ? { tls: { cert: readSecret(tls.cert_file), key: readSecret(tls.key_file) } } : {}),
      },
    );
    parts.logger('info', 'api_listening', { url: api.url });
    return api;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`api: ${error instanceof Error ? error.message : String(error)}`, EXIT.configuration);
  }
}

function readersOf({ local_token_file: tokenFile, oidc }: ApiConfig): TokenReader[] {
  const readers: TokenReader[] = [];
  if (tokenFile !== undefined) {
    const token = localToken(tokenFile);
    if (!token.ok) throw new CommandFailure(token.error, EXIT.configuration);
    readers.push(localTokenReader(token.value, nowMs));
  }
  if (oidc) {
    const { issuer, audience, jwks_uri: jwksUri, roles_claim: rolesClaim, role_prefix: rolePrefix } = oidc;
    readers.push(oidcReader({ issuer, audience, rolesClaim, rolePrefix, nowMs, ...(jwksUri ? { jwksUri } : {}) }));
  }
  return readers;
}

function linksOf({ confirmation }: ApiConfig) {
  if (!confirmation) return undefined;
  const key = readSecret(confirmation.key_file);
  if (key.length < MIN_LINK_KEY_BYTES) {
    const problem = `${confirmation.key_file}: the key has ${key.length} bytes, at least ${MIN_LINK_KEY_BYTES} are needed`;
    throw new CommandFailure(problem, EXIT.configuration);
  }
  return createConfirmationLinks(key, confirmation.link);
}

function gateOf({ gate }: ApiConfig, restrictions: ApiParts['restrictions'], probeKey: Uint8Array | undefined) {
  if (!gate) return undefined;
  const { issuer, audience, jwks_uri: jwksUri, account_claim: accountClaim, strong_acr: strongAcr } = gate;
  return createPortalGate({
    issuer,
    audience,
    accountClaim,
    strongAcr,
    restrictions,
    nowMs,
    ...(jwksUri ? { jwksUri } : {}),
    ...(probeKey ? { probeKey } : {}),
  });
}
