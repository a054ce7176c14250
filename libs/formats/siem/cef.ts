import type { SecurityRecord } from './security-record.ts';

/*
 * ArcSight Common Event Format, version 0 (implementation standard, revision 26):
 *   CEF:0|vendor|product|version|signature id|name|severity|extension
 * In the header `\` and `|` are escaped; in values of the extension `\`, `=` and line ends.
 */

const header = (text: string): string => text.replace(/[\r\n]+/g, ' ').replace(/[\\|]/g, '\\$&');
const value = (text: string): string => text.replace(/[\\=]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');

/** OCSF's 1 to 5 on CEF's 0 to 10. */
const SEVERITY = { 1: 1, 2: 3, 3: 5, 4: 8, 5: 10 } as const;

/** A record as one line of CEF. */
export function cefRecord(record: SecurityRecord): string {
  const { kind, name, state, accountId, severity, timeMs, startedMs, score, exposed, incident } = record;
  const head = [
    'CEF:0',
    'Vigie',
    'Vigie',
    record.productVersion || 'unknown',
    `${kind}:${name}`,
    `${kind} ${name}`,
    String(SEVERITY[severity]),
  ];
  const extension: (readonly [string, string | number])[] = [
    ['rt', timeMs],
    ['externalId', record.id],
    ['cat', kind],
    ['act', state],
    ...(startedMs > 0 ? [['start', startedMs] as const] : []),
    ...(accountId ? [['suid', accountId] as const] : []),
    ...(incident
      ? [
          ['cs1Label', 'incident'] as const,
          ['cs1', incident] as const,
          ['cn1Label', 'exposed'] as const,
          ['cn1', exposed] as const,
          ['cfp1Label', 'score'] as const,
          ['cfp1', score] as const,
        ]
      : []),
    ['msg', record.message],
  ];
  return `${head.map(header).join('|')}|${extension.map(([k, v]) => `${k}=${value(String(v))}`).join(' ')}`;
}
