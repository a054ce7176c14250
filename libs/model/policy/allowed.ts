import { z } from 'zod';
import { shown } from './problem.ts';

/**
 * What may stand at a place of a file, in words, read from the file's own schema: messages cannot disagree with what is
 * accepted.
 */

/** The parts of JSON Schema that zod writes for our files. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** Of a table whose names are a list: what stands at each, and the list. */
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** JSON Schema (2020-12) of what people may write, defaults included. */
export const jsonSchemaOf = (schema: z.ZodType): SchemaNode => z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;

/** The schema at a path; where a place has several forms, the one that has the next step of the path. */
export function schemaAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode | undefined {
  let nodes: readonly SchemaNode[] = [root];
  for (const step of path) {
    const next: SchemaNode[] = [];
    for (const node of nodes.flatMap((n) => n.anyOf ?? [n])) {
      const child = typeof step === 'number' ? node.items : (node.properties?.[String(step)] ?? ofEach(node));
      if (child) next.push(child);
    }
    nodes = next;
  }
  return nodes[0];
}

const ofEach = ({ additionalProperties: each }: SchemaNode): SchemaNode | undefined =>
  typeof each === 'object' ? each : undefined;

/** Field names that may stand in the object at `node`. */
export const fieldsOf = (node: SchemaNode | undefined): readonly string[] =>
  (node?.anyOf ?? (node ? [node] : [])).flatMap((n) =>
    n.properties === undefined ? (n.propertyNames?.enum ?? []).map(String) : Object.keys(n.properties),
  );

/** `a number from 0.5 to 200`, `one of observe, approve, auto`, … */
export function allowedAt(node: SchemaNode | undefined): string {
  if (!node) return '';
  if (node.anyOf) return [...new Set(node.anyOf.map(allowedAt))].filter(Boolean).join(', or ');
  if (node.enum) return `one of ${node.enum.map(String).join(', ')}`;
  if (node.const !== undefined) return shown(node.const);
  switch (node.type) {
    case 'number':
    case 'integer':
      return `${node.type === 'integer' ? 'a whole number' : 'a number'}${range(node)}`;
    case 'string':
      return text(node);
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list of ${allowedAt(node.items) || 'values'}`;
    case 'object':
      return `fields ${Object.keys(node.properties ?? {}).join(', ')}`;
    default:
      return '';
  }
}

const isSafe = (n: number | undefined): n is number => n !== undefined && Math.abs(n) < Number.MAX_SAFE_INTEGER;

function range(node: SchemaNode): string {
  const low = isSafe(node.minimum) ? ` from ${node.minimum}` : node.exclusiveMinimum === 0 ? ' above 0' : '';
  const high = isSafe(node.maximum) ? ` to ${node.maximum}` : '';
  return low.startsWith(' above') && high !== '' ? `${low} and up${high}` : `${low}${high}`;
}

function text(node: SchemaNode): string {
  if (node.format === 'date') return 'a date like 2026-12-31';
  if (node.format === 'date-time') return 'a date and time like 2026-12-31T18:00:00+01:00';
  if (node.minLength !== undefined)
    return `a text of ${node.minLength} to ${node.maxLength ?? 'any number of'} characters`;
  return node.pattern === undefined ? 'a text' : `a text that matches ${node.pattern}`;
}
