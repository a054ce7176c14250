import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { assertAllowed, CallNotAllowed } from '#libs/adapters/keycloak/allowed-calls.ts';
import { createKeycloakClient } from '#libs/adapters/keycloak/client.ts';

const ID = '7ce17c26-57f5-4b15-94b7-2c40858c6bfc';
const GROUP = '0d0c9796-e6e0-4e37-9595-ebfed74b0a43';

describe('calls that the connector may make', () => {
  it.each([
    ['GET', '/users?username=anne&exact=true&max=2'],
    ['GET', '/users?q=rpps%3A10000000001&exact=true&max=2'],
    ['GET', `/users/${ID}`],
    ['PUT', `/users/${ID}`, '{"enabled":false}'],
    ['PUT', `/users/${ID}`, '{"enabled":true}'],
    ['PUT', `/users/${ID}`, '{"requiredActions":["VERIFY_EMAIL","UPDATE_PASSWORD"]}'],
    ['POST', `/users/${ID}/logout`],
    ['DELETE', `/users/${ID}/consents/portal`],
    ['PUT', `/users/${ID}/groups/${GROUP}`],
    ['DELETE', `/users/f:ldap:anne/groups/${GROUP}`],
  ])('%s %s', (method, path, body?: string) => {
    expect(() => assertAllowed(method, path, body, GROUP)).not.toThrow();
  });

  it.each([
    // Everything the service account's role would let through and the response has no use for.
    ['DELETE', `/users/${ID}`],
    ['POST', '/users', '{}'],
    ['PUT', `/users/${ID}/reset-password`, '{"type":"password","value":"x"}'],
    ['PUT', `/users/${ID}/execute-actions-email`],
    ['POST', '/logout-all'],
    ['POST', '/push-revocation'],
    ['DELETE', `/sessions/${ID}`],
    ['DELETE', '/attack-detection/brute-force/users'],
    ['DELETE', `/users/${ID}/federated-identity/psc`],
    ['POST', `/users/${ID}/impersonation`],
    ['DELETE', `/users/${ID}/credentials/${ID}`],
    ['PUT', `/users/${ID}/groups/${ID}`],
    ['PUT', `/users/${ID}/groups/${GROUP}/../${ID}`],
    ['PUT', `/users/${ID}/groups/x/groups/${GROUP}`],
    ['POST', `/users/${ID}/role-mappings/realm`, '[]'],
    // The body of a disable is that and nothing else.
    ['PUT', `/users/${ID}`, '{"enabled":false,"attributes":{}}'],
    ['PUT', `/users/${ID}`, '{"requiredActions":[]}'],
    ['PUT', `/users/${ID}`],
    ['PUT', '/users/profile', '{"enabled":false}'],
    // A search that would answer with everybody.
    ['GET', '/users'],
    ['GET', '/users?exact=true&max=2'],
    ['GET', '/users?username=&exact=true&max=2'],
    ['GET', '/users?username=a&exact=true&max=2&first=0'],
    ['GET', '/users?username=a&exact=false&max=2'],
    ['GET', '/users/count'],
    ['GET', '/clients'],
    ['GET', `/users/${ID}/../../clients`],
    ['GET', ''],
    // What is asked for once such a part is resolved: the user, the realm.
    ['DELETE', `/users/${ID}/consents/..`],
    ['DELETE', `/users/${ID}/consents/%2e%2E`],
    ['DELETE', `/users/${ID}/consents/.`],
    ['PUT', '/users/..', '{"enabled":false}'],
    ['POST', '/users/../logout'],
  ])('never %s %s %s', (method, path, body?: string) => {
    expect(() => assertAllowed(method, path, body, GROUP)).toThrow(CallNotAllowed);
  });

  it('by the client itself, before anything goes out', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.setHeader('content-type', 'application/json').end('{"access_token":"t","expires_in":300}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = createKeycloakClient({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      realm: 'portail',
      clientId: 'vigie-responder',
      clientSecret: async () => 'secret',
      identity: { by: 'username' },
    });
    for (const [method, path] of [
      ['DELETE', `/users/${ID}`],
      ['POST', '/logout-all'],
    ] as const) {
      await expect(client.call(method, path)).rejects.toThrow(CallNotAllowed);
    }
    expect(asked).toEqual([]);
    expect((await client.call('GET', `/users/${ID}`)).ok).toBe(true);
    expect(asked).toHaveLength(2);
    server.close();
  });

  it('no member of any group, where no step-up group is known', () => {
    expect(() => assertAllowed('PUT', `/users/${ID}/groups/${GROUP}`, undefined, '')).toThrow(CallNotAllowed);
    expect(() => assertAllowed('PUT', `/users/${ID}/groups/`, undefined, '')).toThrow(CallNotAllowed);
  });
});
