import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's own sources and what they import, for tests of structure. */

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Files of the repository that it imports, types included; from the root. */
  readonly imports: readonly string[];
  /** Those of them that it needs when it runs. */
  readonly runtimeImports: readonly string[];
  /** Everything else it imports: packages and Node's own modules. */
  readonly packages: readonly string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s+'([^']+)'/g;

/** All TypeScript files below the given folders. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readSource(relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const found = [...text.matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3];
    return { name, own: resolveOwn(path, name), isType: /^\s*(?:import|export) type\b/.test(match[0]) };
  });
  const own = (wanted: typeof found) => wanted.map((i) => i.own).filter((target) => target !== undefined);
  return {
    path,
    text,
    imports: own(found),
    runtimeImports: own(found.filter((i) => !i.isType)),
    packages: found.filter((i) => i.own === undefined).map((i) => i.name),
  };
}

function resolveOwn(from: string, name: string): string | undefined {
  if (name.startsWith('#')) return name.slice(1);
  if (name.startsWith('.')) return posix.join(dirname(from), name);
  return undefined;
}

/** What `starts` reach through imports at run time, themselves included, each with one way there. */
export function reachedFrom(starts: readonly string[], files: readonly SourceFile[]): Map<string, string[]> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const ways = new Map(starts.map((start) => [start, [start]]));
  for (const [path, way] of ways) {
    for (const next of byPath.get(path)?.runtimeImports ?? []) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return ways;
}
