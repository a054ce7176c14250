import { DEPARTMENT_ABROAD, DEPARTMENT_COUNT } from '#libs/model/departments.ts';
import type { PipelineState } from './state.ts';

/**
 * Where an account's people are at home. Many logs do not say where a practice stands; its people do. Without a home, an
 * account's area would be the whole portal, whose mix foretells a list of the whole country better than anything.
 */

/** People learnt after which the home is looked for (again). */
const PEOPLE_BETWEEN = 15;
/** A place where fewer of its people were born is no home: insurers, call centres, tele-services have none. */
const LEAST_SHARE = 0.2;

/** Department that the log declares for the account, else the one it was seen to serve; 0 where there is none. */
export const homeOf = (state: PipelineState, account: number): number =>
  state.accounts.department[account]! || state.accounts.learntHome[account]!;

/** Looks for the home of a row's account among the birth departments it has learnt; to be called for each one learnt. */
export function learnHome(state: PipelineState, row: number): void {
  const { accounts, channels } = state;
  const account = channels.account[row]!;
  const total = channels.departmentTotal[row]!;
  if (accounts.department[account] !== 0 || total % PEOPLE_BETWEEN !== 0) return;
  const base = row * DEPARTMENT_COUNT;
  let best = 0;
  let most = LEAST_SHARE * total;
  for (let department = 1; department < DEPARTMENT_COUNT; department++) {
    const people = channels.departmentCount[base + department]!;
    if (people < most || department === DEPARTMENT_ABROAD) continue;
    best = department;
    most = people;
  }
  accounts.learntHome[account] = best;
}
