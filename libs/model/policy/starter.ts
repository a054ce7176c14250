import type { SchemaNode } from './allowed.ts';
import { allowedAt, jsonSchemaOf } from './allowed.ts';
import { policySchema } from './schema.ts';

const HEAD = `# Policy of Vigie: when an account is suspected, and what is done about it.
# Everything is optional: a line that starts with # shows the default. Check with \`vigie policy validate\`.
# To watch without touching any account, set response.mode to observe.
`;

/** The starter file: every field as a comment with its meaning, what may stand there, and its default. */
export function starterFile(): string {
  const { version, ...sections } = jsonSchemaOf(policySchema).properties ?? {};
  const lines = [HEAD, `version: ${String(version?.default ?? 1)}`];
  for (const [name, node] of Object.entries(sections)) lines.push('', ...field(name, node, 0));
  return `${lines.join('\n')}\n`;
}

function field(name: string, node: SchemaNode, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const lines = node.description ? [`${indent}## ${node.description}`] : [];
  if (node.properties && !node.anyOf) {
    lines.push(`${indent}# ${name}:`);
    for (const [inner, child] of Object.entries(node.properties)) lines.push(...field(inner, child, depth + 1));
    return lines;
  }
  const allowed = allowedAt(node);
  return [...lines, `${indent}# ${name}: ${JSON.stringify(node.default)}${allowed ? `   # ${allowed}` : ''}`];
}
