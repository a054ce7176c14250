/**
 * Where requests come from, as two numbers that say everything: a device and a network. Their text (identifier, user
 * agent, address, operator) is a pure function of the number, so nothing has to be kept, and a thief's devices and
 * networks are made by the same functions as everybody's.
 *
 * Addresses are private or documentation ranges (10/8, 2001:db8::/32) and operators' numbers are those kept for
 * documentation (RFC 5398): no real network is named.
 */

import type { Random } from '#libs/base/random.ts';
import { mix32 } from '#libs/base/random.ts';

/** Kind in bits 28-30, the rest chooses within it. */
export type Network = number;
export type Device = number;

const FIXED = 0;
const MOBILE = 1;
const ORGANISATION = 2;
const HOSTING = 3;
const ABROAD = 4;
const SERVER = 5;
const POOLS_OF_AN_OPERATOR = 48;
const POOLS_OF_A_SUBSCRIBER = 7;
const POOL_ADDRESSES = 250;
const kindOf = (network: Network): number => network >>> 28;
const network = (kind: number, payload: number): Network => ((kind << 28) | (payload & 0x0fffffff)) >>> 0;

/** First of the numbers kept for documentation: four fixed-line operators, four mobile ones, then the other kinds. */
const FIRST_ASN = 64496;

/** A subscriber's line; `subscriber` is any number. */
export const fixedLine = (subscriber: number): Network => network(FIXED, mix32(subscriber, 0xf1));
/** The network of a hospital or chain, by its number. */
export const organisationNetwork = (organisation: number): Network => network(ORGANISATION, mix32(organisation, 0x0f6));
export const serverNetwork = (n: number): Network => network(SERVER, mix32(n, 0x5e7));
/**
 * A mobile operator's shared address at this moment: 4 operators with 48 pools of a /24 each, in which thousands meet. One
 * subscriber is met in a few pools of one operator.
 */
export function mobileNetwork(subscriber: number, random: Random): Network {
  const operator = mix32(subscriber, 0x30b) & 3;
  const pool = mix32(subscriber, random.int(POOLS_OF_A_SUBSCRIBER)) % POOLS_OF_AN_OPERATOR;
  return network(MOBILE, (operator * POOLS_OF_AN_OPERATOR + pool) * POOL_ADDRESSES + random.int(POOL_ADDRESSES));
}
export const hostingNetwork = (n: number): Network => network(HOSTING, mix32(n, 0x405));
export const foreignNetwork = (random: Random): Network => network(ABROAD, random.int(1 << 20));
export const deviceNumber = (owner: number, n: number): Device => mix32(owner ^ 0x0de71ce, n) | 0;

export interface SourceText {
  readonly ip: string;
  readonly asn: number;
  readonly country: string;
  readonly device: string;
  readonly userAgent: string;
}

const BROWSERS = [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/14$.0.0.0 Safari/537.36',
    40,
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/14$.0.0.0 Safari/537.36 Edg/14$.0.0.0',
    28,
  ],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:14$.0) Gecko/20100101 Firefox/14$.0', 14],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.$ Safari/605.1.15',
    9,
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_$ like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.$ Mobile/15E148 Safari/604.1',
    5,
  ],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/14$.0.0.0 Mobile Safari/537.36', 4],
] as const;
const PROGRAMS = [
  'LogicielPratique/7.$',
  'OfficineGestion/12.$',
  'OptiVente/5.$',
  'DentaSuite/3.$',
  'LaboFlux/9.$',
  'HopitalADM/21.$',
];
const BROWSER_TABLE = BROWSERS.flatMap(([text, weight]) => new Array<string>(weight).fill(text));
const NEIGHBOURS = ['BE', 'ES', 'CH', 'IT', 'PT', 'MA', 'DE', 'GB'];

function addressOf(n: Network, device: Device): { ip: string; asn: number; country: string } {
  const kind = kindOf(n);
  const payload = n & 0x0fffffff;
  const h = mix32(payload, kind);
  if (kind === MOBILE) {
    const pool = Math.floor(payload / POOL_ADDRESSES);
    return {
      ip: `10.${200 + (pool >> 6)}.${pool & 63}.${1 + (payload % POOL_ADDRESSES)}`,
      asn: FIRST_ASN + 4 + Math.floor(pool / POOLS_OF_AN_OPERATOR),
      country: 'FR',
    };
  }
  if (kind === ORGANISATION)
    return { ip: `10.${190 + (h & 7)}.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 12)}`, asn: FIRST_ASN + 8, country: 'FR' };
  if (kind === SERVER)
    return {
      ip: `10.${180 + (h & 7)}.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 250)}`,
      asn: FIRST_ASN + 9,
      country: 'FR',
    };
  if (kind === HOSTING)
    return {
      ip: `10.${170 + (h & 7)}.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 250)}`,
      asn: FIRST_ASN + 10 + (h % 3),
      country: 'FR',
    };
  if (kind === ABROAD)
    return {
      ip: `10.${210 + (h & 31)}.${(h >>> 8) & 255}.${1 + ((h >>> 16) % 250)}`,
      asn: FIRST_ASN + 13 + (h % 3),
      country: NEIGHBOURS[(h >>> 5) & 7]!,
    };
  const asn = FIRST_ASN + operatorOf(h);
  // A quarter of the lines speak IPv6: the /48 is the subscriber's, the rest the device's.
  if (h % 4 === 0)
    return {
      ip: `2001:db8:${((h >>> 8) & 0xffff).toString(16)}::${(device & 0xffff || 1).toString(16)}`,
      asn,
      country: 'FR',
    };
  return { ip: `10.${(h >>> 4) % 168}.${(h >>> 12) & 255}.${1 + ((h >>> 20) % 250)}`, asn, country: 'FR' };
}

const OPERATORS = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3];
const operatorOf = (h: number): number => OPERATORS[(h >>> 3) % OPERATORS.length]!;

/** Text of a source. `program`: the device is a practice program and not a browser. */
export function describeSource(n: Network, device: Device, program: boolean): SourceText {
  const a = mix32(device, 1);
  const b = mix32(device, 2);
  const version = String(mix32(device, 3) % 6);
  const text = program ? PROGRAMS[a % PROGRAMS.length]! : BROWSER_TABLE[a % BROWSER_TABLE.length]!;
  return {
    ...addressOf(n, device),
    device: `d-${a.toString(16).padStart(8, '0')}${(b & 0xffff).toString(16).padStart(4, '0')}`,
    userAgent: text.replaceAll('$', version),
  };
}
