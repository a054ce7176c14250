import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import type { BuiltinMapping } from './mapping/builtin.ts';
import { BUILTIN_MAPPINGS, builtinMapping } from './mapping/builtin.ts';
import { separatorOf, splitCsv } from './mapping/line-reader.ts';

/** Recognises the format of a source by its first lines, so that a log can be given without saying what it is. */

export const ACCESS_EVENT_FORMAT = 'access-event';
/** What a source can be said to be, besides naming a mapping file. */
export const INPUT_FORMATS = [ACCESS_EVENT_FORMAT, ...BUILTIN_MAPPINGS] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** Lines in a buffer: `buffer[starts[i], ends[i])` for `i < count`. */
export interface Lines {
  readonly buffer: Buffer;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  readonly count: number;
}

const LINES_LOOKED_AT = 20;
const REQUIRED_COLUMNS = ['account.id', 'time', 'action', 'outcome'];

/**
 * The format of the source that begins with `lines`. A source without any line is taken as access events: it has none.
 * The error says in words what the lines look like and what can be named instead; it quotes nothing of them.
 */
export function detectFormat(lines: Lines): Result<InputFormat, string> {
  const texts: string[] = [];
  for (let i = 0; i < Math.min(lines.count, LINES_LOOKED_AT); i++) {
    texts.push(lines.buffer.toString('utf8', lines.starts[i], lines.ends[i]));
  }
  if (texts.length === 0) return ok(ACCESS_EVENT_FORMAT);

  const objects = texts.map(parseObject).filter((object) => object !== undefined);
  if (objects.some((object) => Object.hasOwn(object, 'account'))) return ok(ACCESS_EVENT_FORMAT);
  if (texts.some((text) => text.startsWith('#Fields:'))) return ok('w3c');
  const web = webLogFormat(texts);
  if (web !== undefined) return ok(web);
  const header = splitCsv(texts[0], separatorOf(texts[0]))?.map((cell) => cell.trim()) ?? [];
  if (REQUIRED_COLUMNS.every((column) => header.includes(column))) return ok('csv');

  const looks = /^\s*\[\s*(?:\{|$)/.test(texts[0])
    ? 'it may be one JSON array: write one object a line (jq -c ".[]")'
    : objects.length > 0
      ? 'its lines are JSON, but no access events (they have no "account")'
      : header.length > 2
        ? `it may be CSV, but its header does not name ${REQUIRED_COLUMNS.join(', ')}`
        : 'its first lines are of no known format';
  return err(`${looks}: give the format (${INPUT_FORMATS.join(', ')}) or a mapping file`);
}

/** Combined where one line at least has a user agent: that mapping takes the lines without one too. */
function webLogFormat(texts: readonly string[]): BuiltinMapping | undefined {
  const common = new RegExp(builtinMapping('common').pattern!);
  if (texts.filter((text) => common.test(text)).length * 2 <= texts.length) return undefined;
  const combined = new RegExp(builtinMapping('combined').pattern!);
  return texts.some((text) => combined.exec(text)?.groups?.agent !== undefined) ? 'combined' : 'common';
}

function parseObject(text: string): object | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
