/**
 * A week in which an insurer moves its members to another contract or system: half of the small practices check the rights
 * of all people of that insurer in their own files, most of whom have not come for long, and bill nobody for it.
 */
import { mix32, Random } from '#libs/base/random.ts';
import type { SimAccount } from './accounts.ts';
import { HOUR_MS, weekday } from './calendar.ts';
import type { HardCaseInstance } from './hard-cases.ts';
import { drawLocal } from './patients.ts';
import { insurerChoice } from './people.ts';
import type { Session, VisitWriter } from './visits.ts';
import type { World } from './world.ts';

const LASTS_DAYS = 7;
/** Larger practices have programs for it. People an open day. */
const SMALL_PRACTICE = 12;
const TRIES = 300;

interface Migration {
  /** Index in INSURERS. */
  readonly insurer: number;
  readonly fromDay: number;
  readonly key: number;
}

/** One week in the second half of a run. */
export function drawMigration(seed: number, startDay: number, endDay: number): Migration {
  const random = new Random(seed, 'migration');
  const half = Math.floor((endDay - startDay) / 2);
  return {
    insurer: insurerChoice.draw(random),
    fromDay: startDay + half + random.int(Math.max(1, half - LASTS_DAYS)),
    key: random.uint32(),
  };
}

/** What it is to one account: nothing, or a week of look-ups, `strength` people a day, `key` the insurer. */
export function migrationOf(account: SimAccount, migration: Migration, endDay: number): HardCaseInstance[] {
  const { habits } = account;
  if (habits.accountClass !== 'professional' || Math.exp(habits.sizeMu) > SMALL_PRACTICE) return [];
  if (mix32(account.key, migration.key) % 2 === 0) return [];
  return [
    {
      kind: 'insurer-migration',
      fromDay: migration.fromDay,
      toDay: Math.min(endDay, migration.fromDay + LASTS_DAYS),
      strength: 10 + (mix32(account.key, migration.key + 1) % 51),
      key: migration.insurer,
    },
  ];
}

/** One day of such a week: between two patients, all day long. */
export function checkInsurer(
  world: World,
  account: SimAccount,
  instance: HardCaseInstance,
  day: number,
  midnightMs: number,
  session: Session,
  writer: VisitWriter,
): void {
  if (weekday(day) >= 5) return;
  const { random } = writer;
  const { people } = world;
  for (let i = 0; i < instance.strength; i++) {
    let person = drawLocal(account, people, random);
    for (let tries = 0; tries < TRIES && people.insurerOf(person) !== instance.key; tries++) {
      person = drawLocal(account, people, random);
    }
    writer.lookUp(session, midnightMs + random.between(8.5, 18) * HOUR_MS, person, account.misses);
  }
}
