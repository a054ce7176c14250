import type { RejectionReason } from '#libs/model/rejection.ts';
import type { LineReader } from './line-reader.ts';

/**
 * Reads W3C's extended log format (IIS and many delivery networks; W3C working draft WD-logfile-960323): a `#Fields:` line
 * names the columns of the lines behind it and may come again with others; other lines with `#` are remarks. Columns are
 * divided by a blank, or by tabs. A name with a blank in it, such as `date time`, stands for both columns.
 */
export class W3cLineReader implements LineReader {
  readonly #columns = new Map<string, number>();
  #cells: string[] = [];

  read(line: string): 'taken' | 'header' | RejectionReason {
    if (line.startsWith('#')) {
      if (line.startsWith(FIELDS)) this.#nameColumns(line.slice(FIELDS.length));
      return 'header';
    }
    const cells = line.trimEnd().split(line.includes('\t') ? '\t' : ' ');
    if (cells.length !== this.#columns.size) return 'unmapped_line';
    this.#cells = cells;
    return 'taken';
  }

  #nameColumns(names: string): void {
    this.#columns.clear();
    for (const [index, name] of names.trim().split(/\s+/).entries()) this.#columns.set(name, index);
  }

  accessor(from: string | number): () => string | undefined {
    if (typeof from === 'number') return () => this.#cells[from - 1];
    const names = from.split(' ');
    return () => {
      const parts = names.map((name) => this.#columns.get(name));
      return parts.includes(undefined) ? undefined : parts.map((at) => this.#cells[at!]).join(' ');
    };
  }

  startSource(): void {
    this.#columns.clear();
  }
}

const FIELDS = '#Fields:';
