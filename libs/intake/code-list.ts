/**
 * Finds a name of a closed list by its bytes: the hot path turns `rights.read` into a small integer without making a
 * string of it.
 */
export class CodeList {
  /** Candidates by their length in bytes. */
  readonly #byLength: { readonly code: number; readonly bytes: Uint8Array }[][] = [];

  constructor(names: readonly string[]) {
    for (const [code, name] of names.entries()) {
      const bytes = new TextEncoder().encode(name);
      while (this.#byLength.length <= bytes.length) this.#byLength.push([]);
      this.#byLength[bytes.length].push({ code, bytes });
    }
  }

  /** Position in the list of the name in `bytes[start, end)`, -1 where it is not in it. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length >= this.#byLength.length) return -1;
    const candidates = this.#byLength[length];
    for (let c = 0; c < candidates.length; c++) {
      const candidate = candidates[c].bytes;
      let i = 0;
      while (i < length && candidate[i] === bytes[start + i]) i++;
      if (i === length) return candidates[c].code;
    }
    return -1;
  }
}
