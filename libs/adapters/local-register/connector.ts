import type { AccountConnector, CallOutcome, CallReason } from '#libs/ports/accounts.ts';
import type { LocalRegister, RegisterChange } from './register.ts';

/** The local register as the response sees an account keeper. */
export function createLocalConnector(register: LocalRegister): AccountConnector {
  const notFound = { outcome: 'not_found', detail: 'no such account in the local register' } as const;

  const change =
    (kind: RegisterChange['change']) =>
    async (accountId: string, why: CallReason): Promise<CallOutcome> => {
      try {
        return register.change(accountId, kind, why) ? { outcome: 'done', value: undefined } : notFound;
      } catch (error) {
        // A full or read-only disk: the change was rolled back.
        return { outcome: 'unavailable', detail: error instanceof Error ? error.message : 'register not writable' };
      }
    };

  return {
    name: 'local',
    async read(accountId) {
      const account = register.get(accountId);
      if (!account) return notFound;
      const { enabled, stepUpRequired, sessions, hasSecondFactor } = account;
      const secondFactor = hasSecondFactor ? 'yes' : 'no';
      return { outcome: 'done', value: { enabled, stepUpRequired, sessions, secondFactor } };
    },
    disable: change('disabled'),
    enable: change('enabled'),
    requireStepUp: change('step_up_required'),
    clearStepUp: change('step_up_cleared'),
    demandNewPassword: change('new_password_demanded'),
    endSessions: change('sessions_ended'),
  };
}
