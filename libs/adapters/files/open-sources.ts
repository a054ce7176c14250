import { access, constants, open, stat } from 'node:fs/promises';
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import { foreignFormat } from './compression.ts';

/**
 * Looks at every file before the first one is read: a mistyped name among twenty should not come up after an hour.
 */

/** Standard input. */
export const STDIN = '-';

/** A file, named pipe or standard input that can be read. */
export interface FileSource {
  /** As the user named it. */
  readonly path: string;
  /** Bytes of a regular file as it is stored; undefined for pipes and standard input. */
  readonly bytes: number | undefined;
}

export interface SourceError {
  readonly code: 'not_found' | 'is_directory' | 'no_permission' | 'unsupported' | 'read_failed';
  readonly path: string;
  /** What is wrong and what to do about it, for people. */
  readonly message: string;
}

const MAGIC_BYTES = 8;

/** Checks that each path can be read; the first that cannot is the error. */
export async function openSources(paths: readonly string[]): Promise<Result<FileSource[], SourceError>> {
  const sources: FileSource[] = [];
  for (const path of paths) {
    if (path === STDIN && sources.some((source) => source.path === STDIN)) {
      return err({ code: 'unsupported', path, message: 'standard input (-) can be read only once' });
    }
    const source = path === STDIN ? ok({ path, bytes: undefined }) : await openSource(path);
    if (!source.ok) return source;
    sources.push(source.value);
  }
  return ok(sources);
}

async function openSource(path: string): Promise<Result<FileSource, SourceError>> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) {
      const message = `${path} is a directory: name the files in it, for instance ${path.replace(/\/$/, '')}/*`;
      return err({ code: 'is_directory', path, message });
    }
    await access(path, constants.R_OK);
    if (!stats.isFile()) return ok({ path, bytes: undefined });
    const advice = foreignFormat(await firstBytes(path));
    if (advice !== undefined) return err({ code: 'unsupported', path, message: `${path} cannot be read: ${advice}` });
    return ok({ path, bytes: stats.size });
  } catch (error) {
    return err(describeFileError(path, error));
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** An error of the file system in words. */
export function describeFileError(path: string, error: unknown): SourceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'not_found', path, message: `${path} does not exist: check the name (- is standard input)` };
    case 'EACCES':
    case 'EPERM':
      return { code: 'no_permission', path, message: `${path} may not be read by this user: check its permissions` };
    case 'EISDIR':
      return { code: 'is_directory', path, message: `${path} is a directory: name the files in it` };
    default:
      return { code: 'read_failed', path, message: `${path} cannot be read (${code})` };
  }
}
