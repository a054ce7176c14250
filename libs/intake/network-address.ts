import { hash64, hashBytes } from '#libs/base/hash64.ts';
import type { AccessEvent } from '#libs/model/access-event.ts';

/**
 * Client addresses as hashes: of the whole address, and of the network that one household, practice or phone operator's
 * gateway usually shares: the /24 of an IPv4 address, the /48 of an IPv6 one (RFC 6177: what a site is given).
 * Spellings of the same address (RFC 5952) have the same hash, IPv4-mapped IPv6 counts as IPv4. What is no address
 * (a name, `unknown`) is hashed as it stands, as its own network: it still tells one source from another.
 */

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const SEED_IPV4 = 4;
const SEED_IPV6 = 6;
const SEED_TEXT = 1;

const ZERO = 48;
const POINT = 46;
const COLON = 58;
const PERCENT = 37;

const binary = new Uint8Array(IPV6_BYTES);

/** Fills network and address of `event` from the text in `bytes[start, end)`; an empty text means "absent". */
export function fillNetwork(event: AccessEvent, bytes: Uint8Array, start: number, end: number): void {
  if (start >= end) {
    event.networkLo = event.networkHi = event.addressLo = event.addressHi = 0;
    return;
  }
  const length = readAddress(bytes, start, end);
  if (length === 0) {
    hashBytes(bytes, start, end, SEED_TEXT);
    event.networkLo = event.addressLo = hash64.lo;
    event.networkHi = event.addressHi = hash64.hi;
    return;
  }
  const seed = length === IPV4_BYTES ? SEED_IPV4 : SEED_IPV6;
  hashBytes(binary, 0, length, seed);
  event.addressLo = hash64.lo;
  event.addressHi = hash64.hi;
  hashBytes(binary, 0, length === IPV4_BYTES ? 3 : 6, seed);
  event.networkLo = hash64.lo;
  event.networkHi = hash64.hi;
}

/** Parses into {@link binary}; returns 4 or 16, the bytes it has, or 0 where the text is no address. */
function readAddress(bytes: Uint8Array, start: number, end: number): number {
  if (readIpv4(bytes, start, end, 0)) return IPV4_BYTES;
  if (!readIpv6(bytes, start, end)) return 0;
  for (let i = 0; i < 10; i++) if (binary[i] !== 0) return IPV6_BYTES;
  if (binary[10] !== 0xff || binary[11] !== 0xff) return IPV6_BYTES;
  binary.copyWithin(0, 12, 16);
  return IPV4_BYTES;
}

/** Dotted decimal of exactly four numbers without leading zeros, into `binary[to..to + 3]`. */
function readIpv4(bytes: Uint8Array, start: number, end: number, to: number): boolean {
  if (end - start > 15) return false;
  let at = start;
  for (let octet = 0; octet < IPV4_BYTES; octet++) {
    if (octet > 0 && bytes[at++] !== POINT) return false;
    const first = at;
    let n = 0;
    while (at < end && at - first < 3) {
      const digit = bytes[at] - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      n = n * 10 + digit;
      at++;
    }
    if (at === first || n > 255 || (bytes[first] === ZERO && at - first > 1)) return false;
    binary[to + octet] = n;
  }
  return at === end;
}

/** RFC 4291, 2.2: groups of hexadecimal digits, one `::`, a dotted tail; a zone (`%eth0`) is left out. */
function readIpv6(bytes: Uint8Array, start: number, end: number): boolean {
  const zone = bytes.subarray(start, end).indexOf(PERCENT);
  if (zone >= 0) end = start + zone;
  let at = start;
  let filled = 0;
  let gap = -1;
  if (end - at >= 2 && bytes[at] === COLON && bytes[at + 1] === COLON) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (filled === IPV6_BYTES) return false;
    let next = at;
    let group = 0;
    while (next < end && next - at < 4) {
      const digit = hexDigit(bytes[next]);
      if (digit < 0) break;
      group = group * 16 + digit;
      next++;
    }
    if (next === at) return false;
    if (next < end && bytes[next] === POINT) {
      if (filled > 12 || !readIpv4(bytes, at, end, filled)) return false;
      filled += IPV4_BYTES;
      break;
    }
    binary[filled++] = group >> 8;
    binary[filled++] = group & 255;
    if (next === end) break;
    if (bytes[next] !== COLON) return false;
    at = next + 1;
    if (at === end) return false;
    if (bytes[at] === COLON) {
      if (gap >= 0) return false;
      gap = filled;
      at++;
    }
  }
  if (gap < 0) return filled === IPV6_BYTES;
  if (filled > IPV6_BYTES - 2) return false;
  binary.copyWithin(IPV6_BYTES - (filled - gap), gap, filled);
  binary.fill(0, gap, IPV6_BYTES - (filled - gap));
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= ZERO + 9) return byte - ZERO;
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
