import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openSocket } from '#libs/adapters/kafka/receive-patch.ts';

interface Answer {
  readonly size: number;
  readonly correlationId: number;
  readonly payload: Buffer;
}
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as {
  prototype: { processData(this: object, piece: Buffer): void };
};

/** What the client's connection looks like to the patch. */
function connection(over: object = {}) {
  const answers: Answer[] = [];
  const errors: Error[] = [];
  const socket = { destroy: (error: Error) => errors.push(error) };
  const requestQueue = { fulfillRequest: (answer: Answer) => answers.push(answer) };
  const self = { socket, authHandlers: null, authExpectResponse: false, requestQueue, ...over };
  return { self, answers, errors, take: (piece: Buffer) => prototype.processData.call(self, piece) };
}

function answerBytes(correlationId: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(8 + payload.length);
  bytes.writeInt32BE(4 + payload.length, 0);
  bytes.writeInt32BE(correlationId, 4);
  payload.copy(bytes, 8);
  return bytes;
}

test('answers come out whole, wherever their bytes are cut, and keep nothing of the pieces', () => {
  const payloads = [Buffer.from('first'), Buffer.alloc(0), Buffer.alloc(300, 'x'), Buffer.from('last')];
  const stream = Buffer.concat(payloads.map((payload, i) => answerBytes(i + 1, payload)));
  for (const step of [1, 3, 4, 7, 64, stream.length]) {
    const { answers, take } = connection();
    const landing = Buffer.alloc(step);
    for (let at = 0; at < stream.length; at += step) {
      take(landing.subarray(0, stream.copy(landing, 0, at, at + step)));
      landing.fill(0xff);
    }
    expect(answers.map(({ correlationId, payload }) => [correlationId, payload.toString()])).toEqual(
      payloads.map((payload, i) => [i + 1, payload.toString()]),
    );
    expect(answers.map(({ size }) => size)).toEqual(payloads.map(({ length }) => length + 4));
  }
});

test('half an answer of a connection that was lost is not the beginning of the next one’s', () => {
  const { self, answers, take } = connection();
  take(answerBytes(1, Buffer.from('lost')).subarray(0, 9));
  self.socket = { destroy: () => 0 };
  take(answerBytes(2, Buffer.from('whole')));
  expect(answers.map(({ correlationId }) => correlationId)).toEqual([2]);
});

test('while it signs in, an answer goes with its size to whoever waits for it', () => {
  const got: Buffer[] = [];
  const { take, answers } = connection({
    authHandlers: { onSuccess: (b: Buffer) => got.push(b) },
    authExpectResponse: true,
  });
  const bytes = answerBytes(9, Buffer.from('ok'));
  take(bytes.subarray(0, 5));
  take(bytes.subarray(5));
  expect(got).toEqual([bytes]);
  expect(answers).toEqual([]);
});

test('who does not speak Kafka is hung up on, at once', () => {
  const { take, errors } = connection();
  take(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
  expect(errors.map(String)).toEqual([expect.stringContaining('no Kafka broker')]);
});

test('bytes arrive over a real socket, those of two connections apart', async () => {
  const server = createServer((socket) => socket.on('data', (bytes) => socket.write(bytes)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  try {
    const texts = ['a', 'b'].map((letter) => letter.repeat(700_000));
    const echoed = texts.map(async (text) => {
      // The client gives null where there is no TLS.
      const ssl = null as unknown as import('node:tls').ConnectionOptions;
      const socket = openSocket({ host: '127.0.0.1', port, ssl, onConnect: () => socket.write(text) });
      sockets.push(socket);
      let got = '';
      socket.on('data', (piece: Buffer) => {
        got += piece.toString('latin1');
      });
      while (got.length < text.length) await new Promise((resolve) => setTimeout(resolve, 5));
      return got === text;
    });
    expect(await Promise.all(echoed)).toEqual([true, true]);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
