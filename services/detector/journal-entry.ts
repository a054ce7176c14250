import { z } from 'zod';
import { assert } from '#libs/base/assert.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { Control } from '#libs/model/input.ts';

/**
 * The decision journal of one partition of the access log: what has been written for good, and where in the log that which
 * is not in the log itself (controls, policies) took effect. State is a fold over log and journal; a successor who folds
 * again learns from it what is out already.
 *
 * Entries but `opened` are numbered 1, 2, … without a gap (`seq`). `at` is an offset of the access log: the entry took effect
 * before the record at that offset.
 */

/** An instance has taken the partition over. It reads the journal up to its own `nonce`: behind it nobody older can write. */
export interface Opened {
  readonly kind: 'opened';
  readonly nonce: string;
  readonly instance: string;
  /** Partitions of the access log: a change would send accounts to other states. */
  readonly partitions: number;
  readonly timeMs: number;
}

/** Everything that follows from the records before `upTo` is out. */
export interface Decided {
  readonly kind: 'decided';
  readonly seq: number;
  readonly upTo: number;
  /** Id and revision of the alerts that went out with this entry. */
  readonly alerts: readonly (readonly [string, number])[];
  /** Dead letters that went out with this entry. */
  readonly rejected: number;
}

export interface ControlTaken {
  readonly kind: 'control';
  readonly seq: number;
  readonly at: number;
  /** Offset in the topic of controls (its only partition). */
  readonly source: number;
  readonly control: Control;
  readonly alerts: readonly (readonly [string, number])[];
}

export interface PolicyTaken {
  readonly kind: 'policy';
  readonly seq: number;
  readonly at: number;
  readonly policy: DetectionPolicy;
  /** In a partition's first entry: SHA-256 of the state that it began with, where that was a baseline's. */
  readonly state?: string | undefined;
}

/** Records that retention had taken before they were read: how many offsets nobody has seen. */
export interface Gap {
  readonly kind: 'gap';
  readonly seq: number;
  readonly at: number;
  readonly missing: number;
}

/** A checkpoint is put at `at`; its state holds the entries up to this one. Written before it, by one who holds the partition. */
export interface CheckpointTaken {
  readonly kind: 'checkpoint';
  readonly seq: number;
  readonly at: number;
  readonly bytes: number;
}

export type Numbered = Decided | ControlTaken | PolicyTaken | Gap | CheckpointTaken;
export type JournalEntry = Opened | Numbered;

const count = z.number().int().nonnegative();
const alerts = z.array(z.tuple([z.string(), count]));
const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('opened'),
    nonce: z.string(),
    instance: z.string(),
    partitions: count,
    timeMs: z.number(),
  }),
  z.object({ kind: z.literal('decided'), seq: count, upTo: count, alerts, rejected: count }),
  z.object({ kind: z.literal('control'), seq: count, at: count, source: count, control: z.looseObject({}), alerts }),
  z.object({
    kind: z.literal('policy'),
    seq: count,
    at: count,
    policy: z.looseObject({}),
    state: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('gap'), seq: count, at: count, missing: count }),
  z.object({ kind: z.literal('checkpoint'), seq: count, at: count, bytes: count }),
]);

/** An entry as it stands on the topic. JSON has no infinity: a policy with one would come back as another policy. */
export const encodeEntry = (entry: JournalEntry): Uint8Array => Buffer.from(JSON.stringify(entry, finiteOnly), 'utf8');

/** For `JSON.stringify`: a number that JSON cannot hold is a broken invariant, not a null. */
export function finiteOnly(name: string, value: unknown): unknown {
  assert(typeof value !== 'number' || Number.isFinite(value), `"${name}" is ${value}: it cannot be journaled`);
  return value;
}

/** @throws when the record is no entry: the journal is ours alone, so that is damage and not input */
export function decodeEntry(value: Uint8Array | null): JournalEntry {
  if (value === null) throw new Error('the journal holds a record without content');
  return entrySchema.parse(JSON.parse(Buffer.from(value).toString('utf8'))) as unknown as JournalEntry;
}
