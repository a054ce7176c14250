/** Whom a thief looks up next: the NIR space in order, a stolen list, the people of the place, a colleague's patients. */
import type { Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import type { Target } from './attack-spec.ts';
import { drawFromDepartment, drawNational, drawServed } from './patients.ts';
import { TYPO_NONE, TYPO_ORDER, TYPO_SEX, typo } from './people.ts';
import type { Person } from './register.ts';
import { YEARS } from './register.ts';
import type { World } from './world.ts';

/** One try: a person on file, or a NIR that is nobody's (`known` false) spoilt as `typoCode` says. */
export interface Guess {
  person: Person;
  typoCode: number;
  known: boolean;
}

/** After so many orders with nobody, the sweeper goes on to the next month. */
const GIVES_UP_AFTER = 12;

/**
 * Walks the orders of birth of one commune and month, then the next month, trying both sexes. It starts at a place drawn
 * by population and an adult's year. Some orders are people of this portal, others not, which the thief can't know.
 */
export class Sweep {
  readonly #world: World;
  readonly #birthplace: number;
  readonly #commune: number;
  #month: number;
  #order = 0;
  #secondSex = false;
  #emptyOrders = 0;

  constructor(world: World, random: Random) {
    const { register } = world.people;
    this.#world = world;
    this.#birthplace = register.drawHome(random);
    // Large maternities first: that is where a guess finds somebody.
    this.#commune = random.int(Math.min(4, register.communeCount(this.#birthplace)));
    this.#month = (YEARS - 75 + random.int(50)) * 12 + random.int(12);
  }

  next(): Guess {
    const { register } = this.#world.people;
    if (!this.#secondSex) this.#order++;
    if (this.#emptyOrders >= GIVES_UP_AFTER || this.#order > 999) {
      this.#month = (this.#month + 1) % (YEARS * 12);
      this.#order = 1;
      this.#emptyOrders = 0;
      this.#secondSex = false;
    }
    const orders = register.ordersIn(this.#birthplace, this.#commune);
    const order = Math.min(this.#order, orders);
    const slot = register.slotAt(this.#birthplace, this.#commune, this.#month, order);
    if (this.#order > orders) {
      this.#emptyOrders++;
      return { person: slot * 4, typoCode: typo(TYPO_ORDER, this.#order - orders), known: false };
    }
    // Men first; a woman's NIR is met at the second try.
    const isWoman = this.#world.people.birthOf(slot * 4).sex % 2 === 0;
    const right = isWoman === this.#secondSex;
    const found = right && register.isCovered(slot);
    if (found) this.#emptyOrders = 0;
    else if (this.#secondSex) this.#emptyOrders++;
    this.#secondSex = !found && !this.#secondSex;
    return { person: slot * 4, typoCode: right ? TYPO_NONE : TYPO_SEX, known: found };
  }
}

/** A list in the order of its NIR, as many people of it as the theft has time for. */
export class SortedList {
  readonly #people: readonly Person[];
  #next = 0;

  constructor(world: World, target: Target, victim: SimAccount, random: Random, people: number) {
    const place = (person: Person): number => {
      const b = world.people.birthOf(person);
      const month = (b.sex * 100 + (b.year % 100)) * 100 + b.month;
      return (month * 100_000 + b.placeNumber) * 1000 + b.order;
    };
    const list = Array.from({ length: people }, () => drawTarget(world, target, victim, random));
    this.#people = [...new Set(list)]
      .map((person) => [place(person), person] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, person]) => person);
  }

  /** After the last one it begins again. */
  next(): Person {
    return this.#people[this.#next++ % this.#people.length]!;
  }
}

/** Draws the next person of a list (which has nobody twice to speak of). Lists were made of people on file. */
export function drawTarget(world: World, target: Target, victim: SimAccount, random: Random): Person {
  const { people, accounts } = world;
  if (target === 'local') return drawFromDepartment(victim.home, people, random);
  if (target === 'patients') {
    for (let attempt = 0; attempt < 50; attempt++) {
      const other = accounts[random.int(accounts.length)]!;
      if (other === victim || other.home !== victim.home) continue;
      const person = drawServed(other, random);
      if (person !== undefined) return person;
    }
    return drawFromDepartment(victim.home, people, random);
  }
  return drawNational(people, random);
}
