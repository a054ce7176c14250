import { DamagedSnapshot, SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import type { CampaignState } from '#libs/decide/campaign/index.ts';
import { loadCampaigns, saveCampaigns } from '#libs/decide/campaign/index.ts';
import type { PartitionClocks } from './watermark.ts';

/** Raise when the layout changes: an older checkpoint is then passed over. */
const VERSION = 3;

export interface Correlation {
  readonly campaigns: CampaignState;
  readonly clocks: PartitionClocks;
  /** Offset of the next signal record of each partition. */
  readonly next: number[];
}

export function encodeCorrelation({ campaigns, clocks, next }: Correlation): Uint8Array {
  const writer = new SnapshotWriter();
  writer.json({ version: VERSION, clocks, next });
  saveCampaigns(campaigns, writer);
  return writer.finish();
}

/** The correlation as it was put down; undefined where it is damaged, of another version or of other partitions. */
export function decodeCorrelation(bytes: Uint8Array, partitions: number): Correlation | undefined {
  try {
    const reader = new SnapshotReader(bytes);
    const head = reader.json() as { version: number; clocks: PartitionClocks; next: number[] };
    if (head.version !== VERSION || head.next.length !== partitions) return undefined;
    return { clocks: head.clocks, next: head.next, campaigns: loadCampaigns(reader) };
  } catch (error) {
    if (error instanceof DamagedSnapshot || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
