/**
 * Accounts of a web log that say in their user agent that they are robots. The detector never sees a user agent; this
 * side table only checks afterwards whom it found.
 */
const DECLARED = /bot|crawl|spider|slurp|feed|fetch|archiver|curl|wget|libwww|python-|java\/|go-http-client/i;

/** Accounts remembered; more are counted and said. */
const MAX_ACCOUNTS = 1_000_000;

export class DeclaredRobots {
  readonly #robots = new Set<string>();
  #overflow = 0;

  see(accountId: string, userAgent: string): void {
    if (userAgent === '' || this.#robots.has(accountId) || !DECLARED.test(userAgent)) return;
    if (this.#robots.size < MAX_ACCOUNTS) this.#robots.add(accountId);
    else this.#overflow++;
  }

  get size(): number {
    return this.#robots.size;
  }

  /** Requests of robots that no longer fitted: 0 unless the table was full. */
  get overflow(): number {
    return this.#overflow;
  }

  has(accountId: string): boolean {
    return this.#robots.has(accountId);
  }

  toJSON(): unknown {
    return [[...this.#robots], this.#overflow];
  }

  load(saved: unknown): void {
    const [robots, overflow] = saved as [string[], number];
    for (const account of robots) this.#robots.add(account);
    this.#overflow = overflow;
  }
}
