import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccountConnector, CallOutcome } from '#libs/ports/accounts.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { T0 } from '../support/sample-alert.ts';

/** Why a call is made; no two calls of an action are made in one instant. */
let calls = 0;
const why = () => {
  calls += 1;
  return { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 + calls };
};

/** A connector with the world it works on, looked at from the other side. */
export interface ConnectorRig {
  readonly connector: AccountConnector;
  /** An account that is there, enabled, for this test alone. */
  account(): Promise<string>;
  /** The account as its keeper, or the receiver of commands, has it. */
  state(account: string): Promise<{ readonly enabled: boolean; readonly stepUp?: boolean; readonly sessions?: number }>;
  /** Opens a session; absent where the keeper has none. */
  signIn?(account: string): Promise<void>;
  /** Between the connector and its server; absent where there is no network between. */
  readonly proxy?: FaultProxy;
  /** A connector like this one whose server does not listen. */
  readonly unreachable?: AccountConnector;
  close(): Promise<void>;
}

const WRITES = ['disable', 'enable', 'requireStepUp', 'clearStepUp', 'endSessions'] as const;
type Write = (typeof WRITES)[number];
const NEEDS: Readonly<Record<Write, 'disable' | 'stepUp' | 'endSessions'>> = {
  disable: 'disable',
  enable: 'disable',
  requireStepUp: 'stepUp',
  clearStepUp: 'stepUp',
  endSessions: 'endSessions',
};

/** What every account connector has to do. `open` makes the world it works on, once for all cases. */
export function accountConnectorContract(name: string, open: () => Promise<ConnectorRig>): void {
  describe(`account connector: ${name}`, () => {
    let rig: ConnectorRig;
    beforeAll(async () => {
      rig = await open();
    });
    afterEach(() => {
      if (rig.proxy) rig.proxy.faults = [];
    });
    afterAll(() => rig?.close());

    const can = (write: Write) => !rig.connector.lacks?.includes(NEEDS[write]);
    const write = (method: Write, account: string): Promise<CallOutcome> => rig.connector[method](account, why());
    const view = async (account: string) => {
      const read = await rig.connector.read(account);
      if (read.outcome !== 'done') throw new Error(`read: ${read.outcome}`);
      return read.value;
    };
    const readable = async (account: string) => (await view(account)).readable !== 'no';

    it('has a short name', () => {
      expect(rig.connector.name).toMatch(/^[a-z][a-z0-9_]{1,15}$/);
    });

    it('disables and enables, as often as it is asked', async () => {
      const account = await rig.account();
      if (await readable(account)) expect(await view(account)).toMatchObject({ enabled: true });
      for (const _ of [1, 2]) {
        expect(await write('disable', account)).toEqual({ outcome: 'done', value: undefined });
        expect(await rig.state(account)).toMatchObject({ enabled: false });
        if (await readable(account)) expect(await view(account)).toMatchObject({ enabled: false });
      }
      for (const _ of [1, 2]) {
        expect(await write('enable', account)).toEqual({ outcome: 'done', value: undefined });
        expect(await rig.state(account)).toMatchObject({ enabled: true });
        if (await readable(account)) expect(await view(account)).toMatchObject({ enabled: true });
      }
    });

    it('touches no other account', async () => {
      const [account, other] = [await rig.account(), await rig.account()];
      await write('disable', account);
      expect(await rig.state(other)).toMatchObject({ enabled: true });
    });

    it('demands a step-up and takes it back, as often as it is asked, or says that it cannot', async () => {
      const account = await rig.account();
      if (!can('requireStepUp')) {
        expect((await write('requireStepUp', account)).outcome).toBe('rejected');
        return;
      }
      for (const method of ['requireStepUp', 'requireStepUp', 'clearStepUp', 'clearStepUp'] as const) {
        expect(await write(method, account)).toEqual({ outcome: 'done', value: undefined });
        const wanted = method === 'requireStepUp';
        expect(await rig.state(account)).toMatchObject({ stepUp: wanted, enabled: true });
        if (await readable(account)) expect((await view(account)).stepUpRequired).toBe(wanted);
      }
    });

    it('ends every session, as often as it is asked, or says that it cannot', async () => {
      const account = await rig.account();
      if (!can('endSessions')) {
        expect((await write('endSessions', account)).outcome).toBe('rejected');
        return;
      }
      await rig.signIn?.(account);
      if (rig.signIn && (await readable(account))) expect((await view(account)).sessions).toBe(1);
      for (const _ of [1, 2]) {
        expect(await write('endSessions', account)).toEqual({ outcome: 'done', value: undefined });
        expect((await rig.state(account)).sessions ?? 0).toBe(0);
        if (await readable(account)) expect((await view(account)).sessions).toBe(0);
      }
    });

    it('refuses an account without a name', async () => {
      for (const account of ['', '  ']) {
        expect((await rig.connector.read(account)).outcome).toMatch(/^(rejected|not_found)$/);
        for (const method of WRITES) expect((await write(method, account)).outcome).toMatch(/^(rejected|not_found)$/);
      }
    });

    it('says of an account that is not there that it is not there, where it can know', async () => {
      if (!(await readable(await rig.account()))) return;
      for (const account of ['nobody-here', 'nobody" or active eq true or userName eq "x', 'nobody&exact=false', '*']) {
        expect((await rig.connector.read(account)).outcome).toMatch(/^(not_found|rejected)$/);
        expect((await write('disable', account)).outcome).toMatch(/^(not_found|rejected)$/);
      }
      expect((await rig.connector.read('nobody-here')).outcome).toBe('not_found');
    });

    it('never throws where nobody listens', async () => {
      if (!rig.unreachable) return;
      for (const method of WRITES.filter(can)) {
        expect((await rig.unreachable[method]('anybody', why())).outcome).toBe('unavailable');
      }
    });

    it.each([
      [401, 'denied'],
      [403, 'denied'],
      [409, 'rejected'],
      [429, 'throttled'],
      [500, 'unknown'],
      [502, 'unknown'],
      [503, 'unavailable'],
    ] as const)('an answer of %i to a change leaves it %s', async (status, outcome) => {
      const { proxy } = rig;
      if (!proxy) return;
      const account = await rig.account();
      const isChange = ({ method, path }: { method: string; path: string }) => method !== 'GET' && !/token$/.test(path);
      const fault = {
        kind: 'status' as const,
        status,
        on: isChange,
        times: 9,
        headers: { 'retry-after': '7' },
        struck: 0,
      };
      proxy.faults = [fault];
      const answer = await write('disable', account);
      expect(fault.struck).toBeGreaterThan(0);
      expect(answer.outcome).toBe(outcome);
      if (answer.outcome === 'throttled') expect(answer.retryAfterMs).toBe(7000);
      proxy.faults = [];
      expect(await rig.state(account)).toMatchObject({ enabled: true });
      expect((await write('disable', account)).outcome).toBe('done');
    });

    it.each(['lost', 'cut', 'hang'] as const)(
      'a change whose answer is %s leaves it unknown, and may be repeated',
      async (kind) => {
        const { proxy } = rig;
        if (!proxy) return;
        const account = await rig.account();
        const fault = {
          kind,
          on: ({ method, path }: { method: string; path: string }) => method !== 'GET' && !/token$/.test(path),
          times: 1,
          struck: 0,
        };
        proxy.faults = [fault];
        expect((await write('disable', account)).outcome).toBe('unknown');
        expect(fault.struck).toBe(1);
        expect(await rig.state(account)).toMatchObject({ enabled: kind !== 'lost' });
        expect((await write('disable', account)).outcome).toBe('done');
        expect(await rig.state(account)).toMatchObject({ enabled: false });
      },
    );

    it('a read that finds no answer is unavailable, never an account', async () => {
      const { proxy } = rig;
      const account = await rig.account();
      if (!proxy || !(await readable(account))) return;
      const on = ({ path }: { path: string }) => !/token$/.test(path);
      for (const fault of [
        { kind: 'cut' as const, on, times: 9 },
        { kind: 'status' as const, status: 503, on, times: 9 },
        { kind: 'status' as const, status: 200, body: '<html>maintenance</html>', on, times: 9 },
        { kind: 'status' as const, status: 200, body: '{}', on, times: 9 },
      ]) {
        proxy.faults = [fault];
        expect((await rig.connector.read(account)).outcome).toMatch(/^(unavailable|unknown)$/);
      }
    });

    it('keeps the account and whatever the other side says out of what it says', async () => {
      const { proxy } = rig;
      if (!proxy) return;
      const account = await rig.account();
      const body = `{"error":"no ${account} 180056912345678","errorMessage":"180056912345678","detail":"180056912345678"}`;
      for (const status of [400, 404, 409, 500]) {
        proxy.faults = [{ kind: 'status', status, body, on: () => true, times: 99 }];
        for (const call of [rig.connector.read(account), write('disable', account)]) {
          const said = JSON.stringify(await call);
          expect(said).not.toContain('18005');
          expect(said).not.toContain(account);
        }
      }
    });
  });
}
