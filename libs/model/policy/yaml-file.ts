import type { Document, Node, Pair } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';
import type { SchemaNode } from './allowed.ts';
import { allowedAt, fieldsOf, jsonSchemaOf, schemaAt } from './allowed.ts';
import { nearestName } from './nearest.ts';
import type { FileProblem } from './problem.ts';
import { shown } from './problem.ts';

/** A file as read: the name is only for messages. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

/** Where a path stands in a file. */
export type Locate = (path: readonly PropertyKey[], onKey?: boolean) => { line: number; column: number };

/** A file longer than this is no policy. */
const MAX_CHARACTERS = 1_000_000;
const MAX_ALIASES = 50;

/** YAML to plain data; all syntax errors at once. An empty file is an empty object. */
export function readYaml(source: SourceText): Result<{ value: unknown; locate: Locate }, FileProblem[]> {
  const whole = (message: string) => err([problemAt(source.name, { line: 0, column: 0 }, [], message)]);
  if (source.text.length > MAX_CHARACTERS) return whole(`longer than ${MAX_CHARACTERS} characters`);
  const lines = new LineCounter();
  const document = parseDocument(source.text, {
    lineCounter: lines,
    version: '1.2',
    strict: true,
    prettyErrors: false,
  });
  // A warning (an unknown tag) means that a value was not read as its writer meant it.
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) {
    return err(
      troubles.map((error) => {
        const at = lines.linePos(error.pos[0]);
        return problemAt(source.name, { line: at.line, column: at.col }, [], `not valid YAML: ${error.message}`);
      }),
    );
  }
  try {
    return ok({ value: document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}, locate: locator(document, lines) });
  } catch (error) {
    return whole(`not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The nearest place that exists: a missing field is shown where its parent is. */
function locator(document: Document, lines: LineCounter): Locate {
  return (path, onKey = false) => {
    for (let depth = path.length; depth >= 0; depth--) {
      const steps = path.slice(0, depth);
      const last = steps.at(-1);
      const parent: unknown = depth === 0 ? undefined : document.getIn(steps.slice(0, -1), true);
      const node: unknown = depth === 0 ? document.contents : document.getIn(steps, true);
      const pair = isMap(parent) ? parent.items.find((p: Pair) => keyText(p) === String(last)) : undefined;
      const at = onKey && isNode(pair?.key) ? pair.key : isNode(node) ? node : isNode(pair?.key) ? pair.key : undefined;
      if (at?.range) {
        const place = lines.linePos((at as Node).range![0]);
        return { line: place.line, column: place.col };
      }
    }
    return { line: 1, column: 1 };
  };
}

const keyText = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

function problemAt(
  file: string,
  at: { line: number; column: number },
  path: readonly PropertyKey[],
  message: string,
  found = '',
  allowed = '',
): FileProblem {
  return { file, line: at.line, column: at.column, path: path.map(String).join('.'), message, found, allowed };
}

/** Checks plain data against a schema; every error at once, in the file's order. */
export function checkAgainst<S extends z.ZodType>(
  schema: S,
  value: unknown,
  file: string,
  locate: Locate,
): Result<z.output<S>, FileProblem[]> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const root = jsonSchemaOf(schema);
  const problems = parsed.error.issues.flatMap((issue) => explain(issue, value, file, locate, root));
  return err(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

function explain(
  issue: z.core.$ZodIssue,
  value: unknown,
  file: string,
  locate: Locate,
  root: SchemaNode,
): FileProblem[] {
  const { path } = issue;
  const node = schemaAt(root, path);
  const found = valueAt(value, path);
  if (issue.code === 'unrecognized_keys') {
    const names = fieldsOf(node);
    return issue.keys.map((key) => {
      const near = nearestName(key, names);
      const message = near === undefined ? 'unknown field' : `unknown field; did you mean ${near}?`;
      return problemAt(file, locate([...path, key], true), [...path, key], message, '', names.join(', '));
    });
  }
  if (issue.code === 'invalid_union' && found !== null && typeof found === 'object') {
    // Of several forms, speak of the one that was meant: an object for an object.
    const deeper = issue.errors.find((e) => !e.some((i) => i.path.length === 0 && i.code !== 'unrecognized_keys'));
    if (deeper) {
      return deeper.flatMap((inner) =>
        explain({ ...inner, path: [...path, ...inner.path] } as z.core.$ZodIssue, value, file, locate, root),
      );
    }
  }
  const missing = found === undefined && path.length > 0;
  const near = typeof found === 'string' && node?.enum ? nearestName(found, node.enum.map(String)) : undefined;
  const wrong = issue.code === 'custom' ? issue.message : 'this cannot stand here';
  const message = missing ? 'a value is missing' : near === undefined ? wrong : `${wrong}; did you mean ${near}?`;
  return [problemAt(file, locate(path), path, message, missing ? '' : shown(found), allowedAt(node))];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return at;
}

/** A problem that a schema cannot see (two fields that contradict each other). */
export const fieldProblem = (
  file: string,
  locate: Locate,
  path: readonly PropertyKey[],
  message: string,
  found: unknown,
  allowed: string,
): FileProblem => problemAt(file, locate(path), path, message, shown(found), allowed);
