/** A full avalanche of 32 bits (murmur3's finaliser): test people must be as well mixed as pseudonyms are. */
export function hash32(n: number): number {
  let x = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
