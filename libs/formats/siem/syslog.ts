import type { SecurityRecord } from './security-record.ts';

/*
 * RFC 5424:
 *   SYSLOG-MSG = "<" PRIVAL ">1" SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP BOM MSG]
 * framed by octet counting (RFC 6587 3.4.1, and the only framing of RFC 5425 over TLS): MSG-LEN SP SYSLOG-MSG.
 */

/** `authpriv`: security and authorisation messages. */
export const FACILITY_AUTHPRIV = 10;

/** OCSF's 1 to 5 on syslog's 6 (informational) to 2 (critical). */
const SEVERITY = { 1: 6, 2: 5, 3: 4, 4: 3, 5: 2 } as const;

/** PRINTUSASCII of at most `length`, or the nil value. */
const ascii = (text: string, length: number): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, length) || '-';

export interface SyslogOrigin {
  readonly host: string;
  readonly processId: string;
  readonly facility: number;
}

/** One message: `text` (UTF-8, no line ends) under the header that belongs to the record. */
export function syslogMessage(record: SecurityRecord, text: string, origin: SyslogOrigin): string {
  const priority = origin.facility * 8 + SEVERITY[record.severity];
  const head = [
    `<${priority}>1`,
    new Date(record.timeMs).toISOString(),
    ascii(origin.host, 255),
    'vigie',
    ascii(origin.processId, 128),
    ascii(record.kind, 32),
    '-',
  ];
  return `${head.join(' ')} \uFEFF${text.replace(/[\r\n]+/g, ' ')}`;
}

/** The message's bytes in their frame. */
export function octetCounted(message: string): Buffer {
  const bytes = Buffer.from(message, 'utf8');
  return Buffer.concat([Buffer.from(`${bytes.length} `, 'ascii'), bytes]);
}
