import { Document, isCollection, isPair, isScalar, visit } from 'yaml';

/**
 * Plain data as YAML for people: a comment at its head, and what belongs together on one line.
 * @param lineWidth characters after which a line is broken; 0: never
 */
export function yamlText(value: unknown, head: string, lineWidth = 120): string {
  const document = new Document(value);
  document.commentBefore = head;
  visit(document, {
    Collection(key, node) {
      if (key === null || !node.items.every((item) => isFlat(isPair(item) ? item.value : item))) return;
      node.flow = true;
    },
  });
  return document.toString({ lineWidth });
}

const isFlat = (value: unknown): boolean => isScalar(value) || (isCollection(value) && value.items.every(isScalar));
