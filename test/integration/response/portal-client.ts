import { createHmac } from 'node:crypto';
import type { TestRealm } from './test-realm.ts';
import { OTP_KEY } from './test-realm.ts';

/** What a browser or an app of somebody signed in holds. */
export interface Held {
  readonly access: string;
  readonly refresh: string;
}

/** The code that the holder's authenticator app shows `steps` half minutes from now. */
export function otpCode(steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', OTP_KEY).update(counter).digest();
  const at = digest[19]! & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** The portal of the test realm, and whoever holds its tokens. */
export function portalOf({ url, realm }: TestRealm) {
  const client = { client_id: 'portal', client_secret: 'portal-secret' };
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${url}/realms/${realm}/protocol/openid-connect/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...client, ...form }),
    });

  return {
    /** Signs in with the right password. @param offline asks for a token that outlives the session */
    async signIn(username: string, { offline = false, otp = '' } = {}): Promise<Held | { readonly refused: number }> {
      const answer = await post('token', {
        grant_type: 'password',
        username,
        password: 'pw',
        scope: offline ? 'openid offline_access' : 'openid',
        ...(otp ? { totp: otp } : {}),
      });
      if (!answer.ok) return { refused: answer.status };
      const body = (await answer.json()) as { access_token: string; refresh_token?: string };
      return { access: body.access_token, refresh: body.refresh_token ?? '' };
    },
    /** What each thing held is still good for. */
    async probe(held: Held): Promise<{ userinfo: number; active: boolean; refresh: number }> {
      const userinfo = await fetch(`${url}/realms/${realm}/protocol/openid-connect/userinfo`, {
        headers: { authorization: `Bearer ${held.access}` },
      });
      const introspected = await post('token/introspect', { token: held.access });
      const { active } = (await introspected.json()) as { active: boolean };
      const refreshed = await post('token', { grant_type: 'refresh_token', refresh_token: held.refresh });
      return { userinfo: userinfo.status, active, refresh: refreshed.status };
    },
  };
}

/**
 * Signs in through the pages, as a browser does.
 * @returns the page that follows the password: where it leads, and its text
 */
export async function browserSignIn(
  { url, realm }: TestRealm,
  username: string,
): Promise<{ readonly location: string; readonly page: string }> {
  const asked = new URLSearchParams({
    client_id: 'portal',
    redirect_uri: 'http://127.0.0.1:9999/cb',
    response_type: 'code',
    scope: 'openid',
  });
  const login = await fetch(`${url}/realms/${realm}/protocol/openid-connect/auth?${asked}`, { redirect: 'manual' });
  const cookie = login.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const action = /action="([^"]+)"/.exec(await login.text())?.[1]?.replaceAll('&amp;', '&');
  if (!action) throw new Error('no sign-in form');
  const answer = await fetch(action, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ username, password: 'pw' }),
    redirect: 'manual',
  });
  return { location: answer.headers.get('location') ?? '', page: await answer.text() };
}
