import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AccountClass, Profession } from '#libs/model/codes.ts';
import type { CallReason } from '#libs/ports/accounts.ts';
import type { AccountRow, SessionRow } from './schema.ts';
import { REGISTER_SCHEMA } from './schema.ts';

/** An account as it is entered. */
export interface NewAccount {
  readonly id: string;
  readonly class: AccountClass;
  readonly profession: Profession;
  /** Department code, '' unknown. */
  readonly department: string;
  readonly hasSecondFactor: boolean;
}

/** An account as the register holds it. */
export interface RegisteredAccount extends NewAccount {
  readonly enabled: boolean;
  readonly stepUpRequired: boolean;
  readonly sessions: number;
  /** The next sign-in must set a new password. */
  readonly newPasswordRequired: boolean;
}

/** One change of an account, and what it was before. */
export interface RegisterChange {
  readonly seq: number;
  readonly atMs: number;
  readonly change:
    | 'disabled'
    | 'enabled'
    | 'step_up_required'
    | 'step_up_cleared'
    | 'sessions_ended'
    | 'new_password_demanded'
    | 'new_password_set';
  readonly actor: string;
  readonly reason: string;
  readonly actionId: string;
  readonly earlier: { readonly enabled: boolean; readonly stepUpRequired: boolean; readonly sessions: number };
}

export type SignIn =
  | { readonly ok: true; readonly session: string }
  | {
      readonly ok: false;
      readonly why: 'no_account' | 'disabled' | 'second_factor_required' | 'new_password_required';
    };

interface Live {
  readonly account: NewAccount;
  enabled: boolean;
  stepUpRequired: boolean;
  newPasswordRequired: boolean;
  readonly sessions: Map<string, { readonly startedMs: number; readonly strong: boolean }>;
}

/**
 * The accounts of a portal that has no identity provider of its own: kept in one SQLite file, answered from memory. A
 * change of an account is on the disk before it is answered for, with what the account was before. Sessions survive the
 * process too, but not necessarily a power cut: losing one only makes its holder sign in again.
 *
 * One process owns a register file at a time; a second one is refused.
 */
export class LocalRegister {
  readonly #db: DatabaseSync;
  readonly #accounts = new Map<string, Live>();

  /** @param path the register's file (its folder is made), or `:memory:`. Throws where another process has it open. */
  constructor(path: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    this.#db = new DatabaseSync(path, { timeout: 200 });
    // Exclusive, because the answers come from memory: a second process would go on admitting a disabled account.
    this.#db.exec('pragma locking_mode=exclusive; pragma journal_mode=wal; pragma foreign_keys=on');
    this.#db.exec(`pragma synchronous=full; ${REGISTER_SCHEMA}`);
    // Takes the lock now, not at the first change.
    this.#db.exec('begin immediate; commit');
    this.#load();
  }

  #load(): void {
    for (const row of this.#db.prepare('select * from account').all() as unknown as AccountRow[]) {
      const account: NewAccount = {
        id: row.id,
        class: row.class as AccountClass,
        profession: row.profession as Profession,
        department: row.department,
        hasSecondFactor: row.has_second_factor === 1,
      };
      const [enabled, stepUpRequired] = [row.enabled === 1, row.step_up_required === 1];
      this.#accounts.set(row.id, { account, enabled, stepUpRequired, newPasswordRequired: false, sessions: new Map() });
    }
    for (const row of this.#db.prepare('select account_id from new_password').all()) {
      this.#accounts.get(String(row.account_id))!.newPasswordRequired = true;
    }
    for (const row of this.#db.prepare('select * from session').all() as unknown as SessionRow[]) {
      const session = { startedMs: row.started_ms, strong: row.strong === 1 };
      this.#accounts.get(row.account_id)!.sessions.set(row.id, session);
    }
  }

  /** All or nothing, on the disk when it returns. */
  #durably(write: () => void): void {
    this.#db.exec('begin immediate');
    try {
      write();
      this.#db.exec('commit');
    } catch (error) {
      this.#db.exec('rollback');
      throw error;
    }
  }

  /** Enters accounts; those that are there already keep their state. Returns how many are new. */
  enter(accounts: Iterable<NewAccount>): number {
    let entered = 0;
    const fresh: NewAccount[] = [];
    this.#durably(() => {
      const insert = this.#db.prepare('insert into account values (?,?,?,?,1,0,?) on conflict do nothing');
      for (const a of accounts) {
        const { changes } = insert.run(a.id, a.class, a.profession, a.department, a.hasSecondFactor ? 1 : 0);
        if (Number(changes) === 1) fresh.push(a);
      }
    });
    for (const account of fresh) {
      this.#accounts.set(account.id, {
        account,
        enabled: true,
        stepUpRequired: false,
        newPasswordRequired: false,
        sessions: new Map(),
      });
      entered += 1;
    }
    return entered;
  }

  /** The account, or `undefined` where there is none of that id. */
  get(accountId: string): RegisteredAccount | undefined {
    const live = this.#accounts.get(accountId);
    if (!live) return undefined;
    const { account, enabled, stepUpRequired, newPasswordRequired, sessions } = live;
    return { ...account, enabled, stepUpRequired, newPasswordRequired, sessions: sessions.size };
  }

  /** Every account as it was entered. */
  *accounts(): Iterable<NewAccount> {
    for (const { account } of this.#accounts.values()) yield account;
  }

  /** How many accounts each profession has in each department: what a share of a profession is a share of. */
  groupSizes(): { readonly profession: Profession; readonly department: string; readonly accounts: number }[] {
    const sizes = new Map<string, { profession: Profession; department: string; accounts: number }>();
    for (const { account } of this.#accounts.values()) {
      const key = `${account.profession}/${account.department}`;
      const size = sizes.get(key) ?? { profession: account.profession, department: account.department, accounts: 0 };
      size.accounts += 1;
      sizes.set(key, size);
    }
    return [...sizes.values()];
  }

  /**
   * A sign-in with a right password. A second factor, where one is shown, answers a demanded step-up.
   *
   * @param session id of the new session, chosen by the portal
   * @param newPassword the holder has set a new password on the way, which answers a demand for one
   */
  signIn(accountId: string, session: string, nowMs: number, secondFactor: boolean, newPassword = false): SignIn {
    const live = this.#accounts.get(accountId);
    if (!live) return { ok: false, why: 'no_account' };
    if (!live.enabled) return { ok: false, why: 'disabled' };
    const strong = secondFactor && live.account.hasSecondFactor;
    if (live.stepUpRequired && !strong) return { ok: false, why: 'second_factor_required' };
    if (live.newPasswordRequired && !newPassword) return { ok: false, why: 'new_password_required' };
    this.#withoutSync('insert or replace into session values (?,?,?,?)', accountId, session, nowMs, strong ? 1 : 0);
    live.sessions.set(session, { startedMs: nowMs, strong });
    if (live.newPasswordRequired) {
      const why = { actionId: '', actor: accountId, reason: 'new password set', atMs: nowMs };
      this.change(accountId, 'new_password_set', why);
    }
    if (live.stepUpRequired) {
      const why = { actionId: '', actor: accountId, reason: 'second factor shown', atMs: nowMs };
      this.change(accountId, 'step_up_cleared', why);
    }
    return { ok: true, session };
  }

  /** The holder's own sign-out. */
  signOut(accountId: string, session: string): void {
    if (!this.#accounts.get(accountId)?.sessions.delete(session)) return;
    this.#withoutSync('delete from session where account_id=? and id=?', accountId, session);
  }

  /** A write that is not worth waiting for the disk: see the class's comment on sessions. */
  #withoutSync(text: string, ...parameters: (string | number)[]): void {
    this.#db.exec('pragma synchronous=normal');
    this.#db.prepare(text).run(...parameters);
    this.#db.exec('pragma synchronous=full');
  }

  /** The session of a request, or `undefined` where it is not (or no longer) one of this account's. */
  session(accountId: string, session: string): { readonly startedMs: number; readonly strong: boolean } | undefined {
    return this.#accounts.get(accountId)?.sessions.get(session);
  }

  /**
   * Makes one change, durably, and keeps what the account was before. A change that is in force already does nothing
   * and adds no history. False where there is no such account.
   */
  change(accountId: string, change: RegisterChange['change'], why: CallReason): boolean {
    const live = this.#accounts.get(accountId);
    if (!live) return false;
    const { enabled, stepUpRequired, newPasswordRequired, sessions } = live;
    const after = {
      enabled: change === 'enabled' || (enabled && change !== 'disabled'),
      stepUpRequired: change === 'step_up_required' || (stepUpRequired && change !== 'step_up_cleared'),
      newPasswordRequired: change === 'new_password_demanded' || (newPasswordRequired && change !== 'new_password_set'),
    };
    const ends = change === 'sessions_ended' && sessions.size > 0;
    const same =
      after.enabled === enabled &&
      after.stepUpRequired === stepUpRequired &&
      after.newPasswordRequired === newPasswordRequired;
    if (same && !ends) return true;
    this.#durably(() => {
      this.#db
        .prepare('insert into history values (null,?,?,?,?,?,?,?,?,?)')
        .run(
          accountId,
          why.atMs,
          change,
          why.actor,
          why.reason,
          why.actionId,
          enabled ? 1 : 0,
          stepUpRequired ? 1 : 0,
          sessions.size,
        );
      this.#db
        .prepare('update account set enabled=?, step_up_required=? where id=?')
        .run(after.enabled ? 1 : 0, after.stepUpRequired ? 1 : 0, accountId);
      if (after.newPasswordRequired !== newPasswordRequired) {
        const write = after.newPasswordRequired
          ? 'insert into new_password values (?)'
          : 'delete from new_password where account_id=?';
        this.#db.prepare(write).run(accountId);
      }
      if (ends) this.#db.prepare('delete from session where account_id=?').run(accountId);
    });
    live.enabled = after.enabled;
    live.stepUpRequired = after.stepUpRequired;
    live.newPasswordRequired = after.newPasswordRequired;
    if (ends) sessions.clear();
    return true;
  }

  /** What was done to an account, oldest first. */
  history(accountId: string): RegisterChange[] {
    const rows = this.#db.prepare('select * from history where account_id=? order by seq').all(accountId);
    return rows.map((row) => ({
      seq: Number(row.seq),
      atMs: Number(row.at_ms),
      change: row.change as RegisterChange['change'],
      actor: String(row.actor),
      reason: String(row.reason),
      actionId: String(row.action_id),
      earlier: {
        enabled: row.earlier_enabled === 1,
        stepUpRequired: row.earlier_step_up === 1,
        sessions: Number(row.earlier_sessions),
      },
    }));
  }

  close(): void {
    this.#db.close();
  }
}
