import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import type { RunningApi } from '#services/api/listen.ts';
import { startApi } from '#services/api/listen.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { MINUTE, sampleAlert } from '../../support/sample-alert.ts';
import { samplePolicy } from '../../support/sample-policy.ts';
import { ANALYST, APPROVER, AUDITOR, createApiBench, OTHER_APPROVER } from '../api/api-bench.ts';

const ID = 'PS-000123';
const mode = {
  ...samplePolicy().mode,
  professional: { ...samplePolicy().mode.professional, high: 'approve' },
} as const;

/** The commands as people type them, against an API that really listens, on a store in a file. */
describe('commands for people', () => {
  let folder: string;
  let store: ResponseStore;
  let bench: ReturnType<typeof createApiBench>;
  let api: RunningApi;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-operator-'));
    store = await openSqliteStore(join(folder, 'store.sqlite'));
    bench = createApiBench({ store, policy: { mode } });
    api = await startApi(bench.parts, { host: '127.0.0.1', port: 0 });
    await bench.responder.onAlert(sampleAlert());
    await bench.responder.onAlert(sampleAlert({ id: 'b2', severity: 'high', account: { id: 'PS-000001' } }));
    await bench.responder.idle();
    bench.clock.advance(MINUTE);
  });
  afterAll(async () => {
    await api.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  /** One command line, as the person whose token this is. */
  async function vigie(who: string, ...args: string[]) {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${who}\n`, { mode: 0o600 });
    const run = await runInProcess([...args, '--url', api.url, '--token-file', tokenFile]);
    await bench.responder.idle();
    return run;
  }

  it('incidents: listed, one of them whole, and what waits', async () => {
    const list = await vigie(ANALYST, 'incidents');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(/PS-000123 +mass_enumeration +suspend +17 +suspended/);
    const whole = await vigie(ANALYST, 'incidents', 'a1f0');
    expect(whole.stdout).toContain('territory: 44 of 47, 6.1 expected');
    expect(whole.stdout).toContain('suspend: verified');
    const few = await vigie(ANALYST, 'incidents', '--limit', '1', '--format', 'json');
    expect(JSON.parse(few.stdout)).toMatchObject({ items: [{}], more: true });
    expect(few.stderr).toContain('There are more than 1');
    expect((await vigie(ANALYST, 'incidents', 'nothing')).code).toBe(1);
  });

  it('approve and reject: by who may, once', async () => {
    const waiting = await vigie(APPROVER, 'incidents', '--waiting', '--format', 'json');
    const [{ id }] = JSON.parse(waiting.stdout).items;
    const refused = await vigie(ANALYST, 'approve', id);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('actions.decide is not yours');
    expect((await vigie(APPROVER, 'approve', id)).stdout).toContain('suspend of PS-000001');
    expect(bench.register.get('PS-000001')?.enabled).toBe(false);
    const late = await vigie(APPROVER, 'reject', id, '--reason', 'changed my mind');
    expect(late).toMatchObject({ code: 1 });
    expect((await vigie(APPROVER, 'reject', id)).code).toBe(2);
  });

  it('verdict, then the way back', async () => {
    const benign = ['verdict', 'a1f0', 'benign', '--reason', 'vaccination day'];
    expect((await vigie(ANALYST, ...benign)).stderr).toContain('body.until: goes with benign');
    expect((await vigie(ANALYST, ...benign, '--until', '2026-03-09')).stdout).toContain(
      'benign until 2026-03-09 23:59 UTC',
    );
    expect((await vigie(ANALYST, ...benign, '--until', 'soon')).code).toBe(2);
    const back = await vigie(APPROVER, 'reenable', ID, '--reason', 'called the practice');
    expect(back.stdout).toContain(`${ID} is given back; 1 actions taken back.`);
    expect(bench.register.get(ID)).toMatchObject({ enabled: true, newPasswordRequired: true });
  });

  it('contain: preview, ask, another person, revert', async () => {
    const org = ['--org', '750099999'];
    const shown = await vigie(ANALYST, 'contain', 'preview', ...org);
    expect(shown.stdout).toMatch(/2 accounts would be restricted[\s\S]*optician +69 +2 +4/);
    const digest = /digest (\w{64})/.exec(shown.stdout)![1]!;
    const asked = await vigie(
      APPROVER,
      'contain',
      'ask',
      ...org,
      '--digest',
      digest,
      '--reason',
      'stolen',
      '--format',
      'json',
    );
    const { id } = JSON.parse(asked.stdout);
    expect((await vigie(APPROVER, 'contain', 'approve', id, '--digest', digest)).stderr).toContain(
      'whoever asks cannot approve',
    );
    expect((await vigie(OTHER_APPROVER, 'contain', 'approve', id, '--digest', digest)).stdout).toContain('running');
    expect(bench.register.get('PS-000002')?.enabled).toBe(false);
    expect((await vigie(APPROVER, 'contain', 'revert', id, '--reason', 'over')).code).toBe(0);
    expect(bench.register.get('PS-000002')?.enabled).toBe(true);
    expect((await vigie(ANALYST, 'contain', 'list')).stdout).toContain('reverted');
    expect((await vigie(ANALYST, 'contain', 'preview', '--department', '69')).code).toBe(1);
  });

  it('breakers: what is left', async () => {
    expect((await vigie(ANALYST, 'breakers')).stdout).toContain('No breaker is open.');
    expect((await vigie(APPROVER, 'breakers', '--close', 'suspend', '--reason', 'x')).code).toBe(1);
  });

  it('says what is missing where nobody answers or no token is there', async () => {
    const nobody = await runInProcess([
      'incidents',
      '--url',
      'http://127.0.0.1:1',
      '--token-file',
      join(folder, 'token'),
    ]);
    expect(nobody).toMatchObject({ code: 1 });
    expect(nobody.stderr).toContain('cannot be reached');
    expect((await runInProcess(['incidents', '--url', api.url])).code).toBe(78);
    expect((await runInProcess(['incidents', '--token-file', join(folder, 'none')])).code).toBe(78);
  });

  it('audit: whole; cut short; changed in the database; changed in an export', async () => {
    const whole = await vigie(AUDITOR, 'audit', 'verify', '--format', 'json');
    const { lines, head } = JSON.parse(whole.stdout);
    expect(whole.code).toBe(0);
    const count = (await store.audit(1, 9999)).length;
    expect([lines, head.seq]).toEqual([count, count]);
    const noted = ['--head', `${head.seq}:${head.hash}`];
    expect((await vigie(AUDITOR, 'audit', 'verify', ...noted)).code).toBe(0);
    expect((await vigie(ANALYST, 'audit', 'verify')).code).toBe(1);
    expect((await vigie(AUDITOR, 'audit', 'list', '--limit', '2')).stdout).toContain('action.planned');

    const exported = (await vigie(AUDITOR, 'audit', 'export')).stdout;
    const file = join(folder, 'audit.ndjson');
    const verify = async (text: string) => {
      writeFileSync(file, text);
      return runInProcess(['audit', 'verify', '--file', file, ...noted]);
    };
    expect((await verify(exported)).code).toBe(0);
    const rows = exported.trimEnd().split('\n');
    expect((await verify(rows.slice(0, -1).join('\n'))).stderr).toContain('the log was cut or made anew');
    expect((await verify(rows.toSpliced(3, 1).join('\n'))).stderr).toContain('line 4: missing line');
    expect((await verify(exported.replace('Anne Martin', 'Luc Petit'))).stderr).toContain('wrong hash');
    expect((await verify(exported.replace('"seq"', 'seq'))).stderr).toContain('audit.ndjson:1: no line');

    // Somebody with the database's own password, past the triggers that refuse it.
    const db = new DatabaseSync(join(folder, 'store.sqlite'));
    expect(() => db.exec("update audit set actor='nobody' where seq=2")).toThrow('append-only');
    expect(() => db.exec('delete from audit where seq=2')).toThrow('append-only');
    db.exec("drop trigger audit_no_update; update audit set actor='nobody' where seq=2");
    db.close();
    const tampered = await vigie(AUDITOR, 'audit', 'verify');
    expect(tampered).toMatchObject({ code: 1 });
    expect(tampered.stderr).toContain('the audit log is broken at line 2: wrong hash');
    expect(readFileSync(file, 'utf8')).not.toContain('vigie_local_');
  });
});
