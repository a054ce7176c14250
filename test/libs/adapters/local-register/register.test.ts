import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewAccount } from '#libs/adapters/local-register/register.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { T0 } from '../../../support/sample-alert.ts';

const account = (id: string, change: Partial<NewAccount> = {}): NewAccount => ({
  id,
  class: 'professional',
  profession: 'optician',
  department: '69',
  hasSecondFactor: true,
  ...change,
});
const why = { actionId: 'act-1', actor: 'vigie', reason: 'test', atMs: T0 };

describe('local register', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-register-'));
    path = join(folder, 'data', 'register.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('signs in who may, and says why it refuses', () => {
    const register = new LocalRegister(':memory:');
    expect(register.enter([account('A'), account('B', { hasSecondFactor: false })])).toBe(2);
    expect(register.signIn('X', 's', T0, true)).toEqual({ ok: false, why: 'no_account' });
    expect(register.signIn('A', 's1', T0, false)).toEqual({ ok: true, session: 's1' });
    expect(register.session('A', 's1')).toEqual({ startedMs: T0, strong: false });
    expect(register.session('B', 's1')).toBeUndefined();
    register.change('A', 'disabled', why);
    expect(register.signIn('A', 's2', T0, true)).toEqual({ ok: false, why: 'disabled' });
    register.signOut('A', 's1');
    expect(register.session('A', 's1')).toBeUndefined();
    register.close();
  });

  it('asks for the second factor until it is shown, and an account that has none cannot show it', () => {
    const register = new LocalRegister(':memory:');
    register.enter([account('A'), account('B', { hasSecondFactor: false })]);
    for (const id of ['A', 'B']) register.change(id, 'step_up_required', why);
    expect(register.signIn('A', 's1', T0, false)).toEqual({ ok: false, why: 'second_factor_required' });
    expect(register.signIn('B', 's1', T0, true)).toEqual({ ok: false, why: 'second_factor_required' });
    expect(register.signIn('A', 's2', T0, true).ok).toBe(true);
    expect(register.get('A')?.stepUpRequired).toBe(false);
    expect(register.signIn('A', 's3', T0, false).ok).toBe(true);
    register.close();
  });

  it('keeps what the account was before each change; a change already in force leaves no trace', () => {
    const register = new LocalRegister(':memory:');
    register.enter([account('A')]);
    register.signIn('A', 's1', T0, true);
    expect(register.change('A', 'disabled', why)).toBe(true);
    expect(register.change('A', 'disabled', why)).toBe(true);
    expect(register.change('A', 'sessions_ended', why)).toBe(true);
    expect(register.change('A', 'sessions_ended', why)).toBe(true);
    expect(register.change('X', 'disabled', why)).toBe(false);
    expect(register.history('A').map((h) => [h.change, h.actionId, h.earlier])).toEqual([
      ['disabled', 'act-1', { enabled: true, stepUpRequired: false, sessions: 1 }],
      ['sessions_ended', 'act-1', { enabled: false, stepUpRequired: false, sessions: 1 }],
    ]);
    register.close();
  });

  it('counts the accounts of each profession in each department', () => {
    const register = new LocalRegister(':memory:');
    register.enter([account('A'), account('B'), account('C', { department: '13' })]);
    expect(register.groupSizes()).toEqual([
      { profession: 'optician', department: '69', accounts: 2 },
      { profession: 'optician', department: '13', accounts: 1 },
    ]);
    register.close();
  });

  it('is the same after a restart, and entering the same accounts again changes nothing', () => {
    const first = new LocalRegister(path);
    first.enter([account('A'), account('B')]);
    first.signIn('B', 's1', T0, true);
    first.change('A', 'disabled', why);
    first.close();
    const second = new LocalRegister(path);
    expect(second.enter([account('A'), account('B'), account('C')])).toBe(1);
    expect(second.get('A')).toEqual({
      ...account('A'),
      enabled: false,
      newPasswordRequired: false,
      stepUpRequired: false,
      sessions: 0,
    });
    expect(second.session('B', 's1')).toEqual({ startedMs: T0, strong: true });
    second.close();
  });

  it('survives SIGKILL right after a change', () => {
    const module = new URL('../../../../libs/adapters/local-register/register.ts', import.meta.url).href;
    const script = `
      import { LocalRegister } from ${JSON.stringify(module)};
      const register = new LocalRegister(${JSON.stringify(path)});
      register.enter([${JSON.stringify(account('A'))}]);
      register.signIn('A', 's1', ${T0}, true);
      register.change('A', 'disabled', ${JSON.stringify(why)});
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(child.signal).toBe('SIGKILL');
    const register = new LocalRegister(path);
    expect(register.get('A')).toMatchObject({ enabled: false, sessions: 1 });
    expect(register.history('A')).toHaveLength(1);
    register.close();
  });

  it('refuses a second owner of the same file', () => {
    const first = new LocalRegister(path);
    expect(() => new LocalRegister(path)).toThrow('locked');
    first.close();
  });
});

describe('a new password', () => {
  it('is asked for at the next sign-in once it is demanded, over a restart too, and then no longer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-'));
    const path = join(folder, 'register.sqlite');
    let register = new LocalRegister(path);
    register.enter([account('A')]);
    register.change('A', 'new_password_demanded', why);
    register.close();
    register = new LocalRegister(path);
    expect(register.get('A')?.newPasswordRequired).toBe(true);
    expect(register.signIn('A', 's', T0, true)).toEqual({ ok: false, why: 'new_password_required' });
    expect(register.signIn('A', 's', T0, true, true)).toEqual({ ok: true, session: 's' });
    expect(register.signIn('A', 't', T0, true)).toEqual({ ok: true, session: 't' });
    expect(register.history('A').map((h) => h.change)).toEqual(['new_password_demanded', 'new_password_set']);
    register.close();
    rmSync(folder, { recursive: true });
  });
});
