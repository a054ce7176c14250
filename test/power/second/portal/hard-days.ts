import type { Account, HardCase } from './accounts.ts';
import { drawClient } from './accounts.ts';
import { HOUR_MS } from './calendar.ts';
import type { Person } from './person.ts';
import { INSURERS } from './person.ts';
import type { Source } from './sources.ts';
import { MOBILE_ASN, newMachine, sessionOf, userAgentOf } from './sources.ts';
import type { Answer, LookUpOptions } from './visits.ts';
import { followUp, lookUp } from './visits.ts';
import type { World } from './world.ts';

/** Honest days on which an account looks up many people in a row. */

/** An account's day with one of its hard cases. */
interface HardDay {
  readonly world: World;
  readonly account: Account;
  readonly day: number;
  readonly isOpen: boolean;
  /** From where it usually is used. */
  readonly source: Source;
  readonly hard: HardCase;
}

export function hardDay(world: World, account: Account, day: number, isOpen: boolean, source: Source): void {
  for (const hard of account.cases) {
    const play = PLAYS[hard.kind];
    if (play && day >= hard.from && day < hard.to) play({ world, account, day, isOpen, source, hard });
  }
}

/** Looks people up one after the other, unhurried by what they say. @param gapMs between two, give or take 40 % */
function inARow(on: HardDay, people: readonly Person[], hour: number, gapMs: number, api?: boolean): void {
  const { world, account, day, source } = on;
  const options: LookUpOptions = { action: 'rights.read', typos: 0.01, api };
  let atMs = world.calendar.at(day, hour);
  for (const person of people) {
    lookUp(world, { account, day, atMs, person, source }, options);
    atMs += gapMs * (0.6 + 0.8 * account.random.unit());
  }
}

/** People who come one after the other. */
interface Queue {
  /** Hour at which the first comes. */
  readonly from: number;
  readonly people: number;
  readonly gapMs: number;
  /** What the gap is multiplied by: least, and by how much more at most. */
  readonly spread?: readonly [number, number];
  /** Undefined: the account's usual one. */
  readonly source?: Source;
  readonly draw: () => Person;
  readonly served: (person: Person, answer: Answer) => void;
}

function serveQueue({ world, account, day, source: usual }: HardDay, queue: Queue): void {
  const { from, people, gapMs, spread = [0.4, 1.2], source = usual, draw, served } = queue;
  let atMs = world.calendar.at(day, from);
  for (let k = 0; k < people; k++) {
    const person = draw();
    served(person, lookUp(world, { account, day, atMs, person, source }));
    atMs += gapMs * (spread[0] + spread[1] * account.random.unit());
  }
}

const PLAYS: Readonly<Record<string, (on: HardDay) => void>> = {
  // The rights of its whole file, at the new year or when it changes its program.
  recheck: (on) => {
    const { sort, gapMs = 9e3, api } = on.hard;
    const key = sort === 'nir' ? 'nir' : 'contract';
    const people = on.account.file.slice(0, 1500).sort((a, b) => (a[key] < b[key] ? -1 : 1));
    inARow(on, people, 9, gapMs, api);
  },
  // The same, a part each day after lunch.
  recheckSpread: (on) => {
    const { hard, day } = on;
    const days = hard.to - hard.from;
    const people = on.account.file.filter((_, i) => i % days === day - hard.from).slice(0, 150);
    if (on.isOpen) inARow(on, people, 13, 35e3);
  },
  // Bills that were refused.
  unpaid: (on) => inARow(on, on.account.file.slice(0, 60), 14, 60e3),
  // In a hall elsewhere, on a machine of the hall's; few are billed.
  screening: (on) => {
    const { world, account, day, hard } = on;
    const { random } = account;
    const machine = newMachine(random, `${account.id}scr`);
    const source: Source = {
      session: sessionOf(`${account.id}scr`),
      ip: `37.${160 + random.int(12)}.9.${1 + random.int(250)}`,
      asn: MOBILE_ASN,
      device: machine.id,
      userAgent: userAgentOf(machine, day),
    };
    const people = hard.people!;
    serveQueue(on, {
      from: 9,
      people,
      gapMs: (8 * HOUR_MS) / people,
      source,
      draw: () => (random.chance(0.75) ? world.towns.near(account.town, random) : world.towns.anybody(random)),
      served: (person, { atMs }) => {
        if (random.chance(0.3)) followUp(world, { account, day, atMs, person, source }, account.followUp > 0);
      },
    });
  },
  vaccination: (on) => {
    const { world, account, day, source } = on;
    const people = on.hard.people!;
    serveQueue(on, {
      from: 9,
      people,
      gapMs: (9 * HOUR_MS) / people,
      draw: () => drawClient(world, account, account.town),
      served: (person, { atMs }) => followUp(world, { account, day, atMs, person, source }),
    });
  },
  // The first week of term: young people from everywhere.
  students: (on) => {
    const { world, account, day, source } = on;
    const { random } = account;
    if (!on.isOpen) return;
    serveQueue(on, {
      from: 9,
      people: 55,
      gapMs: (8 * HOUR_MS) / 55,
      draw: () => world.towns.someOf(random.pick(world.towns.students), random),
      served: (person, { atMs }) => followUp(world, { account, day, atMs, person, source }),
    });
  },
  // A nursing home in an afternoon, some of it billed weeks later.
  nursingHome: (on) => {
    const { world, account, day, source } = on;
    const { random } = account;
    const home = world.towns.nursingHome(account.town, account.number);
    serveQueue(on, {
      from: 14,
      people: 45,
      gapMs: 4 * 60e3,
      spread: [0.5, 1],
      draw: () => world.towns.someOf(home, random),
      served: (person) => {
        if (!random.chance(0.3)) return;
        const atMs = world.calendar.at(day + 15 + random.int(8), 10 + random.unit() * 6);
        world.log.write({ account, atMs, action: 'pec.request', outcome: 'success', person, source });
      },
    });
  },
  // A program that asks for the same person four times a second.
  storm: ({ world, account, day, source }) => {
    for (let k = 0; k < 250; k++) {
      const atMs = world.calendar.at(day, 11) + k * 240;
      const outcome = k % 3 === 0 ? 'found' : 'error';
      world.log.write({ account, atMs, action: 'rights.read', outcome, person: account.file[0], source });
    }
  },
  // An insurer has given its people new numbers.
  migration: (on) => {
    const { hard, day } = on;
    const days = hard.to - hard.from;
    const people = on.account.file.filter((p, i) => p.amc === INSURERS[1] && i % days === day - hard.from);
    if (on.isOpen) inARow(on, people.slice(0, 60), 12.5, 45e3);
  },
};
