import type { AccessLog } from './access-log.ts';
import type { Account } from './accounts.ts';
import type { Calendar } from './calendar.ts';
import type { PortalOptions } from './portals.ts';
import type { Random } from './random.ts';
import type { Towns } from './towns.ts';

/** One portal with one seed. */
export interface World {
  readonly name: string;
  readonly seed: number;
  readonly portal: PortalOptions;
  /** Draws that belong to no account. */
  readonly random: Random;
  readonly calendar: Calendar;
  readonly towns: Towns;
  readonly accounts: Account[];
  readonly log: AccessLog;
}
