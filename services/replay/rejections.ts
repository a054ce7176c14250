import { ACCOUNT_CLASSES, ACTIONS, CHANNELS, OUTCOMES, PROFESSIONS } from '#libs/model/codes.ts';
import type { RejectionReason } from '#libs/model/rejection.ts';
import { REJECTION_REASONS } from '#libs/model/rejection.ts';

/** Where a record stood. */
export interface Place {
  readonly source: string;
  /** Line, from 1. */
  readonly position: number;
  /** Dotted path of the offending field, '' for the whole record. */
  readonly field: string;
}

/** Places named per reason. */
const NAMED = 5;

/** What the fields that take only certain names may hold. */
const CLOSED_LISTS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['account.class', ACCOUNT_CLASSES],
  ['account.profession', PROFESSIONS],
  ['channel', CHANNELS],
  ['action', ACTIONS],
  ['outcome', OUTCOMES],
]);

/** For records rejected for a name that is in none of the lists: which names there are, and what to do about others. */
function namesAllowed(reason: RejectionReason, places: readonly Place[]): string {
  if (reason !== 'wrong_value') return '';
  const fields = [...new Set(places.map(({ field }) => field))].filter((field) => CLOSED_LISTS.has(field));
  if (fields.length === 0) return '';
  const lists = fields.map((field) => `${field} is one of ${CLOSED_LISTS.get(field)!.join(', ')}`);
  return `. ${lists.join('; ')}. A mapping says what other names stand for`;
}

/** Counts records that were not taken, and keeps the first places of each reason; never what stood there. */
export class Rejections {
  #counts = new Map<RejectionReason, number>();
  #places = new Map<RejectionReason, Place[]>();

  add(reason: RejectionReason, place: Place): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    const places = this.#places.get(reason) ?? [];
    if (places.length < NAMED) this.#places.set(reason, [...places, place]);
  }

  /** Reasons that occurred, in the order of the closed list. */
  counts(): Partial<Record<RejectionReason, number>> {
    const occurred = REJECTION_REASONS.filter((reason) => this.#counts.has(reason));
    return Object.fromEntries(occurred.map((reason) => [reason, this.#counts.get(reason)]));
  }

  get total(): number {
    return [...this.#counts.values()].reduce((a, b) => a + b, 0);
  }

  /** One line a reason, for people. */
  lines(): string[] {
    return [...this.#counts].map(([reason, count]) => {
      const places = this.#places.get(reason) ?? [];
      const named = places.map((p) => `${p.source}:${p.position}${p.field === '' ? '' : ` (${p.field})`}`);
      return `${count} record${count === 1 ? '' : 's'} rejected as ${reason}: ${named.join(', ')}${count > places.length ? ', …' : ''}${namesAllowed(reason, places)}`;
    });
  }

  toJSON(): unknown {
    return [[...this.#counts], [...this.#places]];
  }

  load(saved: unknown): void {
    const [counts, places] = saved as [[RejectionReason, number][], [RejectionReason, Place[]][]];
    this.#counts = new Map(counts);
    this.#places = new Map(places);
  }
}
