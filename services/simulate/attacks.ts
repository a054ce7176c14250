/** Thefts, day by day: the thief's look-ups are written by the same code as everybody's, from a stream of their own. */
import { mix32, Random } from '#libs/base/random.ts';
import { ACTION_RIGHTS, CHANNEL_API, CHANNEL_WEB, OUTCOME_NOT_FOUND } from '#libs/model/codes.ts';
import type { SimAccount } from './accounts.ts';
import type { AttackPlan } from './attack-plan.ts';
import { DAY_MS, HOUR_MS, weekday } from './calendar.ts';
import { drawServed } from './patients.ts';
import type { Person } from './register.ts';
import { deviceNumber, fixedLine, hostingNetwork, mobileNetwork } from './sources.ts';
import { drawTarget, SortedList, Sweep } from './targets.ts';
import type { Session } from './visits.ts';
import { newSession, VisitWriter } from './visits.ts';
import { localOffsetHours, openness } from './volume.ts';
import type { World } from './world.ts';

/** An hour counts as worked where it has at least this weight in the profession's day. */
const WORKED_HOUR = 0.25;

/** For how long a list lasts: hours of a day on which people are looked up, and people at most. */
const HOURS_A_DAY = 10;
const LONGEST_LIST = 20_000;

/** One account in one attack. */
class Thief {
  readonly victim: SimAccount;
  readonly random: Random;
  readonly sweep: Sweep;
  readonly list: SortedList | undefined;
  session: Session;
  sessionDay = -1;
  nextMs: number;
  tried = 0;

  constructor(world: World, plan: AttackPlan, victim: SimAccount, n: number) {
    this.victim = victim;
    this.random = new Random(world.config.seed, 'thief', plan.key, n);
    this.sweep = new Sweep(world, this.random);
    const { spec } = plan;
    const rate = spec.growth > 0 ? spec.maximumRate : spec.rate;
    const time = Math.ceil(Math.min(spec.people, rate * HOURS_A_DAY * spec.days, LONGEST_LIST));
    this.list = spec.sorted ? new SortedList(world, spec.target, victim, this.random, time) : undefined;
    this.session = newSession(CHANNEL_WEB, 0, 0);
    // Accounts of one attack start within a day of each other.
    this.nextMs = plan.startMs + (n === 0 ? 0 : this.random.uniform() * DAY_MS);
  }
}

/** What an attack did, for the labels. */
export interface AttackOutcome {
  firstMs: number;
  lastMs: number;
  /** Different people whose file was shown. */
  readonly exposed: Set<Person>;
}

export class AttackRunner {
  readonly plan: AttackPlan;
  readonly outcome: AttackOutcome = { firstMs: Number.POSITIVE_INFINITY, lastMs: 0, exposed: new Set() };
  readonly #world: World;
  readonly #thieves: readonly Thief[];
  readonly #writer: VisitWriter;

  constructor(world: World, plan: AttackPlan) {
    this.plan = plan;
    this.#world = world;
    this.#thieves = plan.victims.map((victim, n) => new Thief(world, plan, victim, n));
    this.#writer = new VisitWriter(world, plan.victims[0]!, new Random(0));
    this.#writer.attack = plan.index;
    this.#writer.startSequence(plan.index);
    this.#writer.scattered = plan.spec.target === 'national';
  }

  /** Pushes the rows of one UTC day. */
  runDay(day: number): void {
    const end = Math.min((day + 1) * DAY_MS, this.plan.endMs);
    for (const thief of this.#thieves) {
      while (thief.nextMs < end && thief.tried < this.plan.spec.people) {
        if (!this.#isInWindow(thief.victim, thief.nextMs)) {
          // On to the next hour, not on its stroke.
          thief.nextMs = (Math.floor(thief.nextMs / HOUR_MS) + 1 + thief.random.uniform() * 0.2) * HOUR_MS;
          continue;
        }
        this.#strike(thief);
        thief.nextMs += this.#gapMs(thief);
      }
    }
  }

  #gapMs(thief: Thief): number {
    const { spec, startMs } = this.plan;
    const days = (thief.nextMs - startMs) / DAY_MS;
    const rate = Math.min(spec.maximumRate, spec.rate * (1 + spec.growth) ** days);
    const mean = HOUR_MS / rate;
    return spec.cadence === 'robot' ? mean * thief.random.between(0.9, 1.1) : thief.random.gamma(1.3, mean / 1.3);
  }

  #isInWindow(victim: SimAccount, timeMs: number): boolean {
    const { window } = this.plan.spec;
    if (window === 'any') return true;
    const local = timeMs + localOffsetHours(victim, Math.floor(timeMs / DAY_MS)) * HOUR_MS;
    const day = Math.floor(local / DAY_MS);
    const hour = Math.floor((local - day * DAY_MS) / HOUR_MS);
    if (window === 'evening') return hour >= 18 && hour < 23;
    // A departed holder's account is open when its kind is.
    const isOpen = openness(victim, day) > 0 || (day >= victim.leftDay && weekday(day) < 5);
    const worked = isOpen && victim.habits.hours[hour]! >= WORKED_HOUR;
    return window === 'open' ? worked : !worked && (hour < 6 || hour >= 21 || weekday(day) === 6);
  }

  #strike(thief: Thief): void {
    const { spec } = this.plan;
    const writer = this.#writer;
    const { random, victim } = thief;
    writer.account = victim;
    writer.random = random;
    const at = thief.nextMs;
    const session = this.#sessionOf(thief, at);
    this.outcome.firstMs = Math.min(this.outcome.firstMs, at);
    this.outcome.lastMs = Math.max(this.outcome.lastMs, at);
    for (let i = 0; i < spec.padding; i++) {
      const patient = drawServed(victim, random);
      if (patient !== undefined) writer.lookUp(session, at + random.uniform() * 30_000, patient, victim.misses);
    }
    thief.tried++;
    if (spec.target === 'sweep') {
      const guess = thief.sweep.next();
      if (!guess.known) {
        writer.open(session, at);
        writer.write(session, at, ACTION_RIGHTS, OUTCOME_NOT_FOUND, guess.person, guess.typoCode);
        return;
      }
      this.#show(thief, session, at, guess.person, 0);
    } else {
      const next = thief.list?.next() ?? drawTarget(this.#world, spec.target, victim, random);
      this.#show(thief, session, at, next, victim.misses);
    }
  }

  #show(thief: Thief, session: Session, atMs: number, person: Person, misses: number): void {
    const writer = this.#writer;
    const end = writer.lookUp(session, atMs, person, misses);
    if (Number.isNaN(end)) return;
    this.outcome.exposed.add(person);
    if (this.plan.spec.forged === 0) return;
    const { victim } = thief;
    const offset = localOffsetHours(victim, Math.floor(atMs / DAY_MS)) * HOUR_MS;
    const day = Math.floor((atMs + offset) / DAY_MS);
    writer.bill(person, end, {
      followUp: this.plan.spec.forged,
      day,
      midnightMs: day * DAY_MS - offset,
      billing: session,
    });
  }

  /** The thief's browser of that day; a new network now and then, as everybody's. */
  #sessionOf(thief: Thief, atMs: number): Session {
    const day = Math.floor(atMs / DAY_MS);
    if (day === thief.sessionDay) return thief.session;
    thief.sessionDay = day;
    const { spec, key } = this.plan;
    const { victim, random } = thief;
    const owner = spec.shared ? mix32(key, random.int(3)) : mix32(key, victim.index);
    const channel = victim.habits.accountClass === 'software' ? CHANNEL_API : CHANNEL_WEB;
    if (spec.origin === 'victim') {
      thief.session =
        channel === CHANNEL_API
          ? newSession(channel, victim.program, victim.programNetwork)
          : newSession(channel, victim.devices[0]!, victim.networks[0]!);
      return thief.session;
    }
    const hosted = hostingNetwork(owner);
    const mobile = spec.origin === 'mobile' || (spec.origin === 'own' && !spec.shared && mix32(owner, 5) % 4 === 0);
    const network = spec.origin === 'hosting' ? hosted : mobile ? mobileNetwork(owner, random) : fixedLine(owner);
    thief.session = newSession(channel, deviceNumber(owner, 7), network);
    return thief.session;
  }
}
