/** What every record that Vigie writes says of itself, beside its content. */
export interface CloudEvent {
  /** Deterministic: the same event has the same id for ever. */
  readonly id: string;
  /** Which part of the installation speaks: `/vigie/responder`. */
  readonly source: string;
  /** `vigie.alert`, `vigie.action`, … */
  readonly type: string;
  readonly timeMs: number;
}

/**
 * CloudEvents 1.0 attributes as Kafka record headers (binary content mode of the Kafka protocol binding): the content
 * stays what it is, here JSON.
 */
export function cloudEventHeaders(event: CloudEvent): ReadonlyMap<string, string> {
  return new Map([
    ['ce_specversion', '1.0'],
    ['ce_id', event.id],
    ['ce_source', event.source],
    ['ce_type', event.type],
    ['ce_time', new Date(event.timeMs).toISOString()],
    ['content-type', 'application/json'],
  ]);
}
