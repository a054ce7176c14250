import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';

const BATCH = 100;

/**
 * Publishes what the store holds for the topics, in order, and marks it as sent. One flush at a time; a call while one
 * runs asks for another round. A topic that cannot be reached keeps its records waiting and never stops an account's
 * stop: the next flush tries again.
 */
export function createFlush(store: ResponseStore, publish: (record: OutboundRecord) => Promise<void>) {
  let running: Promise<void> | undefined;
  let again = false;

  async function round(): Promise<void> {
    for (;;) {
      const records = await store.unsent(BATCH);
      const sent: string[] = [];
      let failed = false;
      for (const record of records) {
        try {
          await publish(record);
          sent.push(record.id);
        } catch {
          failed = true;
          break;
        }
      }
      await store.markSent(sent);
      if (failed || records.length < BATCH) return;
    }
  }

  return function flush(): Promise<void> {
    if (running !== undefined) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        // Where another instance is at it for long, what is left goes out with a later flush.
        if (store.exclusively) await store.exclusively(round);
        else await round();
      } while (again);
    })().finally(() => {
      running = undefined;
    });
    return running;
  };
}
