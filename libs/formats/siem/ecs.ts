import type { SecurityRecord } from './security-record.ts';

/** Version of the Elastic Common Schema that this is written to. */
export const ECS_VERSION = '9.1.0';

type Json = { [name: string]: unknown };

const OUTCOME = new Map([
  ['verified', 'success'],
  ['reverted', 'success'],
  ['failed', 'failure'],
  ['unknown', 'unknown'],
]);

/** `event.*` by what kind of record it is: the categorisation fields have closed lists. */
function categories({ kind }: SecurityRecord): Json {
  if (kind === 'alert') return { kind: 'alert', category: ['intrusion_detection'], type: ['info'] };
  if (kind === 'notice') return { kind: 'event', category: ['configuration'], type: ['info'] };
  // ECS has no type for a user's access taken away: it is a change of the user.
  return { kind: 'event', category: ['iam'], type: ['user', 'change'] };
}

/** A record as ECS, one JSON object. */
export function ecsRecord(record: SecurityRecord): Json {
  const { id, kind, name, state, message, timeMs, startedMs, accountId, severity, incident, score } = record;
  return {
    '@timestamp': new Date(timeMs).toISOString(),
    ecs: { version: ECS_VERSION },
    message,
    event: {
      ...categories(record),
      id,
      action: `${kind}_${name}_${state}`,
      dataset: `vigie.${kind}s`,
      module: 'vigie',
      provider: 'vigie',
      // ECS leaves the scale to the source: OCSF's 1 to 5, in twenties as detection rules have it.
      severity: severity * 20,
      ...(score > 0 ? { risk_score: Math.min(100, score) } : {}),
      ...(startedMs > 0 ? { start: new Date(startedMs).toISOString() } : {}),
      ...(kind === 'action' ? { outcome: OUTCOME.get(state) ?? 'unknown' } : {}),
    },
    observer: { product: 'Vigie', vendor: 'Vigie', type: 'ids', version: record.productVersion },
    ...(accountId ? { user: { id: accountId }, related: { user: [accountId] } } : {}),
    ...(kind === 'alert' ? { rule: { name, uuid: `vigie/${name}`, version: record.policy } } : {}),
    vigie: { incident, score, exposed: record.exposed, state },
  };
}
