import { setTimeout as delay } from 'node:timers/promises';
import type { RunningService, ServiceContext, StartService } from './service.ts';
import { StoreAway } from './store.ts';

const FIRST_AGAIN_MS = 250;
const SLOWEST_AGAIN_MS = 5000;

/** A service that runs, or will once its store is there. */
export interface AwaitedService extends RunningService {
  /** Resolves when it runs; never where it is stopped before or cannot be started, which `failed` is told. */
  readonly ready: Promise<void>;
}

/**
 * Starts a service. One whose store is away is begun again until the store is there, and others that need none work meanwhile:
 * it holds nothing of its own in the meantime, its work waits for it in the log. Errors: whatever else keeps it from starting
 * at the first try.
 */
export async function startAwaitingStore(
  name: string,
  start: StartService,
  context: ServiceContext,
): Promise<AwaitedService> {
  const { logger, failed } = context;
  const waiting = (error: StoreAway) => logger('warn', 'store_awaited', { waiting: name, message: error.message });
  try {
    const service = await start(context);
    return { ready: Promise.resolve(), stop: () => service.stop() };
  } catch (error) {
    if (!(error instanceof StoreAway)) throw error;
    waiting(error);
  }

  const stopping = new AbortController();
  const { signal } = stopping;
  const ready = Promise.withResolvers<void>();
  let service: RunningService | undefined;
  const tryOn = async () => {
    for (let againMs = FIRST_AGAIN_MS; ; againMs = Math.min(againMs * 2, SLOWEST_AGAIN_MS)) {
      await delay(againMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        service = await start(context);
        logger('info', 'store_found', { waiting: name });
        ready.resolve();
        return;
      } catch (error) {
        if (!(error instanceof StoreAway)) throw error;
        waiting(error);
      }
    }
  };
  const trying = tryOn().catch((error: unknown) => failed(error instanceof Error ? error : new Error(String(error))));
  return {
    ready: ready.promise,
    async stop() {
      stopping.abort();
      await trying;
      await service?.stop();
    },
  };
}
