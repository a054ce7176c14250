import { stripVTControlCharacters } from 'node:util';

/** Plain columns for people: two spaces apart, figures to the right. Colour codes take no room. */
export function formatTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const width = (cell: string) => [...stripVTControlCharacters(cell)].length;
  const text = rows.map((row) => row.map(String));
  const widths = head.map((name, i) => Math.max(width(name), ...text.map((row) => width(row[i] ?? ''))));
  const right = head.map((_, i) => rows.length > 0 && rows.every((row) => isFigure(row[i])));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => {
        const room = ' '.repeat(Math.max(0, widths[i]! - width(cell)));
        return right[i] ? room + cell : cell + room;
      })
      .join('  ')
      .trimEnd();
  return [line(head), ...text.map(line)].join('\n');
}

const isFigure = (cell: string | number | undefined): boolean =>
  typeof cell === 'number' || cell === '' || cell === '-' || /^[≤<]?\s?-?\d[\d.,]*\s?%?$/.test(cell ?? '');

/** `1,234,567`: for people. */
export const formatCount = (n: number): string => n.toLocaleString('en-GB');
