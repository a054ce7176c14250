/** Wakes those who wait at the end of a log when something was appended, or when they give up waiting. */
export class Appended {
  #count = 0;
  #waiting = new Set<() => void>();

  /** How often something was announced. */
  get count(): number {
    return this.#count;
  }

  announce(): void {
    this.#count += 1;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves once {@link count} has passed `seen` or `signal` is aborted. Take `seen` before looking, to miss nothing. */
  after(seen: number, signal?: AbortSignal): Promise<void> {
    if (this.#count !== seen || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
