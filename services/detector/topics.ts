import type { TopicSpec } from '#libs/ports/event-log.ts';

/** Names of the topics under a prefix, `vigie` by default; the access log belongs to the portal and keeps its own name. */
export interface TopicNames {
  readonly access: string;
  readonly alerts: string;
  readonly actions: string;
  readonly restrictions: string;
  readonly controls: string;
  readonly journal: string;
  readonly signals: string;
  readonly deadLetter: string;
}

export const topicNames = (prefix = 'vigie', access = 'portal.access'): TopicNames => ({
  access,
  alerts: `${prefix}.alerts`,
  actions: `${prefix}.actions`,
  restrictions: `${prefix}.restrictions`,
  controls: `${prefix}.controls`,
  journal: `${prefix}.journal`,
  signals: `${prefix}.signals`,
  deadLetter: `${prefix}.dead-letter`,
});

const DAY_MS = 86_400_000;
const FOR_EVER = -1;

/**
 * What the topics must be. Journal and signals have one partition for each of the access log's, under the same number. Journal
 * and controls are kept for ever: they are what a state is made again from, and small.
 */
export function topicSpecs(names: TopicNames, accessPartitions: number): readonly TopicSpec[] {
  const wide = { partitions: accessPartitions, compacted: false };
  return [
    { ...wide, name: names.access, retentionMs: 30 * DAY_MS },
    { ...wide, name: names.alerts, retentionMs: 400 * DAY_MS },
    { ...wide, name: names.actions, retentionMs: 400 * DAY_MS },
    { ...wide, name: names.restrictions, compacted: true },
    { name: names.controls, partitions: 1, compacted: false, retentionMs: FOR_EVER },
    { ...wide, name: names.journal, retentionMs: FOR_EVER },
    { ...wide, name: names.signals, retentionMs: 30 * DAY_MS },
    { ...wide, name: names.deadLetter, retentionMs: 30 * DAY_MS },
  ];
}
