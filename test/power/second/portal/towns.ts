import { birthShape, drawDepartment, regionOf } from './france.ts';
import type { Person, Town } from './person.ts';
import { household } from './person.ts';
import type { PortalOptions } from './portals.ts';
import type { Random } from './random.ts';
import { weighted } from './random.ts';

/** Everybody who may be looked up: the towns of the portal's accounts, towns of all France, and students from everywhere. */
export class Towns {
  readonly local: readonly Town[];
  readonly national: readonly Town[];
  readonly students: readonly Town[];
  readonly #seed: number;
  readonly #households = new Map<number, Person[]>();

  constructor(portal: PortalOptions, seed: number, random: Random) {
    this.#seed = seed * 7 + 1;
    const drawLocal = portal.departments ? weighted(portal.departments) : drawDepartment;
    this.local = Array.from({ length: Math.max(3, Math.round(portal.accounts / 4)) }, (_, id) => {
      const department = drawLocal(random);
      const shape = { ...birthShape(department, random), ...portal.shape };
      return { id, department, shape, size: Math.round(random.lognormal(3500, 0.8)) + 600 };
    });
    this.national = Array.from({ length: 400 }, (_, i) => {
      const department = drawDepartment(random);
      return { id: 1000 + i, department, shape: birthShape(department, random), size: 6000 };
    });
    this.students = Array.from({ length: 60 }, (_, i) => {
      const shape = { home: 0.7, region: 0.1, abroad: 0.08 };
      return { id: 2000 + i, department: drawDepartment(random), shape, size: 2000, ages: 'student' };
    });
  }

  #household(town: Town, index: number): Person[] {
    const key = town.id * 100000 + index;
    let people = this.#households.get(key);
    if (people === undefined) {
      people = household(this.#seed, town, index);
      this.#households.set(key, people);
    }
    return people;
  }

  /** Somebody of a town. */
  someOf(town: Town, random: Random): Person {
    return random.pick(this.#household(town, random.int(town.size)));
  }

  /** Somebody of all France. */
  anybody(random: Random): Person {
    return this.someOf(random.pick(this.national), random);
  }

  /** Somebody of the towns in the same region. */
  near(town: Town, random: Random): Person {
    const region = regionOf.get(town.department);
    return this.someOf(random.pick(this.local.filter((t) => regionOf.get(t.department) === region)), random);
  }

  /** A nursing home in a town. */
  nursingHome(town: Town, number: number): Town {
    const { department, shape } = town;
    return { id: 3000 + number, department, shape: { ...shape, home: 0.4 }, size: 400, ages: 'old' };
  }

  /** Twelve towns in other departments of a town's region; in its own where the region has no other. */
  elsewhereInRegion(town: Town, number: number): Town[] {
    const region = regionOf.get(town.department);
    const others = [...regionOf].filter(([d, r]) => r === region && d !== town.department).map(([d]) => d);
    return Array.from({ length: 12 }, (_, i) => ({
      id: 4000 + i + number * 20,
      department: others.length > 0 ? others[i % others.length] : town.department,
      shape: town.shape,
      size: 3000,
    }));
  }
}
