/**
 * The simulated portal. It keeps sessions in the account register, asks the gate before it serves any request, and logs
 * what it served. What the gate refuses never reaches anybody's file, and so is not in the access log.
 */
import type { GateAnswer, PortalGate } from '#libs/adapters/local-register/gate.ts';
import type { LocalRegister } from '#libs/adapters/local-register/register.ts';
import type { Delivery } from '#services/simulate/simulation.ts';

export type RefusalReason = Extract<GateAnswer, { admitted: false }>['why'];

/** A request as the portal sees it, and what became of it. */
export interface Handled {
  /** undefined: served. */
  readonly refused: RefusalReason | undefined;
  /** The person whose file was shown, who was new to the account; undefined for anything else. */
  readonly shownNewPerson: string | undefined;
}

/** The part of an access event that a portal needs to serve it. */
interface Request {
  readonly account: { readonly id: string };
  readonly session?: string;
  readonly outcome: string;
  readonly beneficiary?: { readonly nir: string };
}

/** A session that was not used for so long has ended. */
const SESSION_IDLE_MS = 12 * 3_600_000;

export class Portal {
  readonly #register: LocalRegister;
  readonly #gate: PortalGate;
  /** Whom each account knows: the people it has been shown. */
  readonly #known = new Map<string, Set<string>>();
  /** When each account's sessions were last used, ms. */
  readonly #lastUse = new Map<string, Map<string, number>>();

  constructor(register: LocalRegister, gate: PortalGate) {
    this.#register = register;
    this.#gate = gate;
  }

  /** A line of the log from before: the portal remembers whom its accounts know. */
  remember(line: string): void {
    const request = JSON.parse(line) as Request;
    if (request.beneficiary && request.outcome === 'found')
      this.#knownOf(request.account.id).add(request.beneficiary.nir);
  }

  /** Serves a request or refuses it. Whoever is asked to sign in again does so, with a second factor if they have one. */
  handle({ line, arrivalMs }: Delivery): Handled {
    const request = JSON.parse(line) as Request;
    const { id: accountId } = request.account;
    const session = request.session ?? '';
    const person = request.beneficiary?.nir;
    const known = this.#knownOf(accountId);
    const newPerson = person !== undefined && !known.has(person);
    const asked = { accountId, session, timeMs: arrivalMs, newPerson };
    let answer = this.#gate.ask(asked);
    if (!answer.admitted && (answer.why === 'session_ended' || answer.why === 'second_factor_required')) {
      if (this.#signIn(accountId, session, arrivalMs)) answer = this.#gate.ask(asked);
    }
    if (!answer.admitted) return { refused: answer.why, shownNewPerson: undefined };
    this.#lastUse.get(accountId)?.set(session, arrivalMs);
    if (person === undefined || request.outcome !== 'found') return { refused: undefined, shownNewPerson: undefined };
    known.add(person);
    return { refused: undefined, shownNewPerson: newPerson ? person : undefined };
  }

  #signIn(accountId: string, session: string, nowMs: number): boolean {
    const account = this.#register.get(accountId);
    const hasSecondFactor = account?.hasSecondFactor ?? false;
    if (!this.#register.signIn(accountId, session, nowMs, hasSecondFactor).ok) return false;
    const uses = this.#lastUse.get(accountId) ?? new Map<string, number>();
    this.#lastUse.set(accountId, uses);
    for (const [old, lastMs] of uses) {
      if (nowMs - lastMs < SESSION_IDLE_MS) continue;
      this.#register.signOut(accountId, old);
      uses.delete(old);
    }
    uses.set(session, nowMs);
    return true;
  }

  #knownOf(accountId: string): Set<string> {
    const known = this.#known.get(accountId) ?? new Set<string>();
    this.#known.set(accountId, known);
    return known;
  }
}
