/** One measured figure: the median of its runs. */
export interface Figure {
  readonly value: number;
  readonly unit: string;
  readonly runs: readonly number[];
}
export type Figures = Record<string, Figure>;

/** Runs `measure` once to warm up and `times` more, and keeps the median. */
export async function median(times: number, unit: string, measure: () => number | Promise<number>): Promise<Figure> {
  await measure();
  const runs: number[] = [];
  for (let i = 0; i < times; i++) runs.push(await measure());
  return figureOf(runs, unit);
}

export function figureOf(runs: readonly number[], unit: string): Figure {
  const sorted = [...runs].sort((a, b) => a - b);
  const round = (n: number) => Number(n.toPrecision(5));
  return { value: round(sorted[Math.floor(sorted.length / 2)]!), unit, runs: runs.map(round) };
}
