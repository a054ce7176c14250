import { createTransport } from 'nodemailer';
import type { Delivery, NotificationSink } from '#libs/ports/notifications.ts';

export interface MailSinkOptions {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte; `starttls` asked for and refused without it; `none` for a relay on this machine. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly ca?: Buffer;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeoutMs?: number;
}

/** Each message as an e-mail by SMTP, its id as Message-ID, so that mailboxes show one that came twice once. */
export function createMailSink(options: MailSinkOptions): NotificationSink {
  const { host, port, security, ca, user, password, from, to, timeoutMs = 10_000 } = options;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(ca ? { tls: { ca } } : {}),
    ...(user !== undefined ? { auth: { user, pass: password ?? '' } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Nothing of a message is ever read from a file or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from
    .split('@')
    .at(-1)!
    .replace(/[^\w.-]/g, '');
  return {
    async deliver({ id, timeMs, subject, body }): Promise<Delivery> {
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject,
          text: typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
          date: new Date(timeMs),
          messageId: `<${Buffer.from(id).toString('base64url')}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { outcome: 'delivered' };
      } catch (error) {
        const {
          responseCode = 0,
          code = 'error',
          command = '',
        } = error as {
          responseCode?: number;
          code?: string;
          command?: string;
        };
        const detail = responseCode > 0 ? `SMTP ${responseCode} at ${command}` : code;
        // 5xx to the message itself is final; at sign-in a person can mend it.
        const refused = responseCode >= 500 && (command === 'DATA' || code === 'EMESSAGE');
        return { outcome: refused ? 'refused' : 'failed', detail };
      }
    },
    close: async () => transport.close(),
  };
}
