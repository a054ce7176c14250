import type { EffectivePolicy } from './effective.ts';

/** One field in which two policies differ; `undefined` where a list is shorter. */
export interface PolicyDifference {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Field by field, in the order of the file. Lists of plain values are one field. */
export function diffPolicies(from: EffectivePolicy, to: EffectivePolicy): PolicyDifference[] {
  const differences: PolicyDifference[] = [];
  compare(from, to, '', differences);
  return differences;
}

function compare(a: unknown, b: unknown, path: string, into: PolicyDifference[]): void {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(a[key], b[key], path === '' ? key : `${path}.${key}`, into);
    }
  } else if (JSON.stringify(a) !== JSON.stringify(b)) {
    into.push({ path, from: a, to: b });
  }
}

const isObject = (v: unknown): v is Record<string, unknown> => v !== null && typeof v === 'object' && !Array.isArray(v);
