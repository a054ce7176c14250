import type { LineReader } from './line-reader.ts';
import type { Condition, FieldRule } from './schema.ts';

/** Turns rules of a mapping into functions of the line read last. */

/** What a rule gives where the line's text stands for nothing that it knows. */
export const NOT_IN_VALUES = Symbol('not in values');

/** The text of a field; undefined where the line has none. */
export type FieldValue = () => string | undefined | typeof NOT_IN_VALUES;

export function fieldValue(rule: FieldRule, reader: LineReader): FieldValue {
  const { constant, from, extract, values, otherwise } = rule;
  if (constant !== undefined || from === undefined) return () => constant;
  const read = reader.accessor(from);
  const pattern = extract === undefined ? undefined : new RegExp(extract);
  const translate = values === undefined ? undefined : translator(values, otherwise);
  return () => {
    let text = read();
    if (pattern !== undefined && text !== undefined) text = pattern.exec(text)?.[1];
    // Logs write "-" or nothing where there is nothing.
    if (text === undefined || text === '' || text === '-') return rule.default;
    return translate === undefined ? text : translate(text);
  };
}

const RANGE = /^(\d+)\.\.(\d+)$/;

function translator(
  values: Readonly<Record<string, string>>,
  otherwise: string | undefined,
): (text: string) => string | typeof NOT_IN_VALUES {
  const exact = new Map<string, string>();
  const ranges: { readonly first: number; readonly last: number; readonly value: string }[] = [];
  for (const [key, value] of Object.entries(values)) {
    const range = RANGE.exec(key);
    if (range === null) exact.set(key, value);
    else ranges.push({ first: Number(range[1]), last: Number(range[2]), value });
  }
  return (text) => {
    const found = exact.get(text);
    if (found !== undefined) return found;
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    const range = ranges.find(({ first, last }) => n >= first && n <= last);
    return range?.value ?? otherwise ?? NOT_IN_VALUES;
  };
}

/** A test of the line read last. */
export function conditionTest({ from, in: list, matches }: Condition, reader: LineReader): () => boolean {
  const read = reader.accessor(from);
  const allowed = list === undefined ? undefined : new Set(list.map(String));
  const pattern = matches === undefined ? undefined : new RegExp(matches);
  return () => {
    const text = read();
    if (text === undefined) return false;
    return (allowed === undefined || allowed.has(text)) && (pattern === undefined || pattern.test(text));
  };
}
