import type { Logger } from '#libs/telemetry/log-line.ts';

const MINUTE_MS = 60_000;
const MOST_LINES = 60;

type Fields = Parameters<Logger>[2];

/**
 * Log lines of refused requests, at most {@link MOST_LINES} a minute: whoever makes noise must not fill the disk. What was
 * left out is counted in the next line that is written.
 */
export function createRefusalLog(logger: Logger, nowMs: () => number) {
  let beganMs = 0;
  let lines = 0;
  let leftOut = 0;
  return (event: string, fields: NonNullable<Fields>): void => {
    const now = nowMs();
    if (now < beganMs || now >= beganMs + MINUTE_MS) {
      beganMs = now;
      lines = 0;
    }
    lines += 1;
    if (lines > MOST_LINES) {
      leftOut += 1;
      return;
    }
    logger('warn', event, leftOut > 0 ? { ...fields, left_out_before: leftOut } : fields);
    leftOut = 0;
  };
}
export type RefusalLog = ReturnType<typeof createRefusalLog>;
