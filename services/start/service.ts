import type { EventLog } from '#libs/ports/event-log.ts';
import type { Logger } from '#libs/telemetry/log-line.ts';
import type { ServiceConfig } from '#services/config/schema.ts';
import type { TopicNames } from '#services/detector/topics.ts';
import type { Telemetry } from '#services/telemetry/telemetry.ts';

/** What every service gets from the one who starts it. */
export interface ServiceContext {
  readonly config: ServiceConfig;
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly logger: Logger;
  readonly metrics: Pick<Telemetry, 'meter' | 'tracer'>;
  /** Names this process in journals and audit. */
  readonly instance: string;
  /** The service has ended by itself. */
  readonly failed: (error: Error) => void;
}

export interface RunningService {
  stop(): Promise<void>;
}

export type StartService = (context: ServiceContext) => Promise<RunningService>;
