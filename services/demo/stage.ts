import type { Chronicle } from './chronicle.ts';
import type { DemoConfig } from './config.ts';
import type { Deliveries } from './deliveries.ts';
import type { Embedded } from './embedded.ts';
import type { LogCopy } from './log-copy.ts';
import type { Moments } from './moments.ts';
import type { Portal } from './portal.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { Teller } from './teller.ts';

/** What the acts of the demo share. */
export interface Stage {
  readonly config: DemoConfig;
  readonly deliveries: Deliveries;
  readonly embedded: Embedded;
  readonly portal: Portal;
  readonly chronicle: Chronicle;
  readonly teller: Teller;
  readonly clock: SimulatedClock;
  readonly moments: Moments;
  /** Open until the story has ended. */
  readonly copy: LogCopy;
  readonly signal: AbortSignal;
  /** Beginnings and end, ms of event time. */
  readonly storyMs: number;
  readonly storyEndMs: number;
  readonly attackEndMs: number;
}
