import type { OutputFormat } from '#services/cli/options.ts';

/** Writes a result: the answer as it came, or `text` of it. */
export function print<T>(format: OutputFormat, answer: T, text: (answer: T) => string): void {
  process.stdout.write(`${format === 'json' ? JSON.stringify(answer, null, 2) : text(answer)}\n`);
}

/** A time for people: to the minute, UTC. */
export const minute = (iso: string | null): string =>
  iso === null ? '-' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;
