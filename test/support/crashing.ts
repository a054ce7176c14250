/** The process died here: nothing of it runs any further. */
export class Crash extends Error {}

/**
 * A process that dies at its `at`-th call to the world: before the call is made, or after it was made and before its
 * answer is known. From then on every call fails without being made, as if nobody were there to make it.
 */
export class CrashPoint {
  calls = 0;
  readonly #at: number;
  readonly #when: 'before' | 'after';
  dead = false;
  constructor(at: number, when: 'before' | 'after') {
    this.#at = at;
    this.#when = when;
  }

  /** `target` with every method counted. Methods that return no promise are counted the same way. */
  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.#call(() => Reflect.apply(member, object, args));
      },
    });
  }

  #call(make: () => unknown): unknown {
    if (this.dead) throw new Crash('dead');
    this.calls += 1;
    if (this.calls !== this.#at) return make();
    this.dead = true;
    if (this.#when === 'before') throw new Crash('dead');
    const result = make();
    if (!(result instanceof Promise)) throw new Crash('dead');
    const died = result.then(() => {
      throw new Crash('dead');
    });
    // Whoever waited for it may be gone by then: the next call of the same line throws at once.
    died.catch(() => {});
    return died;
  }
}
