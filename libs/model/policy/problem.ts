/** One thing that is wrong with a file that people write, said so that they can mend it. */
export interface FileProblem {
  readonly file: string;
  /** From 1; 0 where the file has no such place (an empty file, a missing one). */
  readonly line: number;
  readonly column: number;
  /** Dotted path of the field, '' for the whole file. */
  readonly path: string;
  readonly message: string;
  /** The value that stands there, shortened; '' where there is none. */
  readonly found: string;
  /** What may stand there, in words; '' where the message says it all. */
  readonly allowed: string;
}

/** `policy.yaml:3:12: rungs.suspend: … (found 900; allowed: a number from 0.5 to 200)`. */
export function formatProblem(problem: FileProblem): string {
  const { file, line, column, path, message, found, allowed } = problem;
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  const extra = [found === '' ? '' : `found ${found}`, allowed === '' ? '' : `allowed: ${allowed}`].filter(Boolean);
  return `${place}: ${path === '' ? '' : `${path}: `}${message}${extra.length > 0 ? ` (${extra.join('; ')})` : ''}`;
}

/** A value for a message: JSON, at most 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
