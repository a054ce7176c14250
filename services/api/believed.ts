import { hash } from 'node:crypto';

/**
 * What was found out about tokens a moment ago: a gateway shows the same ones with every request, and checking a signature
 * costs more than all the rest of an answer. Only a token's hash is kept.
 */
export interface Believed<T> {
  /** What was found of this text; `undefined` where it is not known, or no longer believed. */
  get(text: string, nowMs: number): T | undefined;
  /** @param untilMs until when it may be believed */
  put(text: string, found: T, untilMs: number): void;
}

/** @param most remembered at a time: past it the oldest is checked anew when it comes again */
export function createBelieved<T>(most: number): Believed<T> {
  const byHash = new Map<string, { readonly found: T; readonly untilMs: number }>();
  const keyOf = (text: string) => hash('sha256', text, 'base64');
  return {
    get(text, nowMs) {
      const key = keyOf(text);
      const known = byHash.get(key);
      if (known && nowMs < known.untilMs) return known.found;
      byHash.delete(key);
      return undefined;
    },
    put(text, found, untilMs) {
      if (byHash.size >= most) byHash.delete(byHash.keys().next().value!);
      byHash.set(keyOf(text), { found, untilMs });
    },
  };
}
