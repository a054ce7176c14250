import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import type { ResponseStore } from '#libs/ports/store.ts';
import { filledRegister, told } from '../../services/responder/bench.ts';
import type { Fault } from '../../support/fault-proxy.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { manyAlerts, sampleAlert } from '../../support/sample-alert.ts';
import { AMPLE } from '../../support/sample-policy.ts';
import { freshDatabase } from './fresh-database.ts';
import type { KeycloakRig } from './keycloak-rig.ts';
import { openKeycloakRig } from './keycloak-rig.ts';
import { liveResponder } from './live-responder.ts';
import { startLocalPostgres } from './local-postgres.ts';
import { portalOf } from './portal-client.ts';
import { describeWith } from './with-servers.ts';

const alertFor = (id: string) => sampleAlert({ id: `incident-${id}`, timeMs: Date.now(), account: { id } });

describeWith(['postgres', 'keycloak'], 'PostgreSQL and Keycloak', ({ postgres, keycloak }) => {
  let rig: KeycloakRig;
  let store: ResponseStore;
  let live: ReturnType<typeof liveResponder>;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    rig = await openKeycloakRig(keycloak);
    return () => rig.close();
  });
  beforeEach(async () => {
    const database = await freshDatabase(postgres);
    drop = database.drop;
    store = await openPostgresStore({ url: database.url });
    live = liveResponder({ store, connector: rig.connector });
  });
  afterEach(async () => {
    rig.proxy.faults = [];
    rig.proxy.passed.length = 0;
    await live.stop();
    await store.close();
    await drop();
  });
  const disables = () => rig.proxy.passed.filter((r) => r.method === 'PUT').length;

  describe('an identity provider in trouble', () => {
    const everything = () => true;
    let n = 0;
    const everySecond = () => {
      n += 1;
      return n % 2 === 0;
    };
    it.each<[string, Fault[], boolean]>([
      ['down for a while', [{ kind: 'cut', on: everything, times: 3, struck: 0 }], true],
      ['answering 503 while it starts', [{ kind: 'status', status: 503, on: everything, times: 3, struck: 0 }], true],
      ['slow', [{ kind: 'slow', ms: 250, on: everything, times: 99, struck: 0 }], false],
      ['hanging now and then', [{ kind: 'hang', on: (r) => r.method !== 'GET', times: 1, struck: 0 }], true],
      [
        'failing every second call, with what it was asked done or not',
        [
          { kind: 'lost', on: everySecond, times: 2, struck: 0 },
          { kind: 'status', status: 500, on: everySecond, times: 2, struck: 0 },
        ],
        true,
      ],
    ])('%s: the gateway refuses at once, and the account is stopped in the end', async (_what, faults, fails) => {
      const account = await rig.account();
      const portal = portalOf(rig.realm);
      const held = await portal.signIn(account);
      if ('refused' in held) throw new Error('refused');
      rig.proxy.faults = faults;
      await live.responder.onAlert(alertFor(account));
      if (fails) expect((await live.until(account, 'failed', 'unknown')).attempts).toBeGreaterThan(0);
      else await live.until(account, 'requested');
      expect(live.restrictions.get(account)?.restriction).toBe('suspended');
      await live.until(account, 'verified');
      await live.stop();
      expect(faults.every((f) => f.struck! > 0)).toBe(true);
      expect(live.errors).toEqual([]);
      expect(await portal.probe(held)).toEqual({ userinfo: 401, active: false, refresh: 400 });
      expect(told(live.published).filter((t) => t === 'action suspend verified')).toHaveLength(1);
    });
  });

  it('ten alerts for one account at once are one stop', async () => {
    const account = await rig.account();
    const alerts = Array.from({ length: 10 }, (_, i) => ({
      ...alertFor(account),
      id: `incident-${account}`,
      revision: i + 1,
    }));
    await Promise.all(alerts.map((alert) => live.responder.onAlert(alert)));
    await live.until(account, 'verified');
    await live.stop();
    expect(await store.actionsOf(account)).toHaveLength(1);
    expect(disables()).toBe(1);
    expect((await store.incident(`incident-${account}`))?.revision).toBe(10);
  });

  it('ten incidents of one account at once disable it once', async () => {
    const account = await rig.account();
    const alerts = Array.from({ length: 10 }, (_, i) => ({ ...alertFor(account), id: `incident-${account}-${i}` }));
    await Promise.all(alerts.map((alert) => live.responder.onAlert(alert)));
    await live.responder.idle();
    await live.stop();
    expect(disables()).toBe(1);
    expect((await store.actionsOf(account)).filter((a) => a.state === 'verified').length).toBeGreaterThan(0);
    expect((await store.actionsOf(account)).filter((a) => !['verified', 'dropped'].includes(a.state))).toEqual([]);
  });

  it('500 alerts against a budget of 20: 20 stopped for real, 480 wait, one breaker alert, nothing lost', async () => {
    const wide = await openKeycloakRig(keycloak);
    const policy = { budget: { step_up: AMPLE, throttle: AMPLE, suspend: { ...AMPLE, perHour: 20 } } };
    await live.stop();
    live = liveResponder({ store, connector: wide.connector, policy });
    const alerts = manyAlerts(500, (i) => ({
      timeMs: Date.now(),
      account: { id: i < 40 ? `ps-${i}` : `ps-nobody-${i}` },
    }));
    await Promise.all(alerts.map((alert) => live.responder.onAlert(alert)));
    for (let i = 0; i < 20; i += 1) await live.until(`ps-${i}`, 'verified');
    await live.stop();
    for (const [state, accounts] of [
      ['verified', 20],
      ['waiting_approval', 480],
    ] as const) {
      const suspensions = (await store.actionsIn(state, 9_999)).filter(({ plan }) => plan.rung === 'suspend');
      expect(suspensions).toHaveLength(accounts);
    }
    expect(await store.incidents(999)).toHaveLength(500);
    expect(told(live.published).filter((t) => t === 'notice breaker_opened')).toHaveLength(1);
    expect(verifyAudit(await store.audit(1, 99_999))).toBeUndefined();
    expect(await store.unsent(1)).toEqual([]);
    expect((await wide.realm.userOf('ps-19')).enabled).toBe(false);
    expect((await wide.realm.userOf('ps-20')).enabled).toBe(true);
    await wide.close();
  });
});

describeWith(['postgres'], 'a PostgreSQL that crashes', () => {
  const ID = 'PS-000123';

  it('an alert that could not be written down is refused, and taken when it is given again', async () => {
    const server = await startLocalPostgres();
    const store = await openPostgresStore({ url: server.url, connectTimeoutMs: 1_000 });
    const register = filledRegister(0);
    const live = liveResponder({ store, connector: createLocalConnector(register) });
    await server.crash();
    await expect(live.responder.onAlert(alertFor(ID))).rejects.toThrow();
    expect(register.get(ID)?.enabled).toBe(true);
    await server.start();
    await live.responder.onAlert(alertFor(ID));
    await live.until(ID, 'verified');
    expect(register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
    await live.stop();
    await store.close();
    await server.stop();
  });

  it.each(['read', 'disable', 'endSessions'] as const)(
    'dead right after %s: the stop goes on when it is back',
    async (method) => {
      const server = await startLocalPostgres();
      const store = await openPostgresStore({ url: server.url, connectTimeoutMs: 1_000 });
      const register = filledRegister(0);
      const real = createLocalConnector(register);
      const { promise: crashed, resolve } = Promise.withResolvers<void>();
      let once = true;
      const connector: AccountConnector = {
        ...real,
        [method]: async (...args: Parameters<AccountConnector['disable']>) => {
          const outcome = await real[method](...args);
          if (once) {
            once = false;
            await server.crash();
            resolve();
          }
          return outcome;
        },
      };
      const clock = new ManualClock(Date.now());
      const live = liveResponder({ store, connector, clock });
      await live.responder.onAlert(alertFor(ID));
      await crashed;
      await live.responder.idle();
      expect(live.errors.length).toBeGreaterThan(0);
      await server.start();
      // Nobody could write down that the step was over: it is taken up again when its lease is.
      clock.advance(31_000);
      await live.until(ID, 'verified');
      expect(register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
      expect(register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
      expect((await store.audit(1, 9)).map((l) => l.verb)).toEqual([
        'action.planned',
        'action.requested',
        'action.verified',
      ]);
      await live.stop();
      await store.close();
      await server.stop();
    },
  );
});
