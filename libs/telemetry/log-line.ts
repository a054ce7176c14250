/**
 * Structured log lines: one JSON object a line, with a time, a level and the event's name. No account, no person and no
 * record's content is ever logged, so there is nothing here that could hide them.
 */

/** From the least to the most urgent. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What an outside library says in an error may be long: a line keeps so many characters of a field. */
const LONGEST_FIELD = 500;

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
  const from = LOG_LEVELS.indexOf(lowest);
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < from) return;
    const line = { time: new Date(nowMs()).toISOString(), level, service, event, ...fields };
    write(`${JSON.stringify(line, shortened)}\n`);
  };
}

/** A field as it is written: what is cut off is said. */
const shortened = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > LONGEST_FIELD
    ? `${value.slice(0, LONGEST_FIELD)}… (${value.length} characters)`
    : value;

/** What an error says, for a log line: its name and message, not its stack. */
export const errorFields = (error: unknown): LogFields =>
  error instanceof Error
    ? { error: error.name, message: error.message }
    : { error: typeof error, message: String(error) };
