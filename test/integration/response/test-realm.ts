import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ADMIN } from './local-keycloak.ts';

const SHIPPED = new URL('../../../deploy/keycloak/portail-realm.json', import.meta.url);
/** Key of the holders' authenticator apps, as plain text. */
export const OTP_KEY = 'JBSWY3DPEHPK3PXPABCD';
const PASSWORD = 'pw';
const LONG_AGO_MS = Date.UTC(2025, 0, 1);

/** A user of the test realm. */
export interface TestUser {
  readonly username: string;
  readonly enabled?: boolean;
  readonly otp?: boolean;
  /** When it was enrolled, ms; long ago where nothing is said. */
  readonly otpSinceMs?: number;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

const profile = (longest: number) => ({
  providerId: 'declarative-user-profile',
  config: {
    'kc.user.profile.config': [
      JSON.stringify({
        attributes: ['username', 'email', 'firstName', 'lastName', 'rpps'].map((name) => ({
          name,
          annotations: {},
          permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
          ...(name === 'rpps' ? { validations: { length: { max: longest } } } : {}),
        })),
      }),
    ],
  },
});

const user = (
  realm: string,
  { username, enabled = true, otp = false, otpSinceMs = LONG_AGO_MS, attributes = {} }: TestUser,
) => ({
  username,
  enabled,
  email: `${username}@example.test`,
  emailVerified: true,
  firstName: 'Anne',
  lastName: 'Durand',
  attributes,
  // Imported users get no roles by themselves, and then no offline token.
  realmRoles: [`default-roles-${realm}`],
  credentials: [
    { type: 'password', value: PASSWORD },
    ...(otp
      ? [
          {
            type: 'otp',
            createdDate: otpSinceMs,
            secretData: JSON.stringify({ value: OTP_KEY }),
            credentialData: JSON.stringify({
              subType: 'totp',
              digits: 6,
              counter: 0,
              period: 30,
              algorithm: 'HmacSHA1',
            }),
          },
        ]
      : []),
  ],
});

export interface TestRealm {
  readonly url: string;
  readonly realm: string;
  readonly secret: string;
  /** As the server's administrator: what tests look at and set up, never what is tested. */
  admin(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** The user as the administrator sees it. Throws where there is none. */
  userOf(username: string): Promise<{ readonly id: string; readonly enabled: boolean; readonly firstName?: string }>;
  drop(): Promise<void>;
}

async function adminToken(url: string): Promise<string> {
  const username = process.env.KEYCLOAK_ADMIN || ADMIN.username;
  const password = process.env.KEYCLOAK_ADMIN_PASSWORD || ADMIN.password;
  const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password }),
  });
  if (!answer.ok) throw new Error(`no token for the administrator of Keycloak: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** One call of the server's administrator; `path` comes after `/admin`. */
export async function adminCall(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${url}/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${await adminToken(url)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
}

/**
 * A realm of its own, made from the one shipped in deploy/keycloak with users, a portal and a client without rights added,
 * so that what is tested is what is shipped.
 */
export async function createTestRealm(url: string, users: readonly TestUser[]): Promise<TestRealm> {
  const realm = `portail-${randomBytes(4).toString('hex')}`;
  const secret = randomBytes(16).toString('hex');
  const shipped = JSON.parse(readFileSync(SHIPPED, 'utf8'));
  const [responder] = shipped.clients;
  const call = (method: string, path: string, body?: unknown) => adminCall(url, method, path, body);
  const made = await call('POST', '/realms', {
    ...shipped,
    realm,
    sslRequired: 'none',
    // The strong default costs 190 ms a sign-in, which tests make many of.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)',
    components: { 'org.keycloak.userprofile.UserProfileProvider': [profile(20)] },
    clients: [
      { ...responder, secret },
      {
        clientId: 'portal',
        secret: 'portal-secret',
        publicClient: false,
        standardFlowEnabled: true,
        directAccessGrantsEnabled: true,
        redirectUris: ['http://127.0.0.1:9999/cb'],
        protocolMappers: [
          {
            // Without its own audience the portal is told that its valid tokens are not active.
            name: 'aud-self',
            protocol: 'openid-connect',
            protocolMapper: 'oidc-audience-mapper',
            config: { 'included.client.audience': 'portal', 'access.token.claim': 'true' },
          },
        ],
      },
      ...['without-rights', 'blind'].map((clientId) => ({
        clientId,
        secret,
        publicClient: false,
        serviceAccountsEnabled: true,
        standardFlowEnabled: false,
      })),
    ],
    users: [
      ...shipped.users,
      { username: 'service-account-without-rights', enabled: true, serviceAccountClientId: 'without-rights' },
      {
        username: 'service-account-blind',
        enabled: true,
        serviceAccountClientId: 'blind',
        clientRoles: { 'realm-management': ['query-users'] },
      },
      ...users.map((u) => user(realm, u)),
    ],
  });
  if (made.status !== 201) throw new Error(`the realm was not made: ${made.status} ${JSON.stringify(made.body)}`);
  return {
    url,
    realm,
    secret,
    admin: (method, path, body) => call(method, `/realms/${realm}${path}`, body),
    async userOf(username) {
      const found = await call('GET', `/realms/${realm}/users?username=${encodeURIComponent(username)}&exact=true`);
      const [first] = found.body as { id: string; enabled: boolean; firstName?: string }[];
      if (!first) throw new Error('no such user in the test realm');
      return first;
    },
    drop: async () => void (await call('DELETE', `/realms/${realm}`)),
  };
}
