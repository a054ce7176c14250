import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import type { CampaignState } from './state.ts';
import { createCampaignState } from './state.ts';

/** Maps and sets as JSON, in their order: the order of a Map is part of the state. */
const pack = (_: string, value: unknown): unknown =>
  value instanceof Map ? { $map: [...value] } : value instanceof Set ? { $set: [...value] } : value;

function unpack(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
  if ('$set' in value) return new Set(value.$set as unknown[]);
  return value;
}

export function saveCampaigns(state: CampaignState, writer: SnapshotWriter): void {
  writer.json(JSON.stringify(state, pack));
}

/** Brings `state` to where it was saved. */
export function loadCampaigns(reader: SnapshotReader): CampaignState {
  return Object.assign(createCampaignState(), JSON.parse(reader.json() as string, unpack) as CampaignState);
}
