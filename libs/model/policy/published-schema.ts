import type { SchemaNode } from './allowed.ts';
import { jsonSchemaOf } from './allowed.ts';
import { policySchema } from './schema.ts';

/** JSON Schema of the policy file, as `vigie policy schema` prints it: editors check and complete by it. */
export function policyJsonSchema(): SchemaNode & { readonly title: string } {
  const { $schema, ...rest } = jsonSchemaOf(policySchema) as SchemaNode & { readonly $schema: string };
  return { $schema, title: 'Vigie policy', ...rest } as SchemaNode & { readonly title: string };
}
