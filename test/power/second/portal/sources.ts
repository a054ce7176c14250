import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** From where accounts are used: networks, machines, browsers. */

/** A network's number and how its addresses begin. */
export type Network = readonly [asn: number, prefix: string];

export const HOME_NETWORKS: readonly Network[] = [
  [3215, '90.'],
  [3215, '86.'],
  [12322, '82.6'],
  [12322, '88.1'],
  [15557, '93.2'],
  [5410, '176.1'],
  [3215, '83.1'],
];
export const HOSTING_NETWORKS: readonly Network[] = [
  [16276, '51.75.'],
  [16276, '51.91.'],
  [24940, '88.198.'],
  [14061, '167.71.'],
  [9009, '146.70.'],
];
export const MOBILE_ASN = 51207;

/** Before and after the version. */
const BROWSERS: readonly (readonly [string, string])[] = [
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/', '.0.0.0 Safari/537.36'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:', '.0) Gecko/20100101 Firefox/'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/', '.1 Safari/605.1.15'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Edg/', '.0'],
];
const FIREFOX = 1;

export interface Machine {
  readonly id: string;
  readonly browser: number;
  /** Its browser is updated every 28 days, on a day of its own. */
  readonly updateDay: number;
}

/** Where a request comes from. */
export interface Source {
  readonly session: string;
  readonly ip: string;
  readonly asn: number;
  /** Undefined: a program. */
  readonly device: string | undefined;
  readonly userAgent: string;
  /** The thief's own: an outage of the portal stops no theft. */
  readonly isThief?: true;
}

export const shortHash = (text: string): string => createHash('sha1').update(text).digest('hex').slice(0, 16);
export const sessionOf = (text: string): string => `s-${shortHash(text).slice(0, 10)}`;

export function addressIn([, prefix]: Network, random: Random): string {
  const [first, start = ''] = prefix.split('.');
  const second = start === '' ? 10 + random.int(200) : start.length >= 2 ? start : `${start}${random.int(10)}`;
  return `${first}.${second}.${random.int(256)}.${1 + random.int(254)}`;
}

export const mobileAddress = (random: Random): string =>
  `37.${160 + random.int(12)}.${random.int(256)}.${1 + random.int(250)}`;

export function newMachine(random: Random, of: string): Machine {
  return {
    id: `d-${shortHash(of + random.unit()).slice(0, 12)}`,
    browser: random.int(BROWSERS.length),
    updateDay: random.int(14),
  };
}

export function userAgentOf(machine: Machine, day: number): string {
  const version = 118 + Math.floor((day + machine.updateDay) / 28);
  const [before, after] = BROWSERS[machine.browser];
  return `${before}${version}${after}${machine.browser === FIREFOX ? `${version}.0` : ''}`;
}
