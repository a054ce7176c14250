import { assert } from '#libs/base/assert.ts';
import type { SnapshotReader, SnapshotWriter } from '#libs/base/snapshot.ts';
import type { CampaignState } from '#libs/decide/campaign/index.ts';
import {
  closeCampaigns,
  createCampaignState,
  foldSignal,
  loadCampaigns,
  QUARTER_MS,
  saveCampaigns,
} from '#libs/decide/campaign/index.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';
import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { Control, Output } from '#libs/model/input.ts';
import type { ResponseNotice } from '#libs/model/notice.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import { startState } from '#libs/pipeline/baseline-start.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { restore, snapshot, stats, step } from '#libs/pipeline/index.ts';
import type { ResponseState } from '#libs/respond/index.ts';
import {
  createResponseState,
  noteGroupSize,
  plan,
  restoreResponseState,
  snapshotResponseState,
  takeNotices,
} from '#libs/respond/index.ts';
import type { AccountsSeen } from './accounts-seen.ts';
import { AttackExposures } from './attack-exposure.ts';
import { CampaignLog } from './campaign-log.ts';
import type { Disturbance } from './honest-accounts.ts';
import type { IncidentEntry } from './incident-log.ts';
import { IncidentLog } from './incident-log.ts';
import type { Labels } from './labels.ts';
import { PartitionOutputs } from './partition-outputs.ts';
import { SimulatedPortal } from './simulated-portal.ts';

/** What became of one event in one lane. */
export type Verdict = 'taken' | 'refused' | 'duplicate' | 'time_ahead' | 'time_too_old';

export interface LaneOptions {
  /** `policy`, `against`, or the swept value. */
  readonly name: string;
  readonly policy: Policy;
  readonly labels?: Labels | undefined;
  readonly containment: 'simulate' | 'off';
  readonly accounts: AccountsSeen;
  /** Snapshot that it goes on from, made under the same policy; without it, a state at its beginning. */
  readonly initial?: Uint8Array | undefined;
}

export interface LimitsReached {
  readonly lookupsForgotten: number;
  readonly saturated: number;
}

interface LaneSmall {
  readonly incidents: IncidentEntry[];
  readonly actions: PlannedAction[];
  readonly notices: ResponseNotice[];
  readonly disturbances: Disturbance[];
  readonly response: string;
  readonly campaigns: unknown;
}

/**
 * One policy folded over the log: detection, plans, and, where asked, a portal that obeys them. Several lanes share one
 * pass over the input, so that two policies are compared on exactly the same events. A lane only plans: nothing it
 * imports can reach an account.
 */
export class Lane {
  readonly name: string;
  readonly policy: Policy;
  readonly incidents = new IncidentLog();
  readonly campaigns = new CampaignLog();
  readonly actions: PlannedAction[] = [];
  readonly notices: ResponseNotice[] = [];
  /** Rungs reached, by any account: what honest ones among them cost is worked out at the end. */
  readonly disturbances: Disturbance[] = [];
  readonly exposures: AttackExposures;
  readonly portal: SimulatedPortal | undefined;
  readonly #accounts: AccountsSeen;
  #pipeline: PipelineState;
  #response: ResponseState;
  #correlator: CampaignState = createCampaignState();
  /** Where the log comes in partitions: what each said, put in order at the end. */
  #partitions: PartitionOutputs | undefined;
  #limitsBefore: LimitsReached = { lookupsForgotten: 0, saturated: 0 };

  constructor({ name, policy, labels, containment, accounts, initial }: LaneOptions) {
    this.name = name;
    this.policy = policy;
    this.#accounts = accounts;
    const config = { policy: policy.detection };
    this.#pipeline = initial === undefined ? startState(config) : restore(initial, config);
    // What another log's end could not hold is not this one's.
    const { lookupsForgotten, saturated } = this.limitsReached;
    this.#limitsBefore = { lookupsForgotten: -lookupsForgotten, saturated: -saturated };
    this.#response = createResponseState(policy.response);
    this.exposures = new AttackExposures(labels?.attacks ?? []);
    if (containment === 'simulate') {
      const isThief = (account: string, timeMs: number) => this.exposures.isUnderAttack(account, timeMs);
      this.portal = new SimulatedPortal(policy.response.throttleNewPerHour, isThief);
    }
  }

  get pipeline(): PipelineState {
    return this.#pipeline;
  }

  /** What the states of all partitions so far could not hold or count to its end. */
  get limitsReached(): LimitsReached {
    const { counters } = stats(this.#pipeline);
    return {
      lookupsForgotten: this.#limitsBefore.lookupsForgotten + counters.lookups_forgotten!,
      saturated: this.#limitsBefore.saturated + counters.saturated!,
    };
  }

  /** What the detection of campaigns had to leave out, by name. */
  get campaignCounters(): Readonly<CampaignState['counters']> {
    return this.#correlator.counters;
  }

  /** @param now number of the event @param firstSeen number of the first event of its account and person */
  take(event: AccessEvent, now: number, firstSeen: number): Verdict {
    this.#partitions?.seeEvent(event.timeMs);
    if (this.portal && !this.portal.admits(event, firstSeen)) {
      this.exposures.takeEvent(event, true);
      return 'refused';
    }
    const outputs = step(this.#pipeline, event);
    if (this.#partitions === undefined) this.#closeCampaigns(this.#pipeline.newestMs);
    if (outputs.length === 0) {
      this.exposures.takeEvent(event, false);
      return 'taken';
    }
    const [first] = outputs;
    if (first.kind === 'duplicate') return 'duplicate';
    if (first.kind === 'rejected') return first.reason;
    this.exposures.takeEvent(event, false);
    this.#takeOutputs(outputs, now);
    return 'taken';
  }

  /** Takes what a person told the detector. @returns whether the account is one that this state has seen */
  takeControl(control: Control, now: number): boolean {
    this.#takeOutputs(step(this.#pipeline, control), now);
    return this.#pipeline.accountIds.includes(control.accountId);
  }

  #takeOutputs(outputs: readonly Output[], now: number): void {
    for (const output of outputs) {
      if (this.#partitions !== undefined) this.#partitions.take(output, this.#pipeline.newestMs);
      else if (output.kind === 'alert') this.#takeAlert(output.alert, now);
      else if (output.kind === 'signal') foldSignal(this.#correlator, output.signal);
    }
  }

  /** The log is over: what waits for the end of its quarter of an hour is decided. */
  end(): void {
    if (this.#partitions !== undefined) this.#endPartitions(this.#partitions);
    else this.#closeCampaigns(this.#pipeline.newestMs + QUARTER_MS);
  }

  /** The next partition of a log begins: as live, it has a state of its own. Not with containment or labels. */
  beginPartition(): void {
    assert(this.portal === undefined && this.exposures.size === 0, 'what an event leads to waits for other partitions');
    this.#partitions ??= new PartitionOutputs();
    this.#partitions.begin(this.#pipeline.newestMs);
    this.#limitsBefore = this.limitsReached;
    this.#pipeline = startState({ policy: this.policy.detection });
  }

  /** Campaigns are looked for, and plans made, once all partitions have told what they know. */
  #endPartitions(partitions: PartitionOutputs): void {
    partitions.begin(this.#pipeline.newestMs);
    // As where a log is in order: the first event, whoever's, is the beginning.
    if (partitions.newestMs > 0) this.campaigns.take(closeCampaigns(this.#correlator, partitions.firstMs));
    for (const output of partitions.inOrder()) {
      if (output.kind === 'alert') this.#takeAlert(output.alert, 0);
      else foldSignal(this.#correlator, output.signal);
    }
    this.campaigns.take(closeCampaigns(this.#correlator, partitions.newestMs + QUARTER_MS));
  }

  /** A log in order has one partition: its newest event is the watermark. */
  #closeCampaigns(watermarkMs: number): void {
    if (watermarkMs < this.#correlator.closedMs + QUARTER_MS) return;
    const published = closeCampaigns(this.#correlator, watermarkMs);
    if (published.length === 0) return;
    this.campaigns.take(published);
    for (const { members, timeMs } of published) {
      for (const { account } of members) this.exposures.takeNamed(account.id, timeMs);
    }
  }

  #takeAlert(alert: Alert, now: number): void {
    this.incidents.take(alert);
    if (alert.status === 'closed') return;
    const { id, profession, department } = alert.account;
    this.exposures.takeRung(id, alert.rung, alert.timeMs);
    this.disturbances.push({ accountId: id, rung: alert.rung, timeMs: alert.timeMs });
    if (alert.rung === 'alert') return;
    // Who is alerted above the lowest rung was alerted: a first revision may skip it.
    this.disturbances.push({ accountId: id, rung: 'alert', timeMs: alert.timeMs });
    noteGroupSize(this.#response, profession, department, this.#accounts.groupSize(profession, department));
    for (const action of plan(this.#response, alert, alert.timeMs)) {
      this.actions.push(action);
      if (action.decision === 'act') this.portal?.enforce(action, now);
    }
    this.notices.push(...takeNotices(this.#response));
  }

  save(writer: SnapshotWriter): void {
    const small: LaneSmall = {
      incidents: this.incidents.toJSON(),
      actions: this.actions,
      notices: this.notices,
      disturbances: this.disturbances,
      response: snapshotResponseState(this.#response),
      campaigns: this.campaigns.toJSON(),
    };
    writer.json(small);
    writer.array(snapshot(this.#pipeline));
    saveCampaigns(this.#correlator, writer);
    this.exposures.save(writer);
    this.portal?.save(writer);
  }

  load(reader: SnapshotReader): void {
    const small = reader.json() as LaneSmall;
    this.incidents.load(small.incidents);
    this.actions.push(...small.actions);
    this.notices.push(...small.notices);
    this.disturbances.push(...small.disturbances);
    this.#response = restoreResponseState(this.policy.response, small.response);
    this.#pipeline = restore(reader.array(Uint8Array), { policy: this.policy.detection });
    this.#correlator = loadCampaigns(reader);
    this.campaigns.load(small.campaigns);
    this.exposures.load(reader);
    this.portal?.load(reader);
  }
}
