import type { RestrictionList } from '#libs/ports/restrictions.ts';
import type { LocalRegister } from './register.ts';

/** A request as the portal's gate sees it. */
export interface PortalRequest {
  readonly accountId: string;
  readonly session: string;
  readonly timeMs: number;
  /** The person looked up is new to this account; false for those it knows and for requests about nobody. */
  readonly newPerson: boolean;
}

export type GateAnswer =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly why: 'no_account' | 'disabled' | 'suspended' | 'session_ended' | 'second_factor_required' | 'throttled';
    };

const HOUR_MS = 3_600_000;

/**
 * What a portal asks before it serves a request: the account's state and sessions in the register, and the restriction
 * list. A throttled account stays free with people it knows and gets its few new ones an hour; what the gate refuses is
 * not counted.
 */
export function createPortalGate(register: LocalRegister, restrictions: RestrictionList) {
  /** By throttled account: when it was let through to a new person, ms, within the last hour. Lost with the process. */
  const admittedNew = new Map<string, number[]>();

  const throttled = (request: PortalRequest, newPerHour: number): boolean => {
    if (!request.newPerson) return false;
    const recent = (admittedNew.get(request.accountId) ?? []).filter((ms) => ms > request.timeMs - HOUR_MS);
    admittedNew.set(request.accountId, recent);
    if (recent.length >= newPerHour) return true;
    recent.push(request.timeMs);
    return false;
  };

  return {
    ask(request: PortalRequest): GateAnswer {
      const account = register.get(request.accountId);
      if (!account) return { admitted: false, why: 'no_account' };
      if (!account.enabled) return { admitted: false, why: 'disabled' };
      const found = restrictions.get(request.accountId);
      const restriction = found && (found.untilMs === 0 || request.timeMs < found.untilMs) ? found : undefined;
      if (restriction?.restriction === 'suspended') return { admitted: false, why: 'suspended' };
      const session = register.session(request.accountId, request.session);
      if (!session) return { admitted: false, why: 'session_ended' };
      if (restriction?.restriction === 'step_up' && !session.strong) {
        return { admitted: false, why: 'second_factor_required' };
      }
      if (restriction?.restriction === 'throttle' && throttled(request, restriction.newPerHour)) {
        return { admitted: false, why: 'throttled' };
      }
      if (!restriction) admittedNew.delete(request.accountId);
      return { admitted: true };
    },
  };
}
export type PortalGate = ReturnType<typeof createPortalGate>;
