import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import type { Clock } from '#libs/ports/clock.ts';
import type { OutboundRecord } from '#libs/ports/store.ts';
import { createResponder } from '#services/responder/responder.ts';
import { told } from '../../services/responder/bench.ts';
import { manyAlerts, sampleAlert } from '../../support/sample-alert.ts';
import { AMPLE, samplePolicy } from '../../support/sample-policy.ts';
import { freshDatabase } from './fresh-database.ts';
import { portalOf } from './portal-client.ts';
import type { KeeperOrder, ResponderOrder, StoreOrder } from './responder-process.ts';
import { openKeeper, openStore, publishTo } from './responder-process.ts';
import { runResponder } from './run-responder.ts';
import { createTestRealm } from './test-realm.ts';
import { describeWith } from './with-servers.ts';

const ID = 'PS-000123';
/** Past every lease: another instance takes over what a dead one had begun. */
const MINUTE_LATER: Clock = { nowMs: () => Date.now() + 60_000 };
const alert = () => sampleAlert({ timeMs: Date.now() });

/** Goes on with what a killed process left, as the next one does; the alert is redelivered, for nobody acknowledged it. */
async function inherit(order: ResponderOrder): Promise<void> {
  const store = await openStore(order.store);
  const keeper = openKeeper(order.keeper);
  const responder = createResponder({
    store,
    connector: keeper.connector,
    restrictions: createRestrictionList(),
    policy: order.policy,
    clock: MINUTE_LATER,
    publish: publishTo(order.published),
    soleOwner: 'sqlite' in order.store,
  });
  await responder.resume();
  for (const redelivered of order.alerts) await responder.onAlert(redelivered);
  await responder.runDue();
  await responder.idle();
  keeper.close();
  await store.close();
}

async function expectStoppedOnce(order: ResponderOrder): Promise<void> {
  const store = await openStore(order.store);
  const [action, ...more] = await store.actionsOf(ID);
  expect(more).toEqual([]);
  expect(action).toMatchObject({ state: 'verified', dueMs: 0, earlier: { enabled: true } });
  expect(await store.restriction(ID)).toMatchObject({ restriction: 'suspended', seq: 1 });
  expect(await store.unsent(9)).toEqual([]);
  const log = await store.audit(1, 99);
  expect(verifyAudit(log)).toBeUndefined();
  expect(log.map((l) => l.verb)).toEqual(['action.planned', 'action.requested', 'action.verified']);
  await store.close();
  const records = readFileSync(order.published, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OutboundRecord);
  const once = told([...new Map(records.map((r) => [r.id, r])).values()]);
  for (const line of ['restriction suspended', 'action suspend requested', 'action suspend verified']) {
    expect(once.filter((l) => l === line)).toHaveLength(1);
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-killed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Kills a responder after its 1st, 2nd, … call until one lives to its end; the world is made anew each time. */
async function killAtEveryStep(
  world: () => Promise<{ store: StoreOrder; keeper: KeeperOrder; check(): Promise<void>; drop(): Promise<void> }>,
): Promise<number> {
  for (let dieAfter = 1; ; dieAfter += 1) {
    const { store, keeper, check, drop } = await world();
    const published = join(folder, `published-${dieAfter}`);
    const order: ResponderOrder = { store, keeper, policy: samplePolicy(), alerts: [alert()], published, dieAfter };
    const run = await runResponder(join(folder, 'order.json'), order);
    const killed = run.signal === 'SIGKILL';
    if (!killed) expect(run).toMatchObject({ code: 0, stderr: '' });
    await inherit(order);
    await expectStoppedOnce(order);
    await check();
    await drop();
    if (!killed) return dieAfter - 1;
  }
}

const registerWorld = () => {
  const path = join(folder, `register-${crypto.randomUUID()}.db`);
  const register = new LocalRegister(path);
  register.enter([{ id: ID, class: 'professional', profession: 'optician', department: '69', hasSecondFactor: true }]);
  register.signIn(ID, 's', Date.now(), false);
  register.close();
  return {
    keeper: { register: path },
    async check() {
      const after = new LocalRegister(path);
      expect(after.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
      expect(after.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
      after.close();
    },
  };
};

it('SIGKILL between each two steps on SQLite: nothing lost, nothing done twice', async () => {
  const kills = await killAtEveryStep(async () => ({
    ...registerWorld(),
    store: { sqlite: join(folder, `${crypto.randomUUID()}.db`) },
    drop: async () => {},
  }));
  expect(kills).toBeGreaterThan(15);
});

describeWith(['postgres'], 'PostgreSQL', ({ postgres }) => {
  it('SIGKILL between each two steps: nothing lost, nothing done twice', async () => {
    const kills = await killAtEveryStep(async () => {
      const database = await freshDatabase(postgres);
      return { ...registerWorld(), store: { postgres: database.url }, drop: database.drop };
    });
    expect(kills).toBeGreaterThan(15);
  });

  it('the disable budget holds over two processes that get the same 60 alerts at once', async () => {
    const database = await freshDatabase(postgres);
    const alerts = manyAlerts(60, () => ({ timeMs: Date.now() }));
    const registers = ['one', 'two'].map((name) => join(folder, `${name}.db`));
    for (const path of registers) {
      const register = new LocalRegister(path);
      register.enter(alerts.map(({ account }) => ({ ...account, hasSecondFactor: true })));
      register.close();
    }
    const policy = samplePolicy({ budget: { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perHour: 20 } } });
    const runs = await Promise.all(
      registers.map((register, i) =>
        runResponder(join(folder, `order-${i}.json`), {
          store: { postgres: database.url },
          keeper: { register },
          policy,
          alerts: i === 0 ? alerts : alerts.toReversed(),
          published: join(folder, `published-${i}`),
          dieAfter: 0,
        }),
      ),
    );
    for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '' });
    const store = await openStore({ postgres: database.url });
    for (const [state, accounts] of [
      ['verified', 20],
      ['waiting_approval', 40],
    ] as const) {
      const suspensions = (await store.actionsIn(state, 999)).filter(({ plan }) => plan.rung === 'suspend');
      expect(suspensions).toHaveLength(accounts);
    }
    expect(verifyAudit(await store.audit(1, 9999))).toBeUndefined();
    const records = registers
      .map((_, i) => join(folder, `published-${i}`))
      .filter((path) => existsSync(path))
      .flatMap((path) => readFileSync(path, 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as OutboundRecord);
    // One at a time publishes, so that not even twice the same record goes out.
    expect(new Set(records.map((r) => r.id)).size).toBe(records.length);
    expect(told(records).filter((t) => t === 'notice breaker_opened')).toHaveLength(1);
    await store.close();
    // Each account was disabled by one of the two.
    const disabled = registers.flatMap((path) => {
      const register = new LocalRegister(path);
      const found = alerts.filter((a) => register.history(a.account.id).some((h) => h.change === 'disabled'));
      register.close();
      return found.map((a) => a.account.id);
    });
    expect(disabled).toHaveLength(20);
    expect(new Set(disabled).size).toBe(20);
    await database.drop();
  });
});

describeWith(['postgres', 'keycloak'], 'PostgreSQL and Keycloak', ({ postgres, keycloak }) => {
  it('SIGKILL after every fifth call: the account is stopped, and nothing held before works again', async () => {
    const realm = await createTestRealm(keycloak, [{ username: ID, otp: true }]);
    const portal = portalOf(realm);
    for (let dieAfter = 4; dieAfter < 100; dieAfter += 5) {
      const database = await freshDatabase(postgres);
      const user = await realm.userOf(ID);
      await realm.admin('PUT', `/users/${user.id}`, { ...user, enabled: true });
      const held = await portal.signIn(ID, { offline: true });
      if ('refused' in held) throw new Error(`refused: ${held.refused}`);
      const order: ResponderOrder = {
        store: { postgres: database.url },
        keeper: { keycloak: { url: keycloak, realm: realm.realm, secret: realm.secret } },
        policy: samplePolicy(),
        alerts: [alert()],
        published: join(folder, `published-${dieAfter}`),
        dieAfter,
      };
      const run = await runResponder(join(folder, 'order.json'), order);
      await inherit(order);
      await expectStoppedOnce(order);
      expect(await portal.probe(held)).toEqual({ userinfo: 401, active: false, refresh: 400 });
      expect(await portal.signIn(ID)).toEqual({ refused: 400 });
      await database.drop();
      if (run.signal !== 'SIGKILL') break;
    }
    await realm.drop();
  });
});
