import { createHash } from 'node:crypto';
import { DAY_SUSPECT, DAYS, HOURS, STREAM_ROOM } from '#libs/baseline/schema.ts';
import { NEVER_BILLS, T_WITHOUT_9D, TRAIT_COUNT } from '#libs/baseline/traits.ts';
import type { Score } from '#libs/decide/index.ts';
import {
  mostOf,
  NEVER_BILLS_NATS,
  RUNG_ALERT,
  RUNG_STEP_UP,
  RUNG_SUSPEND,
  RUNG_THROTTLE,
  rungsReached,
  STREAM_CAP_NATS,
  scoreInto,
  UNKNOWN_TERRITORY_NATS,
  UNREFUNDED_TERRITORY_NATS,
} from '#libs/decide/index.ts';
import type { Evidence } from '#libs/model/alert.ts';
import { CHANNELS, CLASS_MANAGER } from '#libs/model/codes.ts';
import { WATCH_LEVELS } from '#libs/model/signal.ts';
import { S_DORMANT, S_HONEYTOKEN, S_NEW_SOURCE, STREAM_COUNT } from '#libs/model/streams.ts';
import { wokeNats } from './accounts.ts';
import type { Incident } from './incident.ts';
import { INCIDENT_OF_QUOTA, INCIDENT_SCORED } from './incident.ts';
import { isYoung } from './learn.ts';
import { MAX_LOOKBACK_MINUTES } from './limits.ts';
import { outageCeiling } from './portal-billing.ts';
import { migrationShare, raisedShare } from './portal-insurers.ts';
import { publish, thousandths } from './publish.ts';
import {
  noteQuotaDay,
  QUOTA_HELD,
  QUOTA_UNFOLLOWED,
  QUOTA_VOLUME,
  quotaDays,
  quotaReached,
  TOO_OFTEN,
} from './quota-step.ts';
import { newInHour } from './shown.ts';
import { signalRise } from './signals.ts';
import { sourceNats } from './sources.ts';
import type { PipelineState } from './state.ts';

/** Part of an alert's id: rules that decide differently make other alerts. Raise it when they do. */
const RULE_VERSION = 1;
/** A revision without a new rung is published when the score has grown by this much. */
const UPDATE_NATS = 4;
const CLOSE_AFTER_MS = 24 * 3_600_000;
/** Where so large a share of the portal's accounts does as this one does, doing it for a week needs no second factor. Its quotas hold. */
const MIGRATING = 0.1;
/** People learnt from which on an account's own territory is known. */
const OWN_PEOPLE = 20;
/** A stream worth at least this helps to date an incident's start. */
const DATING_NATS = 2;

/** Scores a row after its evidence moved, and opens, raises or leaves alone its incident. `minute` is event time; `bulk`: one answer was a quota's worth, or an export unlike the account's. */
export function assess(state: PipelineState, row: number, timeMs: number, minute: number, bulk = false): void {
  const { channels, accounts, policy, score } = state;
  const account = channels.account[row]!;
  const accountClass = accounts.accountClass[account]!;
  const source = sourceNats(state, account, minute);
  const woke = wokeNats(state, account, minute);
  const quota = quotaReached(state, row, minute);
  if (quota === QUOTA_HELD && !bulk && isQuiet(state, row, source + woke, accountClass)) return;
  const migrating = migrationShare(state, row, minute);
  const explained = raisedShare(state, row);
  const own = channels.departmentTotal[row]! < OWN_PEOPLE ? UNKNOWN_TERRITORY_NATS : STREAM_CAP_NATS;
  scoreInto(
    score,
    channels.nats,
    row * STREAM_ROOM,
    source,
    woke,
    channels.allowance[row]!,
    channels.switchNats[row]!,
    Math.min(channels.followedEver[row] === 0 ? NEVER_BILLS_NATS : STREAM_CAP_NATS, outageCeiling(state)),
    Math.min(own, channels.p0[row * TRAIT_COUNT + T_WITHOUT_9D]! >= NEVER_BILLS ? UNREFUNDED_TERRITORY_NATS : own),
    own,
    migrating > 0 ? explained : 0,
    migrating > 0 ? -Math.log(migrating) : 0,
    accountClass,
    policy,
  );
  const inGrace = minute < accounts.graceMinute[account]!;
  const total = inGrace ? 0 : score.total;
  const who = inGrace ? 0 : score.who;
  if (total > channels.peakScore[row]!) channels.peakScore[row] = total;
  signalRise(state, row, inGrace, minute);
  // Unless an archive has told what is usual, only what needs no knowledge of the account suspends in a log's first week.
  const knowsNobody = isYoung(state, Math.floor(minute / 1440)) && policy.source.baseline === undefined;
  const gate = knowsNobody ? score.conclusive : score.gate;
  state.observer?.(row, total, gate ? who : 0);
  // Such a day teaches nothing. A lower bar would freeze an honest account that has changed in what it used to be, and one
  // that is larger than its quota would never be learnt.
  if (total >= policy.thresholds[RUNG_STEP_UP]!) {
    const slot = row * DAYS + (Math.floor(minute / 1440) & (DAYS - 1));
    channels.dayFlags[slot] = channels.dayFlags[slot]! | DAY_SUSPECT;
  }
  if (quota === QUOTA_VOLUME) noteQuotaDay(state, row, minute);
  // A second factor is the answer where numbers come with something else: from a source of today, of a manager (who may see
  // anybody), again and again after restrictions (unless others do the same just now), or in one answer that no restriction
  // can take back.
  const again = quota === QUOTA_UNFOLLOWED ? channels.spent[row]! > 0 : quotaDays(state, row, minute) >= TOO_OFTEN;
  const asks =
    quota !== QUOTA_HELD &&
    (bulk || source > 0 || accountClass === CLASS_MANAGER || (again && migrating * explained < MIGRATING));
  const bits = rungsReached(total, who, gate, quota !== QUOTA_HELD, asks && !inGrace, policy);
  if (bits === 0 && channels.incident[row] === 0) return;
  raise(state, row, timeMs, minute, bits, total, score);
  // Half of the quota more, and it is reached again.
  if (quota === QUOTA_UNFOLLOWED) channels.spent[row] = channels.unfollowed[row]! - channels.quotaUnfollowed[row]! / 2;
}

/** Whether all of a row's evidence together could not make it remarkable: then it need not be worked out. */
function isQuiet(state: PipelineState, row: number, fromSources: number, accountClass: number): boolean {
  const { channels, policy } = state;
  if (channels.incident[row] !== 0 || channels.watch[row] !== 0 || state.observer !== undefined) return false;
  const allowance = channels.allowance[row]!;
  const most = mostOf(channels.nats, row * STREAM_ROOM, fromSources, allowance, accountClass, policy);
  return most < WATCH_LEVELS[0] && most < policy.thresholds[RUNG_ALERT]! && most <= channels.peakScore[row]!;
}

function raise(
  state: PipelineState,
  row: number,
  timeMs: number,
  minute: number,
  bits: number,
  total: number,
  score: Score,
): void {
  let incident = state.incidents.get(row);
  const created = incident === undefined;
  const scored = total >= state.policy.thresholds[RUNG_ALERT]!;
  if (incident === undefined) {
    if (bits === 0) return;
    const started = scored ? scoredStart(state, row, minute, score) : quotaStart(state, row, minute);
    incident = open(state, row, timeMs, started, scored ? scoredKind(score) : 'quota_exceeded');
  }
  if (bits !== 0) incident.lastElevatedMs = timeMs;
  if (scored) {
    // Whoever met a planted person stays the one who did.
    if (incident.kind !== 'honeytoken') incident.kind = scoredKind(score);
    state.channels.incident[row] = INCIDENT_SCORED;
  }
  let fresh = bits & ~incident.rungs;
  // A restriction that ends by itself must not set the thief free: what still holds is said again before it does.
  // For a suspension too: where only a person may suspend, the machine's throttle in its place has an end.
  for (const rung of RESTRICTING) {
    if (
      (bits & incident.rungs & (1 << rung)) !== 0 &&
      timeMs - incident.announcedMs[rung]! >= state.policy.announceAgainMs
    ) {
      fresh |= 1 << rung;
    }
  }
  if (fresh === 0 && total < incident.lastScore + UPDATE_NATS) return;
  // Once suspended, lower rungs have nothing to add, until that was long ago: where the suspension waits for a person, what
  // holds the account meanwhile has an end, and evidence that has fallen below it still tells of a thief.
  const suspended =
    (incident.rungs & (1 << RUNG_SUSPEND)) !== 0 &&
    timeMs - Math.max(...incident.announcedMs) < state.policy.announceAgainMs;
  incident.rungs |= bits;
  let status: 'created' | 'updated' = created ? 'created' : 'updated';
  const announce = (rung: number) => {
    incident.announcedMs[rung] = timeMs;
    publish(state, row, incident, status, rung, timeMs, minute, total, score);
    status = 'updated';
  };
  if ((fresh & (1 << RUNG_SUSPEND)) !== 0) announce(RUNG_SUSPEND);
  else if (!suspended && (fresh & (1 << RUNG_STEP_UP)) !== 0) {
    announce(RUNG_STEP_UP);
    if ((fresh & (1 << RUNG_THROTTLE)) !== 0) announce(RUNG_THROTTLE);
  } else if (!suspended && (fresh & (1 << RUNG_THROTTLE)) !== 0) announce(RUNG_THROTTLE);
  else if (!suspended && (fresh & (1 << RUNG_ALERT)) !== 0) announce(RUNG_ALERT);
  else if (total >= incident.lastScore + UPDATE_NATS) announce(highestRung(incident.rungs));
}

const RESTRICTING = [RUNG_STEP_UP, RUNG_THROTTLE, RUNG_SUSPEND] as const;

const scoredKind = (score: Score): 'honeytoken' | 'mass_enumeration' =>
  score.worth[S_HONEYTOKEN]! > 0 ? 'honeytoken' : 'mass_enumeration';

const highestRung = (bits: number): number => 31 - Math.clz32(Math.max(bits, 1));

/** Opens an incident and counts who was looked up since its start. */
function open(
  state: PipelineState,
  row: number,
  timeMs: number,
  startMinute: number,
  kind: Incident['kind'],
): Incident {
  const { channels, recent } = state;
  const account = channels.account[row]!;
  const startedMs = Math.min(startMinute * 60_000, timeMs);
  const id = createHash('sha256')
    .update(
      JSON.stringify([
        state.accountIds[account],
        CHANNELS[channels.channel[row]!],
        startedMs,
        kind === 'bulk_recheck' ? 0 : RULE_VERSION,
      ]),
    )
    .digest('hex')
    .slice(0, 32);
  const incident: Incident = {
    id,
    revision: 0,
    openedMs: timeMs,
    startedMs,
    rungs: 0,
    announcedMs: [0, 0, 0, 0],
    kind,
    lastScore: 0,
    lastElevatedMs: timeMs,
    exposed: 0,
    byInsurer: new Map(),
  };
  for (
    let sequence = channels.lastLookup[row]!;
    recent.holds(sequence);
    sequence = recent.previous[sequence % recent.minute.length]!
  ) {
    const i = sequence % recent.minute.length;
    if (recent.minute[i]! < startMinute) {
      // Late events stand out of order, but never by more than a day.
      if (recent.minute[i]! < startMinute - 1440) break;
      continue;
    }
    const people = recent.people[i]!;
    const insurer = state.insurers[recent.insurer[i]!]!;
    incident.exposed += people;
    incident.byInsurer.set(insurer, (incident.byInsurer.get(insurer) ?? 0) + people);
  }
  state.incidents.set(row, incident);
  channels.incident[row] = kind === 'mass_enumeration' || kind === 'honeytoken' ? INCIDENT_SCORED : INCIDENT_OF_QUOTA;
  return incident;
}

/** The start that maximises the evidence: where the earliest of the streams that carry it last rose from rest. */
function scoredStart(state: PipelineState, row: number, minute: number, score: Score): number {
  const channels = state.channels;
  let start = minute;
  for (let s = 0; s < STREAM_COUNT; s++) {
    const rise = channels.riseMinute[row * STREAM_ROOM + s]!;
    if (s !== S_NEW_SOURCE && s !== S_DORMANT && score.worth[s]! >= DATING_NATS && rise < start) start = rise;
  }
  return Math.max(start, minute - MAX_LOOKBACK_MINUTES);
}

function quotaStart(state: PipelineState, row: number, minute: number): number {
  const channels = state.channels;
  const byHour = newInHour(state, row, minute) >= channels.quotaHour[row]!;
  return byHour ? Math.floor(minute / 60) * 60 : Math.floor(minute / 1440) * 1440;
}

/** Says once a day that an account re-checks the people it knows; nothing is restricted for it. */
export function reportRecheck(state: PipelineState, row: number, timeMs: number, usualKnown: number): void {
  if (state.channels.incident[row] !== 0) return;
  const minute = Math.floor(timeMs / 60_000);
  state.score.worth.fill(0);
  const incident = open(state, row, timeMs, Math.floor(minute / 60) * 60, 'bulk_recheck');
  incident.rungs = 1 << RUNG_ALERT;
  publish(state, row, incident, 'created', RUNG_ALERT, timeMs, minute, 0, state.score);
  const slot = row * HOURS + (Math.floor(minute / 60) & (HOURS - 1));
  const known = state.channels.hourKnown[slot]!;
  const last = state.outputs[state.outputs.length - 1]!;
  if (last.kind === 'alert') {
    const evidence: Evidence = {
      name: 'recheck',
      observed: known,
      of: known + state.channels.hourNew[slot]!,
      expected: thousandths(usualKnown),
      nats: 0,
    };
    state.outputs[state.outputs.length - 1] = { kind: 'alert', alert: { ...last.alert, evidence: [evidence] } };
  }
  state.incidents.delete(row);
  state.channels.incident[row] = 0;
}

/** Closes an incident that has been quiet for a day; one opened by a quota alone ends with its day. */
export function closeIfQuiet(state: PipelineState, row: number, timeMs: number): void {
  const incident = state.incidents.get(row);
  if (incident === undefined) return;
  const quiet = timeMs - incident.lastElevatedMs;
  const score = state.channels.peakScore[row]!; // only for the closing record; evidence itself has decayed
  if (quiet >= (incident.kind === 'quota_exceeded' ? CLOSE_QUOTA_MS : CLOSE_AFTER_MS)) {
    state.score.worth.fill(0);
    publish(
      state,
      row,
      incident,
      'closed',
      highestRung(incident.rungs),
      timeMs,
      Math.floor(timeMs / 60_000),
      Math.min(score, incident.lastScore),
      state.score,
    );
    endIncident(state, row);
    // What rises from here on is another incident, with another start and id.
    const base = row * STREAM_ROOM;
    state.channels.riseMinute.fill(Math.floor(timeMs / 60_000), base, base + STREAM_ROOM);
  }
}
const CLOSE_QUOTA_MS = 3 * 3_600_000;

/** Forgets the open incident and the evidence behind it, e.g. when a person re-enabled the account. */
export function endIncident(state: PipelineState, row: number): void {
  state.incidents.delete(row);
  state.channels.incident[row] = 0;
}

export function clearEvidence(state: PipelineState, row: number): void {
  const base = row * STREAM_ROOM;
  state.channels.nats.fill(0, base, base + STREAM_ROOM);
  state.channels.hourNats.fill(0, base, base + STREAM_ROOM);
}

/** Takes the suspicion off the row's days, so that they are learnt when they are old enough. */
export function trustDays(state: PipelineState, row: number): void {
  const flags = state.channels.dayFlags;
  for (let slot = row * DAYS; slot < (row + 1) * DAYS; slot++) flags[slot] = flags[slot]! & ~DAY_SUSPECT;
}
