import type { ResponseStore } from '#libs/ports/store.ts';

/** deadlock_detected, serialization_failure: the server has rolled one of two transactions back and asks to repeat it. */
const REPEATABLE: ReadonlySet<unknown> = new Set(['40P01', '40001']);
const TRIES = 5;

/** A commit that the server rolled back in favour of another one is made again; every other error goes to the caller. */
export function retriedCommit(commit: ResponseStore['commit']): ResponseStore['commit'] {
  return async (change) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await commit(change);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (tries >= TRIES || !REPEATABLE.has(code)) throw error;
      }
    }
  };
}
