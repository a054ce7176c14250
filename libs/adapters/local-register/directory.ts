import type { AccountDirectory } from '#libs/ports/directory.ts';
import type { LocalRegister } from './register.ts';

/** The local register as a list of accounts. It knows no organisations. */
export const registerDirectory = (register: LocalRegister): AccountDirectory => ({
  async *accounts() {
    for (const { id, class: accountClass, profession, department } of register.accounts()) {
      yield { id, class: accountClass, profession, department, org: '' };
    }
  },
});
