/** Where and when each attack strikes: its victims, chosen from those that fit, and its start. */
import { mix32, Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import type { AttackSpec, Size } from './attack-spec.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import { ConfigError } from './config.ts';
import { RESIDENCE } from './france.ts';
import type { World } from './world.ts';

export interface AttackPlan {
  readonly index: number;
  readonly id: string;
  readonly spec: AttackSpec;
  readonly victims: readonly SimAccount[];
  readonly key: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** People a day: small practices under 8, large desks above 40. */
const SIZE_LIMITS: Readonly<Record<Size, readonly [number, number]>> = {
  small: [0, 8],
  medium: [8, 40],
  large: [40, Number.POSITIVE_INFINITY],
  any: [0, Number.POSITIVE_INFINITY],
};

/** Days the holder of a dormant account has been gone, at least. */
const DORMANT_DAYS = 10;

function fits(account: SimAccount, spec: AttackSpec, startDay: number, warmUpDays: number): boolean {
  const { habits } = account;
  if (spec.account !== '') return account.id === spec.account;
  if (habits.accountClass !== spec.accountClass) return false;
  if (spec.profession !== '' && habits.profession !== spec.profession) return false;
  if (spec.department !== '' && RESIDENCE[account.home]!.code !== spec.department) return false;
  const [low, high] = SIZE_LIMITS[spec.size];
  if (account.peoplePerDay < low || account.peoplePerDay >= high) return false;
  if (account.firstDay > startDay - Math.min(warmUpDays, 28)) return false;
  return spec.departed || account.leftDay > startDay + spec.days;
}

/** Decides on all attacks. No account is a victim twice unless it is named. */
export function planAttacks(world: World): AttackPlan[] {
  const taken = new Set<SimAccount>();
  return world.config.attacks.map((spec, index) => planAttack(world, spec, index, taken));
}

function planAttack(world: World, spec: AttackSpec, index: number, taken: Set<SimAccount>): AttackPlan {
  const { config, startDay, endDay } = world;
  const random = new Random(config.seed, 'attack', index, spec.kind);
  const first = Math.min(Math.max(config.warmUpDays, config.days * 0.5), config.days * 0.6);
  const latest = Math.max(first, Math.min(config.days * 0.75, config.days - spec.days));
  const drawn = Math.floor(random.between(first, latest));
  const startMs =
    startDay * DAY_MS +
    (spec.start >= 0 ? spec.start * DAY_MS : drawn * DAY_MS + Math.floor(random.between(7, 16) * HOUR_MS));
  const endMs = Math.min(endDay * DAY_MS, startMs + spec.days * DAY_MS);
  if (startMs >= endDay * DAY_MS)
    throw new ConfigError(`attack ${spec.kind} would start on day ${spec.start} of a run of ${config.days} days`);
  const strikeDay = Math.floor(startMs / DAY_MS);
  const candidates = world.accounts.filter(
    (a) => (spec.account !== '' || !taken.has(a)) && fits(a, spec, strikeDay, config.warmUpDays),
  );
  if (candidates.length < spec.count) {
    throw new ConfigError(
      `attack ${spec.kind} wants ${spec.count} account(s) and finds ${candidates.length} that fit; take more --accounts or fewer conditions`,
    );
  }
  const victims = spec.departed
    ? departed(candidates, spec.count, strikeDay, random)
    : draw(candidates, spec.count, random);
  for (const victim of victims) taken.add(victim);
  return { index, id: `attack-${index + 1}`, spec, victims, key: mix32(random.uint32(), index), startMs, endMs };
}

/** `count` different ones. */
function draw(candidates: SimAccount[], count: number, random: Random): SimAccount[] {
  const left = [...candidates];
  return Array.from({ length: count }, () => left.splice(random.int(left.length), 1)[0]!);
}

/** Accounts whose holder left some time ago; where there are too few, holders leave (and their traffic ends). */
function departed(candidates: SimAccount[], count: number, strikeDay: number, random: Random): SimAccount[] {
  const gone = candidates.filter((a) => a.leftDay <= strikeDay - DORMANT_DAYS);
  const chosen = draw(gone, Math.min(count, gone.length), random);
  const others = candidates.filter((a) => a.leftDay > strikeDay - DORMANT_DAYS);
  for (const account of draw(others, count - chosen.length, random)) {
    account.leftDay = strikeDay - DORMANT_DAYS - random.int(20);
    chosen.push(account);
  }
  return chosen;
}
