import { describe, expect, it } from 'vitest';
import type { Permission, Role } from '#services/api/roles.ts';
import { FOR_PEOPLE, PERMISSIONS, ROLE_NAMES } from '#services/api/roles.ts';
import { allRoutes } from '#services/api/routes/index.ts';
import { ANNE } from '../../support/people.ts';
import { createApiBench, tokenOf } from './api-bench.ts';

/**
 * Who may do what, written out a second time: a change of the roles has to be made in both places, by somebody who means
 * it. Columns: viewer, analyst, approver, auditor, gateway.
 */
const MATRIX: Readonly<Record<Permission, string>> = {
  'incidents.read': 'yes yes yes yes -',
  'actions.read': 'yes yes yes yes -',
  'actions.decide': '- - yes - -',
  'accounts.reenable': '- - yes - -',
  'verdicts.write': '- yes - - -',
  'holder.ask': '- yes - - yes',
  'containments.read': 'yes yes yes yes -',
  'containments.ask': '- yes yes - -',
  'containments.decide': '- - yes - -',
  'breakers.read': 'yes yes yes yes -',
  'breakers.close': '- - yes - -',
  'audit.read': '- - - yes -',
  'restrictions.read': 'yes yes yes yes yes',
  'restrictions.enforce': '- - - - yes',
};
const COLUMNS: readonly Role[] = ['viewer', 'analyst', 'approver', 'auditor', 'gateway'];
const cell = (permission: Permission, role: Role) => MATRIX[permission].split(' ')[COLUMNS.indexOf(role)] === 'yes';

const guarded = allRoutes().filter((r) => r.permission !== 'open');
const urlOf = (path: string) => path.replaceAll(/\{\w+\}/g, 'x');

describe('least privilege', () => {
  it('the matrix names every role and permission', () => {
    expect([...COLUMNS].sort()).toEqual([...ROLE_NAMES].sort());
    expect(Object.keys(MATRIX).sort()).toEqual([...PERMISSIONS].sort());
    expect(new Set(guarded.map((r) => r.permission)).size).toBe(PERMISSIONS.length);
  });

  it.each(COLUMNS)('role %s gets through where the matrix says so, and nowhere else', async (role) => {
    const { ask } = createApiBench();
    for (const { method, path, permission } of guarded) {
      const { status } = await ask(tokenOf(ANNE, role), method, urlOf(path), method === 'GET' ? undefined : {});
      expect(status !== 403, `${role} ${method} ${path}`).toBe(cell(permission as Permission, role));
    }
  });

  it('nobody gets through without a token, with a wrong one, or without a role', async () => {
    const { ask, logged } = createApiBench();
    for (const { method, path } of guarded) {
      const body = method === 'GET' ? undefined : {};
      expect((await ask('', method, urlOf(path), body)).status).toBe(401);
      expect((await ask('nonsense', method, urlOf(path), body)).status).toBe(401);
      expect((await ask(tokenOf(ANNE), method, urlOf(path), body)).status).toBe(403);
    }
    expect(JSON.stringify(logged)).not.toContain('nonsense');
  });

  it('a program may read and enforce, and decides nothing whatever its roles', async () => {
    const { ask } = createApiBench();
    const robot = tokenOf({ id: 'robot', name: '', kind: 'service' }, ...ROLE_NAMES);
    for (const { method, path, permission } of guarded) {
      const { status } = await ask(robot, method, urlOf(path), method === 'GET' ? undefined : {});
      expect(status === 403, `${method} ${path}`).toBe(FOR_PEOPLE.has(permission as Permission));
    }
  });

  it('what is open says itself what it asks for', () => {
    const open = allRoutes().filter((r) => r.permission === 'open');
    expect(open.map((r) => `${r.method} ${r.path}`)).toEqual([
      'GET /healthz',
      'GET /v1/gate',
      'GET /v1/confirmations/{token}',
      'POST /v1/confirmations/{token}',
    ]);
  });
});
