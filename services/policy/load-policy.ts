import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Result } from '#libs/base/result.ts';
import { err } from '#libs/base/result.ts';
import type { FileProblem, Policy, PolicyOverride } from '#libs/model/policy/index.ts';
import { defaultPolicy, formatProblem, parseCalibration, parsePolicy } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';

/**
 * Reads a policy from disk, the calibration file it names beside it.
 * @param file `-` reads standard input
 */
export function readPolicy(file: string, overrides: readonly PolicyOverride[] = []): Result<Policy, FileProblem[]> {
  const text = readText(file);
  if (typeof text !== 'string') return err([unreadable(file, '', text)]);
  const name = file === '-' ? 'standard input' : file;
  return parsePolicy(
    { name, text },
    (path) => {
      const calibrationFile = resolve(file === '-' ? '.' : dirname(file), path);
      const calibration = readText(calibrationFile);
      return typeof calibration === 'string'
        ? parseCalibration({ name: path, text: calibration })
        : err([unreadable(name, 'calibration', calibration, basename(calibrationFile))]);
    },
    overrides,
  );
}

/** The policy of `file`, or the built-in defaults without one. @throws CommandFailure with exit code 78 */
export function loadPolicy(file: string | undefined, overrides: readonly PolicyOverride[] = []): Policy {
  if (file === undefined && overrides.length === 0) return defaultPolicy();
  const read: Result<Policy, FileProblem[]> =
    file === undefined
      ? parsePolicy({ name: 'built-in defaults', text: '' }, undefined, overrides)
      : readPolicy(file, overrides);
  if (read.ok) return read.value;
  throw new CommandFailure(problemText(read.error), EXIT.configuration);
}

/** All problems, one a line. */
export const problemText = (problems: readonly FileProblem[]): string => problems.map(formatProblem).join('\n');

function readText(file: string): string | NodeJS.ErrnoException {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function unreadable(file: string, path: string, error: NodeJS.ErrnoException, what = 'the file'): FileProblem {
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    EISDIR: 'is a directory',
    EACCES: 'may not be read: permission denied',
  };
  const message = `${what} ${why[error.code ?? ''] ?? `cannot be read (${error.code ?? error.message})`}`;
  return { file, line: 0, column: 0, path, message, found: '', allowed: '' };
}
