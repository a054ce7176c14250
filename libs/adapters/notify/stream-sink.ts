import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Delivery, NotificationSink } from '#libs/ports/notifications.ts';

export interface StreamAddress {
  readonly host: string;
  readonly port: number;
  /** Absent: TCP in the clear. */
  readonly tls?: {
    /** PEM; the system's own authorities without it. */
    readonly ca?: Buffer;
    /** Our own certificate, where the receiver asks for one. */
    readonly cert?: Buffer;
    readonly key?: Buffer;
    /** The name in the receiver's certificate, where it is not `host`. */
    readonly serverName?: string;
  };
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Messages one after the other on one connection that is kept, over TCP or TLS: syslog receivers. The protocol has no
 * acknowledgement: `delivered` means that the receiver's machine has taken the bytes over as far as this side can see; a
 * receiver that dies right then may lose the last ones.
 */
export function createStreamSink(address: StreamAddress): NotificationSink {
  const { host, port, tls, timeoutMs = TIMEOUT_MS } = address;
  let socket: Socket | undefined;

  async function connected(): Promise<Socket> {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const made = tls
      ? connectTls({
          host,
          port,
          // A name goes into the handshake; an address must not (RFC 6066).
          ...(tls.serverName || !isIP(host) ? { servername: tls.serverName ?? host } : {}),
          ...(tls.ca ? { ca: tls.ca } : {}),
          ...(tls.cert && tls.key ? { cert: tls.cert, key: tls.key } : {}),
        })
      : connectTcp({ host, port });
    try {
      await once(made, tls ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      made.destroy();
      throw error;
    }
    made.setKeepAlive(true, 30_000);
    // What the receiver says is of no meaning; that it has gone is.
    made.resume();
    made.on('error', () => made.destroy());
    made.on('end', () => made.destroy());
    socket = made;
    return made;
  }

  return {
    async deliver({ body }): Promise<Delivery> {
      try {
        const open = await connected();
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const gone = () => reject(new Error('the connection was closed'));
        const timer = setTimeout(() => reject(new Error(`not taken in ${timeoutMs} ms`)), timeoutMs);
        open.once('close', gone);
        open.write(body, (error) => (error ? reject(error) : resolve()));
        await promise.finally(() => {
          clearTimeout(timer);
          open.off('close', gone);
        });
        return { outcome: 'delivered' };
      } catch (error) {
        socket?.destroy();
        socket = undefined;
        const { code, message } = error as NodeJS.ErrnoException;
        return { outcome: 'failed', detail: code && code !== 'ABORT_ERR' ? code : message };
      }
    },
    async close() {
      const open = socket;
      socket = undefined;
      if (!open || open.destroyed) return;
      const closed = once(open, 'close');
      open.end();
      const timer = setTimeout(() => open.destroy(), 1_000);
      await closed;
      clearTimeout(timer);
    },
  };
}
