import type { DetectorEvents } from '#services/detector/events.ts';

/** How far the detector is, for progress and for knowing that it has read everything. */
export interface DetectorTally {
  /** Records folded. */
  folded: number;
  /** Records put aside, with the reasons. */
  readonly rejected: Map<string, number>;
  duplicates: number;
}

/** What a detector says of itself, as counts. What must not happen in a demo is an error. */
export function tallyDetector(onError: (error: unknown) => void): { events: DetectorEvents; tally: DetectorTally } {
  const tally: DetectorTally = { folded: 0, rejected: new Map(), duplicates: 0 };
  const mustNot = (what: string) => () => onError(new Error(`the detector: ${what}`));
  const events: DetectorEvents = {
    batchFolded: ({ records }) => {
      tally.folded += records;
    },
    recordRejected: ({ reason }) => void tally.rejected.set(reason, (tally.rejected.get(reason) ?? 0) + 1),
    duplicateSeen: () => {
      tally.duplicates += 1;
    },
    partitionOpened() {},
    partitionNotOpened() {},
    partitionReleased() {},
    alertDecided() {},
    controlTaken() {},
    checkpointTaken() {},
    stateMeasured() {},
    partitionFenced: mustNot('another instance has taken its partition'),
    controlRejected: mustNot('a control record was not understood'),
    recordsMissing: mustNot('records of the log are missing'),
    foldDiverged: mustNot('folding again gave another result'),
    checkpointPassedOver: ({ why }) => onError(new Error(`a checkpoint was passed over: ${why}`)),
    checkpointFailed: ({ error }) => onError(error),
    writeUncertain: ({ error }) => onError(error),
  };
  return { events, tally };
}
