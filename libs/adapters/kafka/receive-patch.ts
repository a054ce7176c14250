/**
 * How bytes from a broker become answers. kafkajs gets a new array for each piece that arrives and puts the pieces together in
 * another; megabytes of that a second make V8 look through its whole heap again and again. Here pieces are read into one
 * array for ever and copied from there into an answer's own, which is made once, as large as the answer says that it is.
 * (kafkajs 2.2.4, Connection.processData; importing this file applies it.)
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { ISocketFactoryArgs } from 'kafkajs';
import { takeMemory } from './answer-memory.ts';

const SIZE_BYTES = 4;
const CORRELATION_BYTES = 4;
/** Nobody's answer is as large: what says so does not speak Kafka. */
const MAX_ANSWER_BYTES = 1024 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
const KEEP_ALIVE_MS = 60_000;

interface Connection {
  readonly socket: Socket;
  /** Whoever waits for an answer while signing in; with `authExpectResponse` it is one of Kafka's, else bytes as they come. */
  readonly authHandlers: { onSuccess(bytes: Buffer): void } | null;
  readonly authExpectResponse: boolean;
  readonly requestQueue: {
    fulfillRequest(answer: { readonly size: number; readonly correlationId: number; readonly payload: Buffer }): void;
  };
  processData(piece: Buffer): void;
}

/** An answer on its way. */
interface Arriving {
  readonly socket: Socket;
  /** The size first, then the answer with its size in front. */
  bytes: Buffer;
  filled: number;
}

const arriving = new WeakMap<Connection, Arriving>();
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as { prototype: Connection };

prototype.processData = function (this: Connection, piece) {
  if (this.authHandlers && !this.authExpectResponse) {
    this.authHandlers.onSuccess(Buffer.from(piece));
    return;
  }
  let now = arriving.get(this);
  if (now === undefined || now.socket !== this.socket) {
    now = { socket: this.socket, bytes: Buffer.alloc(SIZE_BYTES), filled: 0 };
    arriving.set(this, now);
  }
  for (let at = 0; at < piece.length; ) {
    const taken = piece.copy(now.bytes, now.filled, at);
    at += taken;
    now.filled += taken;
    if (now.filled < now.bytes.length) return;
    if (now.filled === SIZE_BYTES) {
      const size = now.bytes.readInt32BE(0);
      if (size < CORRELATION_BYTES || size > MAX_ANSWER_BYTES) {
        this.socket.destroy(new Error(`an answer of ${size} bytes: this is no Kafka broker`));
        return;
      }
      const whole = takeMemory(SIZE_BYTES + size);
      now.bytes.copy(whole);
      now.bytes = whole;
      continue;
    }
    const { bytes } = now;
    now.bytes = Buffer.alloc(SIZE_BYTES);
    now.filled = 0;
    if (this.authHandlers) this.authHandlers.onSuccess(bytes);
    else {
      this.requestQueue.fulfillRequest({
        size: bytes.length - SIZE_BYTES,
        correlationId: bytes.readInt32BE(SIZE_BYTES),
        payload: bytes.subarray(SIZE_BYTES + CORRELATION_BYTES),
      });
    }
  }
};

/** Where all connections' bytes arrive: each piece is copied away before the next one is read. */
const landing = Buffer.allocUnsafeSlow(PIECE_BYTES);

/** Makes the client's connections: as it does itself, but for where their bytes arrive. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const socket = ssl
    ? connectSecurely({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectPlain(
        {
          host,
          port,
          onread: {
            buffer: landing,
            callback: (count: number) => {
              socket.emit('data', landing.subarray(0, count));
              return true;
            },
          },
        },
        onConnect,
      );
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}
