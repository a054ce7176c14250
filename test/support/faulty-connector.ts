import type { AccountConnector, CallFailure, CallOutcome } from '#libs/ports/accounts.ts';

export type ConnectorMethod = Exclude<keyof AccountConnector, 'name'>;

/** A fault a test orders: it counts how often it struck, so that the test can prove that it did. */
export interface ConnectorFault {
  readonly method: ConnectorMethod;
  readonly failure: CallFailure;
  /** The call is made all the same, and only its answer is lost. */
  readonly applied?: boolean;
  /** How many calls it spoils. */
  times: number;
  struck?: number;
}

/** A connector whose calls are written down and fail to order. */
export function faultyConnector(real: AccountConnector, faults: ConnectorFault[] = []) {
  const calls: string[] = [];
  const wrap =
    <A extends unknown[], T>(method: ConnectorMethod, call: (...args: A) => Promise<CallOutcome<T>>) =>
    async (...args: A): Promise<CallOutcome<T>> => {
      calls.push(`${method} ${args[0]}`);
      const fault = faults.find((f) => f.method === method && f.times > 0);
      if (!fault) return call(...args);
      fault.times -= 1;
      fault.struck = (fault.struck ?? 0) + 1;
      if (fault.applied) await call(...args);
      return fault.failure;
    };
  const connector: AccountConnector = {
    name: real.name,
    read: wrap('read', real.read),
    disable: wrap('disable', real.disable),
    enable: wrap('enable', real.enable),
    requireStepUp: wrap('requireStepUp', real.requireStepUp),
    clearStepUp: wrap('clearStepUp', real.clearStepUp),
    endSessions: wrap('endSessions', real.endSessions),
    ...(real.demandNewPassword ? { demandNewPassword: wrap('demandNewPassword', real.demandNewPassword) } : {}),
  };
  return { connector, calls, faults };
}
