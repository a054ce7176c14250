import type { Account } from './accounts.ts';
import type { Calendar } from './calendar.ts';
import { HOUR_MS } from './calendar.ts';
import { LineStore } from './line-store.ts';
import type { Person } from './person.ts';
import type { PortalOptions } from './portals.ts';
import type { Random } from './random.ts';
import type { Source } from './sources.ts';
import { shortHash } from './sources.ts';

/** What an account asks of the portal. */
export interface Request {
  readonly account: Account;
  readonly atMs: number;
  readonly action: 'rights.read' | 'beneficiary.search' | 'claim.submit' | 'pec.request' | 'export';
  readonly outcome: 'found' | 'not_found' | 'denied' | 'success' | 'error';
  readonly person: Person | undefined;
  readonly source: Source;
  /** By a program's interface, whatever the account is. */
  readonly api?: boolean | undefined;
  readonly rows?: number;
}

/** The portal's log, as far as this portal writes one. */
export class AccessLog {
  readonly lines = new LineStore();
  readonly #portal: PortalOptions;
  readonly #calendar: Calendar;
  readonly #random: Random;
  readonly #tokens = new Map<string, string>();
  #events = 0;

  constructor(portal: PortalOptions, calendar: Calendar, random: Random) {
    this.#portal = portal;
    this.#calendar = calendar;
    this.#random = random;
  }

  /** Writes what is asked down; in an outage as an error, and asked again afterwards. Outside the portal's days: nothing. */
  write(request: Request): void {
    const { atMs, source } = request;
    if (atMs < this.#calendar.fromMs || atMs >= this.#calendar.toMs) return;
    const isDown = !source.isThief && this.#outageEnd(atMs) !== undefined;
    if (isDown) this.#repeat(request);
    this.#append(isDown ? { ...request, outcome: 'error' } : request);
  }

  #outageEnd(atMs: number): number | undefined {
    const hit = (this.#portal.outages ?? []).find(
      ([day, from, to]) => atMs >= this.#calendar.at(day, from) && atMs < this.#calendar.at(day, to),
    );
    return hit && this.#calendar.at(hit[0], hit[2]);
  }

  #repeat(request: Request): void {
    const atMs = this.#outageEnd(request.atMs)! + this.#random.exponential(2 * HOUR_MS);
    if (atMs < this.#calendar.toMs) this.#append({ ...request, atMs });
  }

  #append(request: Request): void {
    const { account, atMs, action, outcome, person, source, api, rows } = request;
    const { rich, asn, devices = true, noSession } = this.#portal;
    const event = {
      id: `ev${(++this.#events).toString(36)}`,
      time: new Date(Math.floor(atMs + account.clockSkewMs)).toISOString(),
      account: this.#accountFields(account),
      ...(!noSession && { session: source.session }),
      source: {
        ip: source.ip,
        ...(asn && { asn: source.asn }),
        ...(rich && { country: 'FR' }),
        ...(devices && source.device !== undefined && { device: source.device }),
        ...(devices && { userAgent: source.userAgent }),
      },
      ...(api || account.kind === 'software' ? { channel: 'api' } : rich && { channel: 'web' }),
      action,
      outcome,
      ...(person && { beneficiary: this.#personFields(person, outcome) }),
      ...(rows !== undefined && { rows }),
    };
    this.lines.add(Math.floor(atMs), account.id, JSON.stringify(event));
  }

  #accountFields(account: Account): object {
    const { known = true, rich } = this.#portal;
    if (!known) return { id: account.id };
    const { kind, profession } = account;
    return {
      id: account.id,
      ...(kind !== 'professional' && { class: kind }),
      profession: kind === 'software' ? 'other' : profession,
      ...(!account.servesAllFrance && { department: account.town.department }),
      ...(rich && { createdAt: account.createdAt }),
      ...(rich && kind !== 'manager' && { org: account.organisation }),
    };
  }

  #personFields(person: Person, outcome: Request['outcome']): object {
    const { nir, birthDate, birthRank, amc } = person;
    if (this.#portal.tokens) return { token: this.#tokenOf(person), amc };
    if (outcome === 'not_found') return { nir, birthDate, birthRank };
    if (!this.#portal.rich) return { nir, birthDate, birthRank, amc };
    const coverage = { coverageStart: '2019-01-01', ...(person.closed && { coverageEnd: '2023-12-31' }) };
    return { nir, birthDate, birthRank, amc, contract: person.contract, ...coverage };
  }

  #tokenOf({ nir, birthDate, birthRank }: Person): string {
    const key = nir + birthDate + birthRank;
    let token = this.#tokens.get(key);
    if (token === undefined) {
      token = `tk${shortHash(key)}`;
      this.#tokens.set(key, token);
    }
    return token;
  }
}
