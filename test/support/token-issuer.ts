import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWTPayload } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An OpenID Connect issuer on loopback: a discovery document, one key, and tokens on request. */
export async function startTokenIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }];
  /** Paths that were asked for, in order. */
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const answers = new Map<string, object>([
      ['/.well-known/openid-configuration', { issuer, jwks_uri: `${issuer}/keys` }],
      ['/keys', { keys }],
    ]);
    const answer = answers.get(request.url!);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    privateKey,
    asked,
    sign: (claims: JWTPayload) =>
      new SignJWT({ iss: issuer, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
export type TokenIssuer = Awaited<ReturnType<typeof startTokenIssuer>>;
