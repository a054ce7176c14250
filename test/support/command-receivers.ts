import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CryptoKey } from 'jose';
import { errors, jwtVerify } from 'jose';

/** Accounts of a portal that carries out what it is told. */
export interface ToldAccount {
  enabled: boolean;
  stepUp: boolean;
  sessions: number;
}
export class ToldPortal {
  readonly accounts = new Map<string, ToldAccount>();
  readonly seen: string[] = [];
  refused = 0;

  tell(id: string, account: string, command: string): boolean {
    const found = this.accounts.get(account);
    if (!found) return false;
    this.seen.push(id);
    if (command === 'disable') found.enabled = false;
    if (command === 'enable') found.enabled = true;
    if (command === 'require_step_up') found.stepUp = true;
    if (command === 'clear_step_up') found.stepUp = false;
    if (command === 'end_sessions') found.sessions = 0;
    return true;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A receiver as the specification of Standard Webhooks describes it: signature, age and repetition are checked. */
export function webhookReceiver(portal: ToldPortal, secret: string, nowMs: () => number) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const known = new Set<string>();
  return listen(async (request, response) => {
    const body = await bodyOf(request);
    const header = (name: string) => String(request.headers[name] ?? '');
    const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
    const given = header('webhook-signature')
      .split(' ')
      .filter((s) => s.startsWith('v1,'))
      .map((s) => Buffer.from(s.slice(3), 'base64'));
    const signed = given.some((g) => g.length === expected.length && timingSafeEqual(g, expected));
    if (!signed || Math.abs(nowMs() / 1000 - Number(timestamp)) > 300) {
      portal.refused += 1;
      return void response.writeHead(401).end();
    }
    const { type, data } = JSON.parse(body) as { type: string; data: { account: string } };
    const account = portal.accounts.get(data.account);
    if (!account) return void response.writeHead(404).end('{"error":"account_not_found"}');
    if (type === 'account.read') {
      const { enabled, stepUp, sessions } = account;
      return void response.end(JSON.stringify({ enabled, step_up_required: stepUp, sessions, second_factor: 'yes' }));
    }
    if (!known.has(id)) portal.tell(id, data.account, type.slice('account.'.length));
    known.add(id);
    response.writeHead(204).end();
  });
}

const EVENTS: ReadonlyMap<string, string> = new Map([
  ['https://schemas.openid.net/secevent/risc/event-type/account-disabled', 'disable'],
  ['https://schemas.openid.net/secevent/risc/event-type/account-enabled', 'enable'],
  ['https://schemas.openid.net/secevent/caep/event-type/session-revoked', 'end_sessions'],
]);

/** A receiver of security event tokens by push (RFC 8935), which checks what RFC 8417 and SSF 1.0 ask for. */
export function ssfReceiver(portal: ToldPortal, key: CryptoKey, issuer: string, audience: string) {
  return listen(async (request, response) => {
    const refuse = (err: string) => {
      portal.refused += 1;
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ err, description: 'no' }));
    };
    if (request.headers['content-type'] !== 'application/secevent+jwt') return refuse('invalid_request');
    try {
      const { payload } = await jwtVerify(await bodyOf(request), key, { issuer, audience, typ: 'secevent+jwt' });
      const events = Object.keys(payload.events as object);
      const command = EVENTS.get(events[0] ?? '');
      const subject = payload.sub_id as { format: string; id: string };
      const wrong = events.length !== 1 || !command || subject.format !== 'opaque';
      if (wrong || payload.sub !== undefined || payload.exp !== undefined) return refuse('invalid_request');
      portal.tell(String(payload.jti), subject.id, command);
      response.writeHead(202).end();
    } catch (error) {
      const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : '';
      refuse(claim === 'aud' ? 'invalid_audience' : claim === 'iss' ? 'invalid_issuer' : 'invalid_key');
    }
  });
}
