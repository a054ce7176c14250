/**
 * One line on a terminal's stderr that says how far a command has come, how fast it goes and how long it will take.
 * Where stderr is no terminal nothing is written.
 */
export interface ProgressReport {
  /** What is counted, so far. */
  readonly count: number;
  /** How much of the work is done, in any unit; `of` is 0 where the end is unknown (standard input). */
  readonly done: number;
  readonly of: number;
}

export interface Progress {
  /** Cheap to call often: writes at most five times a second. */
  update(report: ProgressReport): void;
  /** Takes the line away. */
  clear(): void;
}

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const EVERY_MS = 200;

/** @param unit plural noun of what is counted @param nowMs any steady clock, ms */
export function createProgress(
  unit: string,
  screen: Screen = process.stderr,
  nowMs: () => number = () => performance.now(),
): Progress {
  if (!screen.isTTY) return { update() {}, clear() {} };
  const started = nowMs();
  let written = -Infinity;
  return {
    update(report) {
      const now = nowMs();
      if (now - written < EVERY_MS) return;
      written = now;
      const line = progressLine(unit, report, now - started);
      screen.write(`\r\u001b[K${line.slice(0, Math.max(20, (screen.columns ?? 80) - 1))}`);
    },
    clear() {
      if (written > -Infinity) screen.write('\r\u001b[K');
    },
  };
}

/** `1,200,000 events  310,000/s  42 %  0:05 left`. */
export function progressLine(unit: string, { count, done, of }: ProgressReport, elapsedMs: number): string {
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const parts = [
    `${count.toLocaleString('en-GB')} ${unit}`,
    `${Math.round(count / seconds).toLocaleString('en-GB')}/s`,
  ];
  if (of > 0) {
    const share = Math.min(1, done / of);
    parts.push(`${Math.floor(share * 100)} %`);
    if (share > 0) parts.push(`${clockTime((seconds * (1 - share)) / share)} left`);
  }
  return parts.join('  ');
}

function clockTime(seconds: number): string {
  const s = Math.round(seconds);
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
