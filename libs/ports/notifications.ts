/** A message as it leaves. */
export interface OutgoingMessage {
  /** Deterministic: a receiver that meets it twice knows. */
  readonly id: string;
  readonly timeMs: number;
  /** One line, for sinks that show one. */
  readonly subject: string;
  /** The bytes as the sink sends them: framed, JSON or plain text. */
  readonly body: string | Uint8Array;
}

/**
 * What came of a delivery. `failed`: try again. `refused`: the receiver will never take this one. Details are for people
 * and hold no secret.
 */
export type Delivery =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'failed'; readonly detail: string }
  | { readonly outcome: 'refused'; readonly detail: string };

/** Somewhere that notifications go. None throws for what the other side does; each bounds its own waiting. */
export interface NotificationSink {
  deliver(message: OutgoingMessage): Promise<Delivery>;
  close(): Promise<void>;
}
