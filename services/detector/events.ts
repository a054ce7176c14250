import type { AlertKind, Rung } from '#libs/model/alert.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';

/**
 * What happens in a detector, as calls with figures: what counts, measures and logs them is put in by whoever wires the
 * service. No account and no person is ever in them.
 */
export interface DetectorEvents {
  partitionOpened(e: {
    readonly partition: number;
    readonly from: number;
    readonly checkpoint: boolean;
    readonly tookMs: number;
    readonly toRedo: number;
  }): void;
  /** Taking a partition over has failed: the group's member tries again where the failure is one that passes. */
  partitionNotOpened(e: { readonly partition: number; readonly error: unknown }): void;
  partitionReleased(e: { readonly partition: number; readonly next: number }): void;
  partitionFenced(e: { readonly partition: number }): void;
  batchFolded(e: {
    readonly partition: number;
    readonly records: number;
    readonly next: number;
    readonly behind: number;
    /** Newest event time of the partition, ms. */
    readonly clockMs: number;
    /** From the batch's arrival until its alerts are written. */
    readonly tookMs: number;
  }): void;
  recordRejected(e: { readonly reason: RejectionReason; readonly again: boolean }): void;
  duplicateSeen(): void;
  alertDecided(e: { readonly kind: AlertKind; readonly rung: Rung; readonly status: string }): void;
  controlTaken(e: { readonly partition: number; readonly control: string }): void;
  controlRejected(e: { readonly offset: number }): void;
  checkpointTaken(e: {
    readonly partition: number;
    readonly at: number;
    readonly bytes: number;
    readonly snapshotMs: number;
    readonly putMs: number;
  }): void;
  /** Size of a partition's state, where it was opened and at each checkpoint. */
  stateMeasured(e: {
    readonly partition: number;
    readonly accounts: number;
    readonly pairs: number;
    readonly persons: number;
    /** By part. */
    readonly bytes: Readonly<Record<string, number>>;
  }): void;
  checkpointPassedOver(e: { readonly partition: number; readonly at: number; readonly why: string }): void;
  checkpointFailed(e: { readonly partition: number; readonly error: unknown }): void;
  recordsMissing(e: { readonly partition: number; readonly missing: number }): void;
  foldDiverged(e: { readonly partition: number; readonly alert: string }): void;
  writeUncertain(e: { readonly partition: number; readonly error: unknown }): void;
}
