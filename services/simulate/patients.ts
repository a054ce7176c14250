/** Who comes: draws people from an account's catchment, from the country, from among those the account knows. */
import type { Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import { RESIDENCE, RESIDENCE_INDEX } from './france.ts';
import type { People } from './people.ts';
import type { Person, Register } from './register.ts';

/** Shares of new people from the own area, the areas around it, the department, the departments around, the country. */
type Reach = readonly [own: number, around: number, department: number, near: number, country: number];
const LOCAL: Reach = [0.56, 0.22, 0.13, 0.07, 0.02];
const REGIONAL: Reach = [0.28, 0.22, 0.3, 0.15, 0.05];
const NATIONAL: Reach = [0, 0, 0, 0, 1];
const REACH = new Map<string, Reach>([
  ['hospital', REGIONAL],
  ['laboratory', [0.4, 0.25, 0.22, 0.1, 0.03]],
  ['radiology', REGIONAL],
  ['audiologist', REGIONAL],
  ['ambulance', REGIONAL],
  ['payer', NATIONAL],
]);

/** Positions in a reach. */
const OWN = 0;
const AROUND = 1;
const NEAR = 3;
const COUNTRY = 4;

const MAXIMUM_TRIES = 400;

/** Picks the owner or a dependant of a slot, as often dependants as the profession sees them. */
function withMember(register: Register, slot: number, dependants: number, random: Random): Person {
  const n = register.dependants(slot);
  // About two owners in five of that age have dependants: the wanted share is reached over all ages together.
  const member = n > 0 && random.chance(Math.min(0.8, dependants * 2.6)) ? 1 + random.int(n) : 0;
  return slot * 4 + member;
}

function accepts(account: SimAccount, people: People, slot: number, random: Random): boolean {
  const { register } = people;
  if (!register.isCovered(slot)) return false;
  const decade = Math.min(8, Math.max(0, Math.floor(register.ageOf(slot) / 10) - 1));
  return random.uniform() < account.habits.ages[decade]!;
}

/** Somebody from the account's catchment whom it may or may not know. */
export function drawLocal(account: SimAccount, people: People, random: Random): Person {
  const reach = REACH.get(account.habits.profession) ?? LOCAL;
  return reach === NATIONAL ? drawForManager(account, people, random) : drawWithin(account, reach, people, random);
}

function drawWithin(account: SimAccount, reach: Reach, people: People, random: Random): Person {
  const { register } = people;
  for (let attempt = 0; attempt < MAXIMUM_TRIES; attempt++) {
    let home = account.home;
    const ring = random.share(reach);
    if (ring === NEAR) {
      const { near } = RESIDENCE[home]!;
      if (near.length > 0) home = RESIDENCE_INDEX.get(random.pick(near))!;
    } else if (ring === COUNTRY) home = register.drawHome(random);
    const areas = register.areaCount(home);
    let area = account.area;
    if (ring === AROUND) area = (account.area + areas + random.int(6) - 2) % areas;
    else if (ring !== OWN) area = random.int(areas);
    const slot = register.drawSlot(home, area, random);
    if (accepts(account, people, slot, random)) return withMember(register, slot, account.habits.dependants, random);
  }
  return drawNational(people, random);
}

/** A manager's caller: anywhere in the country, nearly always of an insurer the manager works for. */
function drawForManager(account: SimAccount, people: People, random: Random): Person {
  const inside = random.chance(0.97);
  let person = drawNational(people, random);
  for (
    let attempt = 0;
    inside && attempt < MAXIMUM_TRIES && !account.insurers.includes(people.insurerOf(person));
    attempt++
  ) {
    person = drawNational(people, random);
  }
  return person;
}

/** Anybody in the portal's file, by population. This is also what a stolen national list holds. */
export function drawNational(people: People, random: Random): Person {
  const { register } = people;
  for (;;) {
    const home = register.drawHome(random);
    const slot = register.drawSlot(home, random.int(register.areaCount(home)), random);
    if (register.isCovered(slot)) return withMember(register, slot, 0.12, random);
  }
}

/** Anybody in the file who lives in that department. */
export function drawFromDepartment(home: number, people: People, random: Random): Person {
  const { register } = people;
  for (;;) {
    const slot = register.drawSlot(home, random.int(register.areaCount(home)), random);
    if (register.isCovered(slot)) return withMember(register, slot, 0.12, random);
  }
}

/** Somebody who is not in the portal's file, from near by or (`scattered`) from anywhere: an honest "unknown". */
export function drawUncovered(account: SimAccount, people: People, random: Random, scattered: boolean): Person {
  const { register } = people;
  const national = scattered || account.insurers.length > 0 || random.chance(0.05);
  for (;;) {
    const home = national ? register.drawHome(random) : account.home;
    const area = random.chance(0.7) && !national ? account.area : random.int(register.areaCount(home));
    const slot = register.drawSlot(home, Math.min(area, register.areaCount(home) - 1), random);
    if (!register.isCovered(slot) && register.ageOf(slot) >= 16) return slot * 4;
  }
}

/**
 * Somebody the account knows: half the time one of the last seen, else one of all, the frequent ones more often. Regulars
 * from before the run are drawn when they first come.
 */
export function drawKnown(account: SimAccount, people: People, random: Random): Person {
  const n = account.patientCount;
  if (n === 0) return drawLocal(account, people, random);
  const recent = random.chance(0.4);
  const index = recent
    ? Math.max(0, n - 1 - Math.floor(random.exponential(3 + account.peoplePerDay * 4)))
    : Math.floor(n * random.uniform() ** 1.7);
  return patientAt(account, index, people, random);
}

export function patientAt(account: SimAccount, index: number, people: People, random: Random): Person {
  let person = account.patients[index]!;
  if (person < 0) {
    person = drawLocal(account, people, random);
    account.patients[index] = person;
  }
  return person;
}

/** Somebody the account was seen to serve, the last ones more often; undefined where there is nobody yet. Draws nobody new. */
export function drawServed(account: SimAccount, random: Random): Person | undefined {
  for (let attempt = 0; attempt < 40; attempt++) {
    const person = account.patients[Math.floor(account.patientCount * random.uniform() ** 0.7)] ?? -1;
    if (person >= 0) return person;
  }
  return undefined;
}
