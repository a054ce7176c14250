import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { ServiceConfig } from './schema.ts';
import { serviceConfigSchema } from './schema.ts';

/**
 * Reads a service's configuration (YAML). Paths in it are taken from the file's own folder.
 * @throws CommandFailure with exit code 78 that names each wrong field
 */
export function loadServiceConfig(file: string): ServiceConfig {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof YAMLParseError ? error.message : reasonOf(error);
    throw new CommandFailure(`${file}: ${why}`, EXIT.configuration);
  }
  const parsed = serviceConfigSchema.safeParse(value ?? {});
  if (!parsed.success) {
    const lines = parsed.error.issues.map((i) => `${file}: ${i.path.join('.') || 'file'}: ${i.message}`);
    throw new CommandFailure(lines.join('\n'), EXIT.configuration);
  }
  return withPathsFrom(dirname(resolve(file)), parsed.data) as ServiceConfig;
}

/** A secret from a file: without the line end that editors put there. @throws CommandFailure with exit code 78 */
export function readSecret(file: string): Buffer {
  try {
    const bytes = readFileSync(file);
    const end = bytes.at(-1) === 10 ? bytes.length - 1 : bytes.length;
    return bytes.subarray(0, end);
  } catch (error) {
    throw new CommandFailure(`${file}: ${reasonOf(error)}`, EXIT.configuration);
  }
}

const PATH_FIELDS = /^(folder|checkpoints|file)$|_file$/;

function withPathsFrom(folder: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => withPathsFrom(folder, v));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, v]) => [
      name,
      typeof v === 'string' && PATH_FIELDS.test(name)
        ? resolve(folder, v)
        : name.endsWith('_files') && Array.isArray(v)
          ? v.map((path) => resolve(folder, String(path)))
          : withPathsFrom(folder, v),
    ]),
  );
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    EISDIR: 'is a directory',
    EACCES: 'may not be read: permission denied',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}
