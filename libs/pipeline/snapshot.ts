import { assert } from '#libs/base/assert.ts';
import { loadColumns, saveColumns } from '#libs/base/columns.ts';
import type { SnapshotOptions } from '#libs/base/snapshot.ts';
import { SnapshotReader, SnapshotWriter, verifySnapshot } from '#libs/base/snapshot.ts';
import { ACCOUNT_SCHEMA, CHANNEL_SCHEMA } from '#libs/baseline/schema.ts';
import { compilePolicy } from '#libs/decide/index.ts';
import type { DetectionPolicy } from '#libs/model/detection-policy.ts';
import type { Incident } from './incident.ts';
import type { PortalInsurers } from './portal-insurers.ts';
import type { Groups, PipelineConfig, PipelineState } from './state.ts';
import { createState } from './state.ts';

/** Raise when the layout changes: an older snapshot is then refused and the log folded again. */
const SNAPSHOT_VERSION = 5;

interface Small {
  readonly newestMs: number;
  readonly firstDay: number;
  readonly minute: number;
  readonly idsSinceMs: number;
  readonly portalMisses: PipelineState['portalMisses'];
  readonly portalContracts: PipelineState['portalContracts'];
  readonly portalSources: PipelineState['portalSources'];
  readonly portalBilling: PipelineState['portalBilling'];
  readonly portalInsurers: Omit<PortalInsurers, 'byInsurer'>;
  readonly raisedInsurers: (readonly [number, { votes: number[]; usual: number }])[];
  readonly insurers: string[];
  readonly counters: PipelineState['counters'];
  readonly incidents: readonly (readonly [
    number,
    Omit<Incident, 'byInsurer'>,
    readonly (readonly [string, number])[],
  ])[];
  readonly dueBins: readonly (readonly [number, number[]])[];
  readonly dueHours: readonly (readonly [number, number[]])[];
  readonly accountIds: string[];
}

/** The whole state as bytes with a checksum. Restoring it and going on gives what going on without it gives. */
export function snapshot(state: PipelineState, options: SnapshotOptions = {}): Uint8Array {
  const writer = new SnapshotWriter(options);
  writer.number(SNAPSHOT_VERSION);
  const small: Small = {
    newestMs: state.newestMs,
    firstDay: state.firstDay,
    minute: state.minute,
    idsSinceMs: state.idsSinceMs,
    portalMisses: state.portalMisses,
    portalContracts: state.portalContracts,
    portalSources: state.portalSources,
    portalBilling: state.portalBilling,
    portalInsurers: {
      day: state.portalInsurers.day,
      active: state.portalInsurers.active,
      usualActive: state.portalInsurers.usualActive,
    },
    raisedInsurers: [...state.portalInsurers.byInsurer],
    insurers: state.insurers,
    counters: state.counters,
    incidents: [...state.incidents].map(([row, { byInsurer, ...rest }]) => [row, rest, [...byInsurer]] as const),
    dueBins: [...state.dueBins],
    dueHours: [...state.dueHours],
    accountIds: state.accountIds,
  };
  writer.json(small);
  state.accountIndex.save(writer);
  saveColumns(ACCOUNT_SCHEMA, state.accounts, writer);
  saveColumns(CHANNEL_SCHEMA, state.channels, writer);
  state.pairs.save(writer);
  state.persons.save(writer);
  state.ids.save(writer);
  state.idsBefore.save(writer);
  state.recent.save(writer);
  state.sightings.save(writer);
  for (const array of groupArrays(state.groups)) writer.array(array);
  writer.array(state.area);
  writer.array(state.areaTotal);
  writer.array(state.commonness);
  return writer.finish();
}

/** @throws DamagedSnapshot when the bytes are not a whole snapshot of this version */
export function restore(bytes: Uint8Array, config: PipelineConfig): PipelineState {
  const steps = restoring(bytes, config);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * {@link restore} in steps: the state of a hundred thousand accounts takes more than a second, and whoever has to be heard of
 * in the meantime does so between two of them.
 */
export function* restoring(bytes: Uint8Array, config: PipelineConfig): Generator<undefined, PipelineState> {
  yield* verifySnapshot(bytes);
  const reader = new SnapshotReader(bytes, true);
  const version = reader.number();
  assert(version === SNAPSHOT_VERSION, `snapshot has version ${version}, this program reads ${SNAPSHOT_VERSION}`);
  const state = createState(config);
  const small = reader.json() as Small;
  state.newestMs = small.newestMs;
  state.firstDay = small.firstDay;
  state.minute = small.minute;
  state.idsSinceMs = small.idsSinceMs;
  state.portalMisses = small.portalMisses;
  state.portalContracts = small.portalContracts;
  state.portalSources = small.portalSources;
  state.portalBilling = small.portalBilling;
  state.portalInsurers = { ...small.portalInsurers, byInsurer: new Map(small.raisedInsurers) };
  state.insurers = small.insurers;
  state.insurerIndex = new Map(small.insurers.map((name, i) => [name, i]));
  state.counters = small.counters;
  state.incidents = new Map(
    small.incidents.map(([row, rest, byInsurer]) => [row, { ...rest, byInsurer: new Map(byInsurer) }]),
  );
  state.dueBins = new Map(small.dueBins.map(([minute, rows]) => [minute, rows]));
  state.dueHours = new Map(small.dueHours.map(([minute, rows]) => [minute, rows]));
  state.accountIds = small.accountIds;
  state.accountIndex.load(reader);
  state.accounts = yield* loadColumns(ACCOUNT_SCHEMA, reader);
  state.channels = yield* loadColumns(CHANNEL_SCHEMA, reader);
  const { pairs, persons, ids, idsBefore, recent, sightings } = state;
  for (const table of [pairs, persons, ids, idsBefore, recent, sightings]) {
    table.load(reader);
    yield;
  }
  for (const array of groupArrays(state.groups)) {
    if (array instanceof Float64Array) array.set(reader.array(Float64Array));
    else array.set(reader.array(Uint8Array));
  }
  state.area.set(reader.array(Float32Array));
  state.areaTotal.set(reader.array(Float32Array));
  state.commonness.set(reader.array(Float64Array));
  return state;
}

/** Goes over to another policy: what a snapshot restored with it would be, without the copy. */
export function usePolicy(state: PipelineState, policy: DetectionPolicy): void {
  state.policy = compilePolicy(policy);
}

const groupArrays = (groups: Groups): (Float64Array | Uint8Array)[] => [
  groups.traitMean,
  groups.traitStrength,
  groups.perDay,
  groups.size,
  groups.sumMeanSquared,
  groups.sumExcess,
  groups.shape,
  groups.shapeTotal,
  groups.sourceDays,
  groups.workedDays,
  groups.unseenN,
  groups.unseenX,
  groups.commonness,
  groups.hourVolumes,
  groups.dayVolumes,
  groups.followed,
  groups.covered,
  groups.wakings,
  groups.firstExports,
  groups.unnamedPerDay,
];
