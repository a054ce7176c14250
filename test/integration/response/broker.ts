import { randomBytes } from 'node:crypto';
import type { TestRealm } from './test-realm.ts';
import { adminCall } from './test-realm.ts';

/** Another identity provider, as Pro Santé Connect is one: a realm of its own through which the test realm lets people sign in. */
export interface Broker {
  /** Somebody who signs in there, and is the test realm's `username`. */
  link(username: string): Promise<void>;
  /** Whoever this browser belongs to signs in to the portal by way of the broker. */
  open(username: string): BrokerBrowser;
  /** Sessions that the person has at the broker itself. */
  sessions(username: string): Promise<number>;
  drop(): Promise<void>;
}

export interface BrokerBrowser {
  /** Goes through all pages, with the broker's password where it asks for it. Where it ends, and the last page's text. */
  signIn(): Promise<{ readonly location: string; readonly status: number; readonly page: string }>;
}

const PORTAL = 'http://127.0.0.1:9999/cb';
const PASSWORD = 'pw-psc';
const MOST_PAGES = 20;

/**
 * @param alias of the provider in the test realm
 * @param afterSignIn alias of the flow that follows a sign-in there; '' none, as a provider has when it is set up
 */
export async function createBroker(of: TestRealm, alias: string, afterSignIn: string): Promise<Broker> {
  const { url } = of;
  const realm = `psc-${randomBytes(4).toString('hex')}`;
  const secret = randomBytes(16).toString('hex');
  const made = await adminCall(url, 'POST', '/realms', {
    realm,
    enabled: true,
    sslRequired: 'none',
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)',
    clients: [
      {
        clientId: 'portail',
        secret,
        publicClient: false,
        standardFlowEnabled: true,
        redirectUris: [`${url}/realms/${of.realm}/broker/${alias}/endpoint`],
      },
    ],
  });
  if (made.status !== 201) throw new Error(`the broker's realm was not made: ${made.status}`);
  const there = `${url}/realms/${realm}/protocol/openid-connect`;
  const provider = await of.admin('POST', '/identity-provider/instances', {
    alias,
    providerId: 'oidc',
    enabled: true,
    trustEmail: true,
    ...(afterSignIn ? { postBrokerLoginFlowAlias: afterSignIn } : {}),
    config: {
      issuer: `${url}/realms/${realm}`,
      authorizationUrl: `${there}/auth`,
      tokenUrl: `${there}/token`,
      userInfoUrl: `${there}/userinfo`,
      jwksUrl: `${there}/certs`,
      useJwksUrl: 'true',
      validateSignature: 'true',
      clientId: 'portail',
      clientSecret: secret,
      clientAuthMethod: 'client_secret_post',
      // Writes the user over at each sign-in: what Vigie has changed must outlive that.
      syncMode: 'FORCE',
    },
  });
  if (provider.status !== 201) {
    throw new Error(`the provider was not set up: ${provider.status} ${JSON.stringify(provider.body)}`);
  }
  const upstream = (username: string) => `${username}.psc`;
  const idOf = async (username: string): Promise<string> => {
    const path = `/realms/${realm}/users?username=${encodeURIComponent(upstream(username))}&exact=true`;
    return ((await adminCall(url, 'GET', path)).body as { id: string }[])[0]!.id;
  };
  return {
    async link(username) {
      await adminCall(url, 'POST', `/realms/${realm}/users`, {
        username: upstream(username),
        enabled: true,
        email: `${username}@example.test`,
        emailVerified: true,
        firstName: 'Anne',
        lastName: 'Durand',
        credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
      });
      const { id } = await of.userOf(username);
      const linked = await of.admin('POST', `/users/${id}/federated-identity/${alias}`, {
        userId: await idOf(username),
        userName: upstream(username),
      });
      if (linked.status !== 204) throw new Error(`not linked: ${linked.status}`);
    },
    open: (username) => createBrowser(of, alias, upstream(username)),
    async sessions(username) {
      const path = `/realms/${realm}/users/${await idOf(username)}/sessions`;
      return ((await adminCall(url, 'GET', path)).body as unknown[]).length;
    },
    drop: async () => void (await adminCall(url, 'DELETE', `/realms/${realm}`)),
  };
}

/** A browser with its cookies: it stays signed in at the broker, whatever the portal's realm thinks of it. */
function createBrowser({ url, realm }: TestRealm, alias: string, username: string): BrokerBrowser {
  const cookies = new Map<string, { readonly path: string; readonly pair: string }>();
  const go = async (address: string, form?: Record<string, string>): Promise<Response> => {
    const { pathname } = new URL(address);
    const cookie = [...cookies.values()].flatMap(({ path, pair }) => (pathname.startsWith(path) ? [pair] : []));
    const answer = await fetch(address, {
      method: form ? 'POST' : 'GET',
      headers: { cookie: cookie.join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
      redirect: 'manual',
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const path = attributes.find((a) => /^path=/i.test(a))?.slice(5) ?? '/';
      const key = `${path} ${pair.split('=')[0]}`;
      if (attributes.some((a) => /^max-age=0$/i.test(a))) cookies.delete(key);
      else cookies.set(key, { path, pair });
    }
    return answer;
  };
  return {
    async signIn() {
      const asked = new URLSearchParams({
        client_id: 'portal',
        redirect_uri: PORTAL,
        response_type: 'code',
        scope: 'openid',
        kc_idp_hint: alias,
      });
      let answer = await go(`${url}/realms/${realm}/protocol/openid-connect/auth?${asked}`);
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const location = answer.headers.get('location') ?? '';
        const page = await answer.text();
        if (location.startsWith(PORTAL)) return { location, status: answer.status, page };
        const form = /action="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
        if (location) answer = await go(new URL(location, answer.url).href);
        else if (form && page.includes('name="password"')) answer = await go(form, { username, password: PASSWORD });
        else return { location, status: answer.status, page };
      }
      throw new Error('the sign-in goes round in circles');
    },
  };
}
