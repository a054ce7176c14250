/**
 * Small figures as SVG, drawn by hand: three shapes are all the proof needs, and a file that opens anywhere in ten years
 * is worth more than a library. Axes of counts are logarithmic, with 0 drawn at the left end.
 */

export interface DotRow {
  readonly label: string;
  readonly dots: readonly { readonly value: number; readonly series: number; readonly title: string }[];
  /** An interval behind the dots, and a mark for what was aimed at. */
  readonly interval?: readonly [number, number];
  readonly aim?: number;
}
export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export const COLOURS = [
  '#1b6ca8',
  '#c8553d',
  '#588157',
  '#8d6a9f',
  '#b08900',
  '#3c6e71',
  '#a23b72',
  '#6b705c',
  '#264653',
  '#e07a5f',
];

export const escaped = (text: string | number): string =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const fixed = (n: number): string => n.toFixed(1);
const short = (n: number): string => (n >= 1000 ? `${n / 1000}k` : String(n));

/** Logarithmic from `least` to the largest value; anything smaller stands at the left end. */
function logScale(least: number, largest: number, from: number, to: number) {
  const top = 10 ** Math.ceil(Math.log10(Math.max(largest, least * 10)));
  const span = Math.log10(top / least);
  const place = (value: number) => from + ((to - from) * Math.log10(Math.max(value, least) / least)) / span;
  const ticks = Array.from({ length: Math.round(span) + 1 }, (_, i) => least * 10 ** i);
  return { place, ticks };
}

const WIDTH = 860;
const LABELS = 290;
const ROW = 22;

/** One row a thing, several dots a row on a logarithmic axis. */
export function dotPlot(
  title: string,
  unit: string,
  series: readonly string[],
  rows: readonly DotRow[],
  least: number,
): string {
  const values = rows.flatMap((r) => [...r.dots.map((d) => d.value), ...(r.interval ?? []), r.aim ?? 0]);
  const { place, ticks } = logScale(least, Math.max(...values, least), LABELS, WIDTH - 20);
  const bottom = 40 + rows.length * ROW;
  const parts = ticks.map(
    (t, i) =>
      `<line class="grid" x1="${fixed(place(t))}" x2="${fixed(place(t))}" y1="30" y2="${bottom}"/><text class="tick" x="${fixed(place(t))}" y="${bottom + 16}" text-anchor="middle">${i === 0 ? `≤ ${short(t)}` : short(t)}</text>`,
  );
  rows.forEach((row, i) => {
    const y = 44 + i * ROW;
    parts.push(`<text x="${LABELS - 10}" y="${y + 4}" text-anchor="end">${escaped(row.label)}</text>`);
    if (row.interval) {
      parts.push(
        `<line class="interval" x1="${fixed(place(row.interval[0]))}" x2="${fixed(place(row.interval[1]))}" y1="${y}" y2="${y}"/>`,
      );
    }
    if (row.aim !== undefined) {
      parts.push(`<path class="aim" d="M${fixed(place(row.aim))} ${y - 8}v16"><title>aim ${row.aim}</title></path>`);
    }
    for (const dot of row.dots) {
      parts.push(
        `<circle cx="${fixed(place(dot.value))}" cy="${y}" r="4.5" fill="${COLOURS[dot.series]}"><title>${escaped(dot.title)}</title></circle>`,
      );
    }
  });
  return figure(title, unit, series, bottom + 24, parts);
}

/** Lines over two logarithmic axes. */
export function linePlot(title: string, xUnit: string, yUnit: string, lines: readonly Line[]): string {
  const points = lines.flatMap((l) => l.points);
  const height = 360;
  const x = logScale(Math.min(...points.map((p) => p.x), 1), Math.max(...points.map((p) => p.x), 1), 60, WIDTH - 20);
  const y = logScale(1, Math.max(...points.map((p) => p.y), 1), height - 40, 34);
  const parts = [
    ...x.ticks.map(
      (t) =>
        `<line class="grid" x1="${fixed(x.place(t))}" x2="${fixed(x.place(t))}" y1="34" y2="${height - 40}"/><text class="tick" x="${fixed(x.place(t))}" y="${height - 24}" text-anchor="middle">${short(t)}</text>`,
    ),
    ...y.ticks.map(
      (t) =>
        `<line class="grid" x1="60" x2="${WIDTH - 20}" y1="${fixed(y.place(t))}" y2="${fixed(y.place(t))}"/><text class="tick" x="52" y="${fixed(y.place(t) + 4)}" text-anchor="end">${short(t)}</text>`,
    ),
    ...lines.map((line, i) => {
      const path = line.points
        .map((p, k) => `${k === 0 ? 'M' : 'L'}${fixed(x.place(p.x))} ${fixed(y.place(p.y))}`)
        .join('');
      return `<path fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2" d="${path}"><title>${escaped(line.label)}</title></path>`;
    }),
    `<text class="tick" x="${WIDTH / 2}" y="${height - 6}" text-anchor="middle">${escaped(xUnit)}</text>`,
  ];
  return figure(
    title,
    yUnit,
    lines.map((l) => l.label),
    height,
    parts,
  );
}

function figure(
  title: string,
  unit: string,
  series: readonly string[],
  height: number,
  parts: readonly string[],
): string {
  const legend = series
    .map((name, i) => `<span><i style="background:${COLOURS[i % COLOURS.length]}"></i>${escaped(name)}</span>`)
    .join(' ');
  return `<figure><figcaption>${escaped(title)} <small>${escaped(unit)}</small></figcaption><div class="legend">${legend}</div><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${parts.join('')}</svg></figure>`;
}
