import type { Alert, Rung } from '#libs/model/alert.ts';
import { RUNGS, SEVERITIES } from '#libs/model/alert.ts';

/** One incident as a replay prints it: its creation, and the revision with the highest score. */
export interface IncidentEntry {
  readonly created: Alert;
  peak: Alert;
  /** Highest so far. */
  rung: Rung;
  severity: Alert['severity'];
  last: Alert;
}

/** Gathers the revisions of incidents. */
export class IncidentLog {
  #entries = new Map<string, IncidentEntry>();

  get size(): number {
    return this.#entries.size;
  }

  take(alert: Alert): void {
    const entry = this.#entries.get(alert.id);
    if (!entry) {
      this.#entries.set(alert.id, {
        created: alert,
        peak: alert,
        last: alert,
        rung: alert.rung,
        severity: alert.severity,
      });
      return;
    }
    entry.last = alert;
    if (alert.status === 'closed') return;
    if (alert.score > entry.peak.score) entry.peak = alert;
    if (RUNGS.indexOf(alert.rung) > RUNGS.indexOf(entry.rung)) entry.rung = alert.rung;
    if (SEVERITIES.indexOf(alert.severity) > SEVERITIES.indexOf(entry.severity)) entry.severity = alert.severity;
  }

  /** By time of creation, then id: the order in which a replay prints them. */
  sorted(): IncidentEntry[] {
    return [...this.#entries.values()].sort(
      (a, b) => a.created.timeMs - b.created.timeMs || (a.created.id < b.created.id ? -1 : 1),
    );
  }

  toJSON(): IncidentEntry[] {
    return [...this.#entries.values()];
  }

  load(entries: readonly IncidentEntry[]): void {
    this.#entries = new Map(entries.map((entry) => [entry.created.id, { ...entry }]));
  }
}
