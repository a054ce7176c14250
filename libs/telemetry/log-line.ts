/**
 * Structured log lines: one JSON object a line, with a time, a level and the event's name. No account, no person and no
 * record's content is ever logged, so there is nothing here that could hide them.
 */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Figures and names that go with an event. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Logger = (level: LogLevel, event: string, fields?: LogFields) => void;

/**
 * A logger that hands finished lines to `write`.
 * @param lowest lines below this level are left out
 */
export function createLogger(
  service: string,
  nowMs: () => number,
  write: (line: string) => void,
  lowest: LogLevel = 'info',
): Logger {
  const from = LEVELS.indexOf(lowest);
  return (level, event, fields = {}) => {
    if (LEVELS.indexOf(level) < from) return;
    write(`${JSON.stringify({ time: new Date(nowMs()).toISOString(), level, service, event, ...fields })}\n`);
  };
}

/** What an error says, for a log line: its name and message, not its stack. */
export const errorFields = (error: unknown): LogFields =>
  error instanceof Error
    ? { error: error.name, message: error.message }
    : { error: typeof error, message: String(error) };
