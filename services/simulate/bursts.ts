/** Honest bursts: rights checked again for everybody known, a screening or vaccination day, a program that repeats itself. */
import { ACTION_RIGHTS, CHANNEL_WEB, OUTCOME_ERROR, OUTCOME_FOUND } from '#libs/model/codes.ts';
import type { SimAccount } from './accounts.ts';
import { HOUR_MS } from './calendar.ts';
import type { HardCaseInstance } from './hard-cases.ts';
import { drawFromDepartment, drawKnown, drawLocal, patientAt } from './patients.ts';
import type { Person } from './register.ts';
import { slotOf } from './register.ts';
import type { Session, VisitOptions, VisitWriter } from './visits.ts';
import type { World } from './world.ts';

interface Sources {
  readonly desk: Session;
  readonly program: Session;
}

/**
 * Rights of the people an account knows are checked again: by a program, one every few seconds, or by hand, one or two a
 * minute through a working day; in the file's order (sorted by NIR) or not. A few in a hundred are not found any more.
 */
export function recheck(
  world: World,
  account: SimAccount,
  instance: HardCaseInstance,
  midnightMs: number,
  sources: Sources,
  writer: VisitWriter,
): void {
  const { random } = writer;
  const byProgram = account.billsByApi ? instance.key % 3 !== 0 : instance.key % 5 === 0;
  const session = byProgram ? (instance.key % 2 === 0 ? sources.program : sources.desk) : sources.desk;
  const gapMs = byProgram ? 2000 + (instance.key % 8000) : 25_000 + (instance.key % 60_000);
  const known: Person[] = [];
  for (let i = 0; i < account.patientCount; i++) {
    if (random.uniform() < instance.strength) known.push(patientAt(account, i, world.people, random));
  }
  const list = [...new Set(known)];
  if (instance.key % 2 === 0) list.sort((a, b) => a - b);
  const night = byProgram && instance.key % 4 === 0;
  let at = midnightMs + (night ? 1 : 8.5) * HOUR_MS + random.between(0, 2 * HOUR_MS);
  const stop = midnightMs + (byProgram ? 23.5 : 18.5) * HOUR_MS;
  for (const person of list) {
    writer.lookUp(session, at, person, account.misses);
    at += gapMs * (0.4 + random.exponential(0.6));
    if (at > stop) break;
  }
}

/**
 * A day at a school, a firm or a care home: many new people of the neighbourhood within a few hours, half of the days of
 * one age, and only half of them billed on the portal.
 */
export function screeningDay(
  world: World,
  account: SimAccount,
  instance: HardCaseInstance,
  midnightMs: number,
  sources: Sources,
  options: VisitOptions,
  writer: VisitWriter,
): void {
  const { random } = writer;
  const { people } = world;
  const { register } = people;
  const sameAge = instance.key % 2 === 0;
  const age = 16 + ((instance.key >>> 4) % 70);
  const count = Math.round(instance.strength);
  const from = midnightMs + 9 * HOUR_MS;
  const lengthMs = (3 + ((instance.key >>> 8) % 6)) * HOUR_MS;
  const half = { ...options, followUp: options.followUp * 0.5 };
  for (let i = 0; i < count; i++) {
    let person = random.chance(0.15) ? drawKnown(account, people, random) : drawLocal(account, people, random);
    for (let attempt = 0; sameAge && attempt < 60 && Math.abs(register.ageOf(slotOf(person)) - age) > 1; attempt++) {
      person = drawFromDepartment(account.home, people, random);
    }
    account.addPatient(person);
    writer.visit(sources.desk, from + random.uniform() * lengthMs, person, half);
  }
}

/** A program or a browser that asks for the same few people again and again until somebody stops it. */
export function retryStorm(
  world: World,
  account: SimAccount,
  instance: HardCaseInstance,
  midnightMs: number,
  sources: Sources,
  writer: VisitWriter,
): void {
  const { random } = writer;
  const session = account.billsByApi ? sources.program : sources.desk;
  const victims = Array.from({ length: 1 + (instance.key % 3) }, () => drawKnown(account, world.people, random));
  let at = midnightMs + (9 + (instance.key % 9)) * HOUR_MS;
  writer.open(session, at);
  const gapMs = session.channel === CHANNEL_WEB ? 4000 : 1200;
  for (let i = 0; i < instance.strength; i++) {
    const outcome = random.uniform() < 0.8 ? OUTCOME_ERROR : OUTCOME_FOUND;
    writer.write(session, at, ACTION_RIGHTS, outcome, victims[i % victims.length]!);
    at += gapMs * (0.5 + random.exponential(0.5));
  }
}
