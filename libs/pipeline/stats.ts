import { rowBytes } from '#libs/base/columns.ts';
import { ACCOUNT_SCHEMA, CHANNEL_SCHEMA } from '#libs/baseline/schema.ts';
import type { Channel } from '#libs/model/codes.ts';
import { CHANNELS } from '#libs/model/codes.ts';
import type { PipelineState } from './state.ts';

export interface PipelineStats {
  readonly accounts: number;
  readonly accountChannels: number;
  readonly pairs: number;
  readonly persons: number;
  /** Bytes held, by part. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Bytes one account-channel takes with its account's share, without pairs. */
  readonly bytesPerAccountChannel: number;
  readonly counters: Readonly<Record<string, number>>;
}

export function stats(state: PipelineState): PipelineStats {
  return {
    accounts: state.accounts.length,
    accountChannels: state.channels.length,
    pairs: state.pairs.size,
    persons: state.persons.size,
    bytes: {
      accounts: state.accounts.capacity * rowBytes(ACCOUNT_SCHEMA) + state.accountIndex.bytes,
      channels: state.channels.capacity * rowBytes(CHANNEL_SCHEMA),
      pairs: state.pairs.bytes,
      persons: state.persons.bytes,
      ids: state.ids.bytes + state.idsBefore.bytes,
      recent: state.recent.bytes,
      sightings: state.sightings.bytes,
    },
    bytesPerAccountChannel: rowBytes(CHANNEL_SCHEMA) + rowBytes(ACCOUNT_SCHEMA),
    counters: { ...state.counters, lookups_forgotten: state.recent.forgotten },
  };
}

/** Every account-channel by its highest score so far, highest first; equal scores by account id. */
export function ranking(state: PipelineState): { account: string; channel: Channel; score: number }[] {
  const { channels, accountIds } = state;
  const rows: { account: string; channel: Channel; score: number }[] = [];
  for (let row = 0; row < channels.length; row++) {
    rows.push({
      account: accountIds[channels.account[row]!]!,
      channel: CHANNELS[channels.channel[row]!]!,
      score: Math.round(channels.peakScore[row]! * 1000) / 1000,
    });
  }
  return rows.sort((a, b) => b.score - a.score || (a.account < b.account ? -1 : a.account > b.account ? 1 : 0));
}
