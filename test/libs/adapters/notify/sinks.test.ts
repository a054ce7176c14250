import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMailSink } from '#libs/adapters/notify/mail-sink.ts';
import { createStreamSink } from '#libs/adapters/notify/stream-sink.ts';
import { createWebhookSink } from '#libs/adapters/notify/webhook-sink.ts';
import { webhookHeaders, webhookKey } from '#libs/adapters/webhook/sign.ts';
import type { OutgoingMessage } from '#libs/ports/notifications.ts';
import { freePort } from '../../../support/free-port.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { T0 } from '../../../support/sample-alert.ts';
import { selfSigned } from '../../../support/self-signed.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const message = (id: string, body: string | Uint8Array = `body of ${id}`): OutgoingMessage => ({
  id,
  timeMs: T0,
  subject: `subject of ${id}`,
  body,
});
const HOST = '127.0.0.1';

/** Listens on loopback and keeps what it is sent. */
async function listening(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on(server.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection', (s: Socket) =>
    sockets.add(s),
  );
  server.listen(port, HOST);
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function keeping() {
  let text = '';
  let sockets = 0;
  const take = (socket: Socket) => {
    sockets += 1;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8');
    });
  };
  return { take, text: () => text, sockets: () => sockets };
}

describe('a syslog receiver', () => {
  it('over TCP gets everything on one connection, in order', async () => {
    const kept = keeping();
    const port = await listening(createServer(kept.take));
    const sink = createStreamSink({ host: HOST, port });
    for (const n of [1, 2, 3])
      expect(await sink.deliver(message(`m${n}`, `${n}é\n`))).toEqual({ outcome: 'delivered' });
    await sink.close();
    await expect.poll(kept.text).toBe('1é\n2é\n3é\n');
    expect(kept.sockets()).toBe(1);
  });

  it('that is away is a failure, and gets the message when it is back', async () => {
    const port = await freePort();
    const sink = createStreamSink({ host: HOST, port });
    closers.push(() => sink.close());
    expect(await sink.deliver(message('m1'))).toEqual({ outcome: 'failed', detail: 'ECONNREFUSED' });
    const kept = keeping();
    await listening(createServer(kept.take), port);
    expect(await sink.deliver(message('m1', 'x'))).toEqual({ outcome: 'delivered' });
    await expect.poll(kept.text).toBe('x');
  });

  it('that hangs up is connected to anew', async () => {
    const kept = keeping();
    let last: Socket | undefined;
    const port = await listening(
      createServer((socket) => {
        last = socket;
        kept.take(socket);
      }),
    );
    const sink = createStreamSink({ host: HOST, port });
    closers.push(() => sink.close());
    await sink.deliver(message('m1', 'a'));
    await expect.poll(kept.text).toBe('a');
    last!.end();
    await once(last!, 'close');
    await expect.poll(async () => (await sink.deliver(message('m2', 'b'))).outcome).toBe('delivered');
    await expect.poll(kept.text).toContain('ab');
    expect(kept.sockets()).toBe(2);
  });
});

describe('over TLS', () => {
  let pem: ReturnType<typeof selfSigned>;
  beforeAll(() => {
    pem = selfSigned();
  });

  it('only a receiver that proves who it is gets anything', async () => {
    const kept = keeping();
    const port = await listening(createTlsServer(pem, kept.take));
    const trusting = createStreamSink({ host: HOST, port, tls: { ca: pem.cert } });
    closers.push(() => trusting.close());
    expect(await trusting.deliver(message('m1', 'secret'))).toEqual({ outcome: 'delivered' });
    await expect.poll(kept.text).toBe('secret');
    const wary = createStreamSink({ host: HOST, port, tls: {} });
    expect(await wary.deliver(message('m2', 'more'))).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('SELF_SIGNED'),
    });
    const other = createStreamSink({ host: HOST, port, tls: { ca: pem.cert, serverName: 'siem.example' } });
    expect(await other.deliver(message('m3', 'more'))).toMatchObject({ detail: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(kept.text()).toBe('secret');
  });
});

describe('a webhook', () => {
  const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

  async function receiver(statuses: number[]) {
    const got: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (bytes) => {
        body += bytes;
      });
      request.on('end', () => {
        got.push({ headers: request.headers, body });
        response.writeHead(statuses.shift() ?? 204).end();
      });
    });
    const port = await listening(server);
    const sink = createWebhookSink({
      url: `http://${HOST}:${port}/hook`,
      secrets: [secret],
      clock: new ManualClock(T0),
    });
    return { sink, got };
  }

  it('is signed over id, time and body', async () => {
    const { sink, got } = await receiver([]);
    expect(await sink.deliver(message('m1', '{"a":1}'))).toEqual({ outcome: 'delivered' });
    expect(got[0]).toMatchObject({ body: '{"a":1}' });
    expect(got[0]!.headers).toMatchObject(webhookHeaders('m1', T0 / 1000, '{"a":1}', [webhookKey(secret)]));
  });

  it('is given up only where the message itself is at fault', async () => {
    const { sink } = await receiver([500, 401, 429, 404, 302, 422]);
    const outcomes = [];
    for (let i = 0; i < 6; i += 1) outcomes.push((await sink.deliver(message('m1'))).outcome);
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'failed', 'failed', 'refused']);
  });
});

describe('a mailbox', () => {
  async function mailServer(options: ConstructorParameters<typeof SMTPServer>[0] = {}) {
    const mails: string[] = [];
    const recipients: string[] = [];
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      onRcptTo(address, _session, callback) {
        recipients.push(address.address);
        callback();
      },
      onData(stream, _session, callback) {
        let text = '';
        stream.on('data', (bytes: Buffer) => {
          text += bytes.toString('utf8');
        });
        stream.on('end', () => {
          mails.push(text);
          callback();
        });
      },
      ...options,
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    closers.push(() => new Promise<void>((resolve) => server.close(resolve)));
    return { mails, recipients, port: (server.server.address() as AddressInfo).port };
  }
  const from = 'vigie@portal.example';
  const to = ['soc@portal.example', 'duty@portal.example'];
  const common = { host: HOST, from, to };

  it('gets the mail once for all its readers, with the same Message-ID each time', async () => {
    const { mails, recipients, port } = await mailServer();
    const sink = createMailSink({ ...common, port, security: 'none' });
    closers.push(() => sink.close());
    for (let i = 0; i < 2; i += 1) {
      expect(await sink.deliver(message('m1', 'Compte arrêté'))).toEqual({ outcome: 'delivered' });
    }
    expect(recipients).toEqual([...to, ...to]);
    expect(mails[0]).toContain('Subject: subject of m1');
    expect(mails[0]).toContain('Auto-Submitted: auto-generated');
    expect(mails[0]).toContain('Date: Mon, 02 Mar 2026 08:00:00 +0000');
    const ids = mails.map((m) => /^Message-ID: (.+)$/im.exec(m)?.[1]);
    expect(ids[0]).toMatch(/@portal\.example>/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('over STARTTLS with a password; in the clear nothing is said', async () => {
    const pem = selfSigned();
    const auth = {
      disabledCommands: [],
      ...pem,
      onAuth(
        { username, password }: { username?: string; password?: string },
        _session: unknown,
        done: (error: Error | null, who?: { user: string }) => void,
      ) {
        if (username === 'vigie' && password === 's3cret') done(null, { user: 'vigie' });
        else done(Object.assign(new Error('no'), { responseCode: 535 }));
      },
    };
    const { mails, port } = await mailServer(auth as never);
    const make = (password: string, ca = pem.cert) =>
      createMailSink({ ...common, port, security: 'starttls', ca, user: 'vigie', password });
    expect(await make('s3cret').deliver(message('m1'))).toEqual({ outcome: 'delivered' });
    const wrong = await make('wrong').deliver(message('m2'));
    expect(wrong).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(wrong)).not.toContain('wrong');
    expect(await make('s3cret', selfSigned().cert).deliver(message('m3'))).toMatchObject({ outcome: 'failed' });
    const clear = await mailServer();
    const insisting = createMailSink({ ...common, port: clear.port, security: 'starttls' });
    expect(await insisting.deliver(message('m4'))).toMatchObject({ outcome: 'failed' });
    expect([mails.length, clear.mails.length]).toEqual([1, 0]);
  });

  it('that refuses the mail itself is not asked again; one that is full is', async () => {
    const codes = [554, 452];
    const { port } = await mailServer({
      onData(stream, _session, callback) {
        stream.resume();
        stream.on('end', () => callback(Object.assign(new Error('no'), { responseCode: codes.shift() })));
      },
    });
    const sink = createMailSink({ ...common, port, security: 'none' });
    closers.push(() => sink.close());
    expect((await sink.deliver(message('m1'))).outcome).toBe('refused');
    expect((await sink.deliver(message('m1'))).outcome).toBe('failed');
    const away = createMailSink({ ...common, port: await freePort(), security: 'none' });
    expect((await away.deliver(message('m1'))).outcome).toBe('failed');
  });
});
