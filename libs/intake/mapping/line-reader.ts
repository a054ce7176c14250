import type { RejectionReason } from '#libs/model/rejection.ts';
import type { MappingFile } from './schema.ts';
import { W3cLineReader } from './w3c-line-reader.ts';

/**
 * Takes a line apart, by regular expression, as CSV (RFC 4180), as JSON or as W3C's extended log, and gives its parts by reference. One reader
 * serves one mapping; it holds the line read last.
 */
export interface LineReader {
  /** Reads a line: `taken`, `header` (no event), or why it is not taken. */
  read(line: string): 'taken' | 'header' | RejectionReason;
  /** Gives the part that `from` refers to, of the line read last; undefined where the line has none. */
  accessor(from: string | number): () => string | undefined;
  /** Another file begins. */
  startSource(): void;
}

export function createLineReader(mapping: MappingFile): LineReader {
  switch (mapping.format) {
    case 'regex':
      return new RegexLineReader(new RegExp(mapping.pattern!));
    case 'csv':
      return new CsvLineReader(mapping.csv.separator, mapping.csv.header);
    case 'json':
      return new JsonLineReader();
    case 'w3c':
      return new W3cLineReader();
  }
}

class RegexLineReader implements LineReader {
  readonly #pattern: RegExp;
  #groups: Record<string, string | undefined> = {};

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  read(line: string): 'taken' | RejectionReason {
    const match = this.#pattern.exec(line);
    if (match === null) return 'unmapped_line';
    this.#groups = match.groups ?? {};
    return 'taken';
  }

  accessor(from: string | number): () => string | undefined {
    return () => this.#groups[from];
  }

  startSource(): void {}
}

class CsvLineReader implements LineReader {
  #separator: string;
  readonly #detectSeparator: boolean;
  readonly #hasHeader: boolean;
  #header: string | undefined;
  readonly #columns = new Map<string, number>();
  #cells: string[] = [];

  constructor(separator: string, hasHeader: boolean) {
    this.#separator = separator;
    this.#detectSeparator = separator === 'auto';
    this.#hasHeader = hasHeader;
    this.startSource();
  }

  startSource(): void {
    this.#header = undefined;
    if (this.#detectSeparator) this.#separator = 'auto';
  }

  read(line: string): 'taken' | 'header' | RejectionReason {
    if (this.#separator === 'auto') this.#separator = separatorOf(line);
    // A header that comes again (files put behind each other) is none of the data.
    if (line === this.#header) return 'header';
    const cells = splitCsv(line, this.#separator);
    if (cells === undefined) return 'unmapped_line';
    if (this.#hasHeader && this.#header === undefined) {
      this.#header = line;
      this.#columns.clear();
      for (const [index, name] of cells.entries()) this.#columns.set(name.trim(), index);
      return 'header';
    }
    this.#cells = cells;
    return 'taken';
  }

  accessor(from: string | number): () => string | undefined {
    if (typeof from === 'number') return () => this.#cells[from - 1];
    return () => {
      const column = this.#columns.get(from);
      return column === undefined ? undefined : this.#cells[column];
    };
  }
}

/** The separator that a line has most of, outside quotes; a comma where it has none. */
export function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((separator) => ({ separator, count: bare.split(separator).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}

/**
 * Cells of one line of CSV (RFC 4180: quoted cells, doubled quotes). Undefined where a quote is not closed or text
 * follows a closing one: a line break within a cell is not supported, such a record counts as unmapped.
 */
export function splitCsv(line: string, separator: string): string[] | undefined {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (line[at] !== '"') {
      const end = line.indexOf(separator, at);
      cells.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    let cell = '';
    for (at++; ; at++) {
      const quote = line.indexOf('"', at);
      if (quote < 0) return undefined;
      cell += line.slice(at, quote);
      at = quote + 1;
      if (line[at] !== '"') break;
      cell += '"';
    }
    cells.push(cell);
    if (at === line.length) return cells;
    if (line[at] !== separator) return undefined;
    at++;
  }
}

class JsonLineReader implements LineReader {
  #value: object = {};

  read(line: string): 'taken' | RejectionReason {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return 'not_json';
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_object';
    this.#value = value;
    return 'taken';
  }

  accessor(from: string | number): () => string | undefined {
    const path = String(from);
    const steps = path.split('.');
    return () => {
      // A key may have dots in it, as flattened logs do.
      const whole = own(this.#value, path);
      const found = whole !== undefined ? whole : steps.reduce<unknown>(own, this.#value);
      if (typeof found === 'string') return found;
      return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
    };
  }

  startSource(): void {}
}

const own = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
