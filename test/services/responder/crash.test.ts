import { describe, expect, it } from 'vitest';
import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import type { Containment } from '#libs/model/containment.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import { verifyAudit } from '#libs/ports/audit-chain.ts';
import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import { restoreResponseState } from '#libs/respond/index.ts';
import { containmentOf } from '#services/responder/containment.ts';
import type { Responder } from '#services/responder/responder.ts';
import { createResponder } from '#services/responder/responder.ts';
import { CrashPoint } from '../../support/crashing.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ANNE, LUC } from '../../support/people.ts';
import { MINUTE, sampleAlert, T0 } from '../../support/sample-alert.ts';
import { samplePolicy } from '../../support/sample-policy.ts';
import { filledRegister, previewOf, told } from './bench.ts';

const ID = 'PS-000123';
const POLICY: Partial<ResponsePolicy> = { restrictionMinutes: { step_up: 30, throttle: 30, suspend: 0 } };

/** Accounts of a class that is contained. */
const CLASS = ['PS-000000', 'PS-000001'];
const PREVIEW = previewOf(CLASS);
const WISH = {
  selector: { class: 'professional' },
  rung: 'suspend',
  reason: 'stolen staff accounts',
  sliceSize: 1,
  sliceEveryMs: 0,
  lengthMs: 0,
} as const;

/** The one containment there is. */
const containmentIn = async ({ store }: World): Promise<Containment> =>
  containmentOf((await store.cases('containment', 1))[0])!;

/** Lets a containment go as far as it gets. */
async function goOn(r: Responder): Promise<void> {
  for (let rounds = 0; rounds < 3; rounds += 1) {
    await r.runDue();
    await r.idle();
  }
}

const changesOf = ({ register }: World) => CLASS.map((id) => register.history(id).map((h) => h.change));
const verbsOf = async ({ store }: World) => (await store.audit(1, 999)).map((l) => l.verb);

/** The world that outlives a process, and processes in it. */
async function createWorld(openStore: () => Promise<ResponseStore>) {
  const register = filledRegister(CLASS.length);
  const store = await openStore();
  const clock = new ManualClock(T0);
  const published: OutboundRecord[] = [];
  const topics = { publish: async (record: OutboundRecord) => void published.push(record) };
  const policy = samplePolicy(POLICY);
  const start = (crash?: CrashPoint): Responder => {
    const restrictions = createRestrictionList();
    const connector = createLocalConnector(register);
    const wrapped = <T extends object>(part: T): T => (crash ? crash.wrap(part) : part);
    const { publish } = wrapped(topics);
    return createResponder({
      store: wrapped(store),
      connector: wrapped(connector),
      restrictions: wrapped(restrictions),
      policy,
      clock,
      publish,
      onError: (error) => {
        if (!crash?.dead) throw error;
      },
    });
  };
  return { register, store, clock, published, policy, start };
}
type World = Awaited<ReturnType<typeof createWorld>>;

/** Lets a process do `work` until it dies or is done. */
async function untilDeath(responder: Responder, crash: CrashPoint, work: (r: Responder) => Promise<unknown>) {
  try {
    await work(responder);
    await responder.idle();
  } catch (error) {
    if (!crash.dead) throw error;
  }
}

interface Story {
  readonly name: string;
  /** What went well before the process that dies. */
  readonly before: (r: Responder, world: World) => Promise<unknown>;
  /** What the process is at when it dies. It is asked for again after a restart unless it was answered. */
  readonly work: (r: Responder, world: World) => Promise<unknown>;
  readonly check: (world: World) => Promise<void>;
  /** Many steps: in memory is enough, where each store keeps to the same contract. */
  readonly isLong?: boolean;
}

const count = (list: readonly string[], item: string) => list.filter((i) => i === item).length;

const STORIES: readonly Story[] = [
  {
    name: 'suspend',
    before: async () => {},
    work: (r) => r.onAlert(sampleAlert()),
    check: async ({ register, store, published, policy }) => {
      expect(register.get(ID)).toMatchObject({ enabled: false, sessions: 0 });
      expect(register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
      const [action, ...more] = await store.actionsOf(ID);
      expect(more).toEqual([]);
      expect(action).toMatchObject({ state: 'verified', dueMs: 0, earlier: { enabled: true } });
      expect(await store.restriction(ID)).toMatchObject({ restriction: 'suspended', seq: 1 });
      const verbs = (await store.audit(1, 99)).map((l) => l.verb);
      expect(verbs).toEqual(['action.planned', 'action.requested', 'action.verified']);
      const { snapshot } = await store.readPlanning();
      expect(restoreResponseState(policy, snapshot).spent.get('suspend')).toHaveLength(1);
      const lines = told([...new Map(published.map((p) => [p.id, p])).values()]);
      for (const line of ['restriction suspended', 'action suspend requested', 'action suspend verified']) {
        expect(count(lines, line)).toBe(1);
      }
    },
  },
  {
    name: 'step up',
    before: async () => {},
    work: (r) => r.onAlert(sampleAlert({ rung: 'step_up' })),
    check: async ({ register, store }) => {
      expect(register.get(ID)).toMatchObject({ enabled: true, stepUpRequired: true, sessions: 0 });
      expect(register.history(ID).map((h) => h.change)).toEqual(['step_up_required', 'sessions_ended']);
      expect((await store.actionsOf(ID)).map((a) => a.state)).toEqual(['verified']);
    },
  },
  {
    name: 'throttle that expires',
    before: async (r, { clock }) => {
      await r.onAlert(sampleAlert({ rung: 'throttle' }));
      await r.idle();
      clock.advance(30 * MINUTE);
    },
    work: (r) => r.runDue(),
    check: async ({ store, published }) => {
      expect((await store.actionsOf(ID)).map((a) => a.state)).toEqual(['reverted']);
      expect(await store.restriction(ID)).toMatchObject({ restriction: 'none', seq: 2 });
      expect(told(published)).toContain('restriction none');
    },
  },
  {
    name: 'step up that expires',
    before: async (r, { clock }) => {
      await r.onAlert(sampleAlert({ rung: 'step_up' }));
      await r.idle();
      clock.advance(30 * MINUTE);
    },
    work: (r) => r.runDue(),
    check: async ({ register, store }) => {
      expect(register.get(ID)?.stepUpRequired).toBe(false);
      expect(register.history(ID).map((h) => h.change)).toEqual([
        'step_up_required',
        'sessions_ended',
        'step_up_cleared',
      ]);
      expect((await store.actionsOf(ID))[0]).toMatchObject({ state: 'reverted', undo: 'done', dueMs: 0 });
    },
  },
  {
    name: 're-enable',
    before: async (r, { clock }) => {
      await r.onAlert(sampleAlert());
      await r.idle();
      clock.advance(MINUTE);
    },
    work: async (r, { store }) => {
      // A person who got no answer looks whether it was done, and asks again where it was not.
      const asked = (await store.audit(1, 99)).some((l) => l.verb === 'account.reenabled');
      if (!asked) await r.reenable(ID, 'Anne', 'holder confirmed');
    },
    check: async ({ register, store, published }) => {
      expect(register.get(ID)).toMatchObject({ enabled: true, sessions: 0 });
      expect(register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended', 'enabled']);
      expect((await store.actionsOf(ID))[0]).toMatchObject({ state: 'reverted', undo: 'done' });
      expect(await store.restriction(ID)).toMatchObject({ restriction: 'none', seq: 2 });
      const ids = new Set(published.map((p) => p.id));
      expect([...ids].filter((id) => id.startsWith('reenable:'))).toHaveLength(1);
    },
  },
  {
    name: 'throttle that is renewed',
    before: async (r, { clock }) => {
      await r.onAlert(sampleAlert({ rung: 'throttle' }));
      await r.idle();
      clock.advance(15 * MINUTE);
    },
    work: (r, { clock }) => r.onAlert(sampleAlert({ rung: 'throttle', revision: 9, timeMs: clock.nowMs() })),
    check: async ({ store, policy }) => {
      expect((await store.actionsOf(ID)).map((a) => a.state)).toEqual(['verified', 'verified']);
      expect(await store.restriction(ID)).toMatchObject({
        restriction: 'throttle',
        untilMs: T0 + 45 * MINUTE,
        seq: 2,
      });
      const { snapshot } = await store.readPlanning();
      expect(restoreResponseState(policy, snapshot).spent.get('throttle')).toHaveLength(1);
    },
  },
  {
    name: 'approval',
    before: (r, { policy }) => r.onAlert(sampleAlert({ timeMs: T0 - (policy.autoWithinMinutes + 1) * MINUTE })),
    work: async (r, { store }) => {
      for (const { plan } of await store.actionsIn('waiting_approval', 9)) await r.approve(plan.id, 'Anne');
    },
    check: async (world) => {
      expect(world.register.history(ID).map((h) => h.change)).toEqual(['disabled', 'sessions_ended']);
      expect((await world.store.actionsOf(ID)).map((a) => a.state)).toEqual(['verified']);
      expect(count(await verbsOf(world), 'action.approved')).toBe(1);
    },
  },
  {
    name: 'containment of a class',
    isLong: true,
    before: (r) => r.contain.propose(WISH, PREVIEW, ANNE),
    work: async (r, world) => {
      const { id, state } = await containmentIn(world);
      if (state === 'proposed') await r.contain.approve(id, 'd1', LUC);
      await goOn(r);
    },
    check: async (world) => {
      expect(await containmentIn(world)).toMatchObject({ state: 'done', begun: 2, skipped: 0 });
      expect(changesOf(world)).toEqual(CLASS.map(() => ['disabled', 'sessions_ended']));
      const verbs = await verbsOf(world);
      const counts = ['containment.approved', 'containment.slice', 'action.requested'].map((v) => count(verbs, v));
      expect(counts).toEqual([1, 2, 2]);
    },
  },
  {
    name: 'containment that is given back',
    isLong: true,
    before: async (r, world) => {
      await r.contain.propose(WISH, PREVIEW, ANNE);
      await r.contain.approve((await containmentIn(world)).id, 'd1', LUC);
      await goOn(r);
    },
    work: async (r, world) => {
      const { id, state } = await containmentIn(world);
      if (state === 'done') await r.contain.revert(id, 'the accounts are clean', LUC);
      await goOn(r);
    },
    check: async (world) => {
      expect(await containmentIn(world)).toMatchObject({ state: 'reverted', givenBack: 2 });
      expect(changesOf(world)).toEqual(CLASS.map(() => ['disabled', 'sessions_ended', 'enabled']));
      for (const id of CLASS) expect(await world.store.restriction(id)).toMatchObject({ restriction: 'none', seq: 2 });
      expect(count(await verbsOf(world), 'containment.reverted')).toBe(1);
    },
  },
];

const STORES = [
  ['memory', async () => createMemoryStore()],
  ['sqlite', () => openSqliteStore(':memory:')],
] as const;

describe.each(STORES)('killed at any step, with the %s store', (name, openStore) => {
  it.each(STORIES.filter(({ isLong = false }) => name === 'memory' || !isLong))(
    '$name: nothing is lost, nothing is done twice',
    async ({ before, work, check }) => {
      const run = async (at: number, when: 'before' | 'after'): Promise<CrashPoint> => {
        const world = await createWorld(openStore);
        const prelude = world.start();
        await before(prelude, world);
        await prelude.idle();

        const crash = new CrashPoint(at, when);
        await untilDeath(world.start(crash), crash, (r) => work(r, world));

        const heir = world.start();
        await heir.resume();
        await heir.idle();
        await work(heir, world);
        await heir.idle();
        await check(world);
        expect(await world.store.unsent(9)).toEqual([]);
        expect(verifyAudit(await world.store.audit(1, 999))).toBeUndefined();
        await world.store.close();
        return crash;
      };
      const undisturbed = await run(Number.POSITIVE_INFINITY, 'before');
      expect(undisturbed.calls).toBeGreaterThan(8);
      for (let at = 1; at <= undisturbed.calls; at += 1) {
        for (const when of ['before', 'after'] as const) {
          const crash = await run(at, when);
          expect(crash.dead).toBe(true);
        }
      }
    },
  );
});
