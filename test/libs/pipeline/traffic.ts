import { AccessEvent } from '#libs/model/access-event.ts';
import type { Alert } from '#libs/model/alert.ts';
import { ACTION_CLAIM, ACTION_RIGHTS, OUTCOME_FOUND, OUTCOME_NOT_FOUND, OUTCOME_SUCCESS } from '#libs/model/codes.ts';
import type { Output } from '#libs/model/input.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { PipelineState } from '#libs/pipeline/index.ts';
import { createState, step } from '#libs/pipeline/index.ts';
import { hash32 } from './hash32.ts';

/** Monday 2 March 2026, 0 h UTC. */
export const MONDAY = Date.UTC(2026, 2, 2);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const HOME = 69;

export interface Doing {
  readonly time: number;
  readonly account?: number;
  readonly person: number;
  readonly action?: 'lookup' | 'claim';
  readonly missed?: boolean;
  readonly department?: number;
  readonly device?: number;
  readonly id?: number;
  readonly prefix?: number;
}

let serial = 0;

/** An access event of a small optician's practice unless said otherwise. */
export function eventOf(doing: Doing): AccessEvent {
  const event = new AccessEvent();
  const account = doing.account ?? 1;
  const id = doing.id ?? ++serial;
  event.timeMs = doing.time;
  event.idLo = hash32(id);
  event.idHi = hash32(id + 0x1234567);
  event.accountLo = hash32(account * 31);
  event.accountHi = hash32(account * 37 + 5);
  event.accountId = `PS-${account}`;
  event.profession = 2;
  event.accountDepartment = HOME;
  event.action = doing.action === 'claim' ? ACTION_CLAIM : ACTION_RIGHTS;
  event.outcome = doing.action === 'claim' ? OUTCOME_SUCCESS : doing.missed ? OUTCOME_NOT_FOUND : OUTCOME_FOUND;
  event.hasPerson = true;
  event.personLo = hash32(doing.person * 41);
  event.personHi = hash32(doing.person * 43 + 9);
  event.birthDepartment = doing.department ?? HOME;
  event.nirPrefix = doing.prefix ?? 1_000_000_000 + (hash32(doing.person * 47) >>> 0);
  event.networkLo = hash32(account * 53 + (doing.device ?? 0));
  event.deviceLo = hash32(account * 59 + (doing.device ?? 0));
  event.insurer = `0000000${doing.person % 3}`;
  return event;
}

/** A practice's honest days: `perDay` people, most of them born near, billed within the hour, a fifth returning. */
export function honestDays(days: number, perDay: number, account = 1, from = MONDAY): AccessEvent[] {
  const events: AccessEvent[] = [];
  for (let d = 0; d < days; d++) {
    const weekday = d % 7;
    if (weekday >= 5) continue;
    for (let i = 0; i < perDay; i++) {
      const draw = hash32(account * 7919 + d * 131 + i) >>> 0;
      const time = from + d * DAY + 8 * HOUR + Math.floor((i * 9 * HOUR) / perDay);
      const person = draw % 5 === 0 ? 1 + (draw % 20) : account * 1_000_000 + d * 100 + i;
      const department = draw % 10 < 6 ? HOME : draw % 10 < 9 ? 38 : 1 + (draw % 90);
      events.push(eventOf({ time, account, person, department, missed: draw % 37 === 0 }));
      if (draw % 10 < 7)
        events.push(eventOf({ time: time + 20 * MINUTE, account, person, department, action: 'claim' }));
    }
  }
  return events.sort((a, b) => a.timeMs - b.timeMs);
}

/** A thief's sweep or list on an account, `perHour` people an hour, from another device. */
export function theft(
  from: number,
  people: number,
  perHour: number,
  kind: 'list' | 'sweep',
  account = 1,
): AccessEvent[] {
  return Array.from({ length: people }, (_, i) => {
    const draw = hash32(i * 15485863 + 3) >>> 0;
    return eventOf({
      time: from + Math.floor((i * HOUR) / perHour),
      account,
      person: 900_000_000 + i,
      department: kind === 'list' ? 1 + (draw % 95) : 75,
      missed: kind === 'sweep' && draw % 2 === 0,
      prefix: kind === 'sweep' ? 1_750_175_000 : 1_000_000_000 + draw,
      device: 7,
    });
  });
}

export const freshState = (): PipelineState => createState({ policy: defaultPolicy().detection });

export function feed(state: PipelineState, events: readonly AccessEvent[]): Output[] {
  const outputs: Output[] = [];
  for (const event of events) for (const output of step(state, event)) outputs.push(output);
  return outputs;
}

export const alertsOf = (outputs: readonly Output[]): Alert[] =>
  outputs.flatMap((output) => (output.kind === 'alert' ? [output.alert] : []));
