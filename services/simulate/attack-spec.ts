/** Which thefts can be asked for, by name, with the values each takes when nothing else is said. */
import type { Result } from '#libs/base/result.ts';
import { err, ok } from '#libs/base/result.ts';

/** Whom the thief looks up. */
export const TARGETS = ['sweep', 'national', 'local', 'patients'] as const;
export type Target = (typeof TARGETS)[number];
/** At what hours: the victim's own, outside of them, in the evening, all the time. */
export const WINDOWS = ['open', 'closed', 'evening', 'any'] as const;
export type Window = (typeof WINDOWS)[number];
/** From where: a line and device of the thief's, the victim's own, a hosting provider, mobile networks. */
export const ORIGINS = ['own', 'victim', 'hosting', 'mobile'] as const;
export type Origin = (typeof ORIGINS)[number];
export const SIZES = ['small', 'medium', 'large', 'any'] as const;
export type Size = (typeof SIZES)[number];
export const CADENCES = ['human', 'robot'] as const;
export type Cadence = (typeof CADENCES)[number];

export interface AttackSpec {
  readonly kind: string;
  readonly target: Target;
  /** Whether a list (national or local) is worked through in the order of its NIR, as a file comes. */
  readonly sorted: boolean;
  /** Look-ups of people to steal, an hour within the window; where it grows, at the start. */
  readonly rate: number;
  /** Growth a day, as a share, up to `maximumRate`. */
  readonly growth: number;
  readonly maximumRate: number;
  readonly window: Window;
  readonly cadence: Cadence;
  readonly origin: Origin;
  /** Whether all accounts of the attack are used from the same devices and networks. */
  readonly shared: boolean;
  /** Repeated look-ups of people whom the victim serves, for each stolen one. */
  readonly padding: number;
  /** Share of stolen people for whom billing is forged. */
  readonly forged: number;
  /** How many accounts. */
  readonly count: number;
  /** Class and profession of the victims; '' any professional. */
  readonly accountClass: 'professional' | 'manager' | 'software';
  readonly profession: string;
  readonly size: Size;
  /** Department code of the victims, '' any. */
  readonly department: string;
  /** A certain account's id, '' chosen by the above. */
  readonly account: string;
  /** Whether the holder has left the account before. */
  readonly departed: boolean;
  /** Days after the start of the run, fractions allowed; -1: after the warm-up. */
  readonly start: number;
  readonly days: number;
  /** Ends after so many different people were tried. */
  readonly people: number;
}

const BASE: AttackSpec = {
  kind: '',
  target: 'national',
  sorted: false,
  rate: 60,
  growth: 0,
  maximumRate: 3600,
  window: 'open',
  cadence: 'human',
  origin: 'own',
  shared: false,
  padding: 0,
  forged: 0,
  count: 1,
  accountClass: 'professional',
  profession: '',
  size: 'any',
  department: '',
  account: '',
  departed: false,
  start: -1,
  days: 14,
  people: 100_000,
};

/** The named attacks. The kind in the labels is the name. */
export const ATTACKS: Readonly<Record<string, AttackSpec>> = {
  sweep: { ...BASE, target: 'sweep', rate: 1200, window: 'any', cadence: 'robot', days: 2 },
  'slow-sweep': { ...BASE, target: 'sweep', rate: 20, days: 20 },
  'stolen-list': { ...BASE, rate: 60, days: 10 },
  'closed-hours': { ...BASE, rate: 60, window: 'closed', days: 10 },
  'boiling-frog': { ...BASE, rate: 0.5, growth: 0.12, maximumRate: 40, days: 45 },
  padded: { ...BASE, rate: 15, padding: 2, days: 14 },
  manager: { ...BASE, rate: 100, accountClass: 'manager', profession: 'payer', days: 5 },
  'local-list': { ...BASE, target: 'local', rate: 20, days: 14 },
  'real-patients': { ...BASE, target: 'patients', rate: 20, days: 14 },
  distributed: { ...BASE, rate: 2.2, count: 100, days: 10 },
  dormant: { ...BASE, rate: 60, window: 'evening', departed: true, days: 3 },
  'forged-followup': { ...BASE, rate: 20, forged: 0.75, days: 10 },
};
export const ATTACK_NAMES: readonly string[] = Object.keys(ATTACKS);

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  target: TARGETS,
  window: WINDOWS,
  cadence: CADENCES,
  origin: ORIGINS,
  size: SIZES,
  accountClass: ['professional', 'manager', 'software'],
};

/** Name of a key on the command line: `hours` reads better than `window`, `class` than `accountClass`. */
const ALIASES: Readonly<Record<string, string>> = {
  hours: 'window',
  class: 'accountClass',
  source: 'origin',
  accounts: 'count',
  'maximum-rate': 'maximumRate',
};

/** A value as given, checked against the key's type. */
function parseValue(key: keyof AttackSpec, text: string): Result<string | number | boolean, string> {
  const usual = BASE[key];
  const choices = CHOICES[key];
  if (choices !== undefined && !choices.includes(text))
    return err(`${key} is one of ${choices.join(', ')}, not "${text}"`);
  if (typeof usual === 'number') {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < 0)
      return err(`${key} is a number of at least 0, not "${text}"`);
    if ((key === 'rate' || key === 'days') && value === 0) return err(`${key} must be more than 0`);
    if (key === 'count' && (!Number.isInteger(value) || value < 1)) return err('count is a whole number of at least 1');
    return ok(value);
  }
  if (typeof usual === 'boolean') {
    if (text !== 'true' && text !== 'false') return err(`${key} is true or false, not "${text}"`);
    return ok(text === 'true');
  }
  return ok(text);
}

/** An attack by name with some values of its own; errors say what is allowed. */
export function makeAttack(name: string, values: ReadonlyMap<string, string>): Result<AttackSpec, string> {
  const usual = Object.hasOwn(ATTACKS, name) ? ATTACKS[name] : undefined;
  if (usual === undefined) return err(`no attack is called "${name}"; there are ${ATTACK_NAMES.join(', ')}`);
  const spec: Record<string, string | number | boolean> = { ...usual, kind: name };
  for (const [given, text] of values) {
    const key = (Object.hasOwn(ALIASES, given) ? ALIASES[given]! : given) as keyof AttackSpec;
    if (!Object.hasOwn(BASE, key) || key === 'kind') {
      const keys = Object.keys(BASE).filter((k) => k !== 'kind');
      return err(`attack ${name}: no value is called "${given}"; there are ${keys.join(', ')}`);
    }
    const value = parseValue(key, text);
    if (!value.ok) return err(`attack ${name}: ${value.error}`);
    spec[key] = value.value;
  }
  // A rate above the usual ceiling is meant.
  if (typeof spec.rate === 'number' && !values.has('maximumRate') && !values.has('maximum-rate')) {
    spec.maximumRate = Math.max(usual.maximumRate, spec.rate);
  }
  return ok(spec as unknown as AttackSpec);
}

/** `NAME` or `NAME:key=value,key=value`. */
export function parseAttack(text: string): Result<AttackSpec, string> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const values = new Map<string, string>();
  for (const part of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals < 1) return err(`attack ${name}: "${part}" is not key=value`);
    values.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return makeAttack(name, values);
}
