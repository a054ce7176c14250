/** What a check found: one thing, whether it is well, and what to do where it is not. No secret is ever in it. */
export interface Finding {
  /** `kafka`, `store`, `connector keycloak`, … */
  readonly part: string;
  readonly verdict: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** '' where nothing is to be done. */
  readonly todo: string;
}

export const isWell = (part: string, found: string): Finding => ({ part, verdict: 'ok', found, todo: '' });
export const warns = (part: string, found: string, todo: string): Finding => ({
  part,
  verdict: 'warning',
  found,
  todo,
});
export const isWrong = (part: string, found: string, todo: string): Finding => ({
  part,
  verdict: 'problem',
  found,
  todo,
});

/** What an error says, first line only. */
export const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).split('\n')[0] ?? '';

/**
 * The findings of a check; one that throws or takes longer than `limitMs` is itself a problem, and the others go on.
 * @param todo what to look at then
 */
export async function examine(
  part: string,
  todo: string,
  limitMs: number,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const timeout = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(() => {
    timeout.resolve([isWrong(part, `no answer within ${limitMs / 1000} s`, todo)]);
  }, limitMs);
  try {
    return await Promise.race([check(), timeout.promise]);
  } catch (error) {
    return [isWrong(part, wordsOf(error), todo)];
  } finally {
    clearTimeout(timer);
  }
}
