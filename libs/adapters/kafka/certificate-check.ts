/**
 * Says at once when a broker's certificate will not do. The client takes that for an outage, tries on for a minute and then
 * says that it has tried.
 */
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'node:tls';

const WAIT_MS = 5000;
/** Codes of OpenSSL's verification and of Node's own. */
const CERTIFICATE = /^(ERR_TLS_CERT|CERT_|UNABLE_TO_(GET|VERIFY|DECRYPT)|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/;

/**
 * Asks the brokers for their certificate until one answers. Whatever else is wrong is left to the client, which is patient.
 * Errors: what is wrong with the certificate, with the broker's name.
 */
export async function checkCertificates(brokers: readonly string[], tls: true | ConnectionOptions): Promise<void> {
  for (const broker of brokers) {
    const colon = broker.lastIndexOf(':');
    const host = broker.slice(0, colon);
    const name = isIP(host) ? {} : { servername: host };
    const socket = connect({ ...name, ...(tls === true ? {} : tls), host, port: Number(broker.slice(colon + 1)) });
    try {
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(WAIT_MS) });
      return;
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (CERTIFICATE.test(code)) throw new Error(`certificate of ${broker}: ${message} (${code})`, { cause: error });
    } finally {
      socket.on('error', () => {});
      socket.destroy();
    }
  }
}
