/** The story as one object: what `demo --format json` prints. Names here are part of the product's contract. */

import type { NewAccount } from '#libs/adapters/local-register/register.ts';
import type { RestrictingRung } from '#libs/model/alert.ts';
import type { Chronicle } from './chronicle.ts';
import { countByRung } from './chronicle.ts';
import type { DemoConfig } from './config.ts';
import type { Unhindered } from './nobody-acted.ts';

export interface Story {
  readonly account: string;
  readonly profession: string;
  readonly department: string;
  readonly attack: string;
  readonly seed: number;
  /** Disabled, sessions ended, read back. */
  readonly stopped: boolean;
  /** People new to the account whose file the thief was shown, in truth; and as the deciding (or else the last) alert said. */
  readonly exposed: number;
  readonly exposed_stated: number | null;
  /** As the same alert said. */
  readonly exposed_by_insurer: readonly { readonly amc: string; readonly people: number }[];
  readonly exposed_if_nobody_acted: number;
  /** From the deciding request's way into the log to the verified stop, on the wall clock. */
  readonly event_to_verified_ms: number | null;
  readonly restrictions: readonly {
    readonly rung: RestrictingRung;
    readonly time: string;
    readonly exposed: number;
    readonly event_to_verified_ms: number | null;
  }[];
  readonly thief: { readonly served: number; readonly refused: Readonly<Record<string, number>> };
  readonly holder_requests_refused: number;
  readonly honest: {
    readonly accounts: number;
    readonly restricted: Readonly<Record<RestrictingRung, number>>;
    readonly alerted: number;
    readonly requests_refused: number;
    /** What acting in the history would have done. */
    readonly restricted_if_history_acted: Readonly<Record<RestrictingRung, number>>;
  };
  readonly requests: { readonly history: number; readonly rejected: number };
  readonly data: string;
}

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms * 10) / 10);

export interface StoryParts {
  readonly config: DemoConfig;
  readonly account: NewAccount;
  readonly accounts: number;
  readonly chronicle: Chronicle;
  readonly unhindered: Unhindered;
  readonly historyRequests: number;
  readonly rejected: number;
  readonly folder: string;
}

export function makeStory(parts: StoryParts): Story {
  const { config, account, chronicle, unhindered } = parts;
  const stop = chronicle.stops.find(({ rung }) => rung === 'suspend');
  const alert = chronicle.decidingAlert ?? chronicle.lastAlert;
  return {
    account: account.id,
    profession: account.profession,
    department: account.department,
    attack: config.attack,
    seed: config.seed,
    stopped: stop !== undefined,
    exposed: chronicle.exposed.size,
    exposed_stated: alert?.exposed ?? null,
    exposed_by_insurer: alert?.exposedByInsurer ?? [],
    exposed_if_nobody_acted: unhindered.attack.exposed,
    event_to_verified_ms: rounded(stop?.eventToVerifiedMs),
    restrictions: chronicle.stops.map(({ rung, timeMs, exposed, eventToVerifiedMs }) => ({
      rung,
      time: new Date(timeMs).toISOString(),
      exposed,
      event_to_verified_ms: rounded(eventToVerifiedMs),
    })),
    thief: { served: chronicle.thiefServed, refused: Object.fromEntries(chronicle.thiefRefused) },
    holder_requests_refused: chronicle.holderRefused,
    honest: {
      accounts: parts.accounts - 1,
      restricted: countByRung(chronicle.disturbed),
      alerted: [...chronicle.alerted].filter((id) => !chronicle.disturbed.has(id)).length,
      requests_refused: chronicle.honestRefused,
      restricted_if_history_acted: countByRung(chronicle.watched),
    },
    requests: { history: parts.historyRequests, rejected: parts.rejected },
    data: parts.folder,
  };
}
