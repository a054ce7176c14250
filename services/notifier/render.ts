import type { SecurityRecord } from '#libs/formats/siem/index.ts';
import {
  cefRecord,
  ecsRecord,
  FACILITY_AUTHPRIV,
  mailText,
  octetCounted,
  syslogMessage,
} from '#libs/formats/siem/index.ts';
import type { OutgoingMessage } from '#libs/ports/notifications.ts';

export const NOTIFY_FORMATS = ['ocsf', 'ecs', 'cef'] as const;
export type NotifyFormat = (typeof NOTIFY_FORMATS)[number];

/** How a sink wants its messages. */
export type Rendering =
  | { readonly as: 'syslog'; readonly format: NotifyFormat; readonly host: string; readonly processId: string }
  | { readonly as: 'json'; readonly format: 'ocsf' | 'ecs' }
  | { readonly as: 'mail'; readonly language: 'en' | 'fr' };

function textOf(record: SecurityRecord, ocsf: string, format: NotifyFormat): string {
  if (format === 'ocsf') return ocsf;
  return format === 'ecs' ? JSON.stringify(ecsRecord(record)) : cefRecord(record);
}

/**
 * A record as a sink sends it.
 * @param ocsf the record as its topic has it
 */
export function render(record: SecurityRecord, ocsf: string, rendering: Rendering): OutgoingMessage {
  const { id, timeMs, message } = record;
  if (rendering.as === 'mail') {
    const { subject, text } = mailText(record, rendering.language);
    return { id, timeMs, subject, body: text };
  }
  const text = textOf(record, ocsf, rendering.format);
  if (rendering.as === 'json') return { id, timeMs, subject: message, body: text };
  const { host, processId } = rendering;
  const origin = { host, processId, facility: FACILITY_AUTHPRIV };
  return { id, timeMs, subject: message, body: octetCounted(syslogMessage(record, text, origin)) };
}
