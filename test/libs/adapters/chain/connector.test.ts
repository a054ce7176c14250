import { describe, expect, it } from 'vitest';
import { createChainConnector } from '#libs/adapters/chain/connector.ts';
import type { AccountConnector, AccountView, CallOutcome, ConnectorAbility } from '#libs/ports/accounts.ts';
import { COMMANDS_ONLY } from '#libs/ports/accounts.ts';
import { T0 } from '../../../support/sample-alert.ts';

const WHY = { actionId: 'act-1', actor: 'vigie', reason: 'alert a1f0', atMs: T0 };
const DONE = { outcome: 'done', value: undefined } as const;
const VIEW: AccountView = { enabled: true, sessions: 1, stepUpRequired: false, secondFactor: 'yes' };

/** A keeper that answers as it is told to, and writes down what it is asked. */
function keeper(
  name: string,
  calls: string[],
  answers: { all?: CallOutcome; read?: CallOutcome<AccountView>; lacks?: ConnectorAbility[] } = {},
): AccountConnector {
  const say = (verb: string) => async () => {
    calls.push(`${name} ${verb}`);
    return answers.all ?? DONE;
  };
  return {
    name,
    ...(answers.lacks ? { lacks: answers.lacks } : {}),
    read: async () => answers.read ?? { outcome: 'done', value: VIEW },
    disable: say('disable'),
    enable: say('enable'),
    requireStepUp: say('requireStepUp'),
    clearStepUp: say('clearStepUp'),
    endSessions: say('endSessions'),
  };
}
const chain = (...connectors: AccountConnector[]) =>
  createChainConnector(connectors.map((connector) => ({ connector })));
const DOWN = { outcome: 'unavailable', detail: 'no answer' } as const;
const GONE = { outcome: 'not_found', detail: 'no such account' } as const;

describe('several keepers in a row', () => {
  it('stops in order and gives back in the opposite one', async () => {
    const calls: string[] = [];
    const both = chain(keeper('one', calls), keeper('two', calls));
    expect(await both.disable('a', WHY)).toEqual(DONE);
    expect(await both.enable('a', WHY)).toEqual(DONE);
    expect(calls).toEqual(['one disable', 'two disable', 'two enable', 'one enable']);
  });

  it('one that fails keeps no other from being told, and the failure says who has done it', async () => {
    const calls: string[] = [];
    const three = chain(keeper('one', calls, { all: DOWN }), keeper('two', calls), keeper('three', calls));
    expect(await three.disable('a', WHY)).toEqual({
      outcome: 'unavailable',
      detail: 'one: unavailable, no answer (done: two, three)',
      partial: true,
    });
    expect(calls).toEqual(['one disable', 'two disable', 'three disable']);
  });

  it('of several failures the one that may pass by itself decides when to try again', async () => {
    const denied = { outcome: 'denied', detail: 'HTTP 403' } as const;
    const both = chain(keeper('one', [], { all: denied }), keeper('two', [], { all: DOWN }));
    expect(await both.disable('a', WHY)).toEqual({
      outcome: 'unavailable',
      detail: 'one: denied, HTTP 403; two: unavailable, no answer',
    });
  });

  it('a keeper that throws is one that may have done it, and the others are told', async () => {
    const calls: string[] = [];
    const broken: AccountConnector = { ...keeper('one', calls), disable: () => Promise.reject(new TypeError('a bug')) };
    expect(await chain(broken, keeper('two', calls)).disable('a', WHY)).toMatchObject({
      outcome: 'unknown',
      partial: true,
    });
    expect(calls).toEqual(['two disable']);
  });

  it('what one does not offer is left to the others; what none offers is refused', async () => {
    const calls: string[] = [];
    const scim = keeper('scim', calls, { lacks: ['endSessions', 'stepUp'] });
    const ssf = keeper('ssf', calls, { lacks: ['stepUp'] });
    expect(await chain(scim, ssf).endSessions('a', WHY)).toEqual(DONE);
    expect(calls).toEqual(['ssf endSessions']);
    expect(chain(scim, ssf).lacks).toEqual(['stepUp']);
    expect((await chain(scim, ssf).requireStepUp('a', WHY)).outcome).toBe('rejected');
  });

  it('an account missing at one keeper is a failure, unless it may be', async () => {
    const [here, gone] = [keeper('here', []), keeper('gone', [], { all: GONE, read: GONE })];
    expect(await chain(here, gone).disable('a', WHY)).toMatchObject({ outcome: 'rejected', partial: true });
    const loose = createChainConnector([{ connector: here }, { connector: gone, mayLackAccount: true }]);
    expect(await loose.disable('a', WHY)).toEqual(DONE);
    expect(await loose.read('a')).toEqual({ outcome: 'done', value: { ...VIEW, readable: 'yes' } });
    expect((await chain(gone, gone).disable('a', WHY)).outcome).toBe('not_found');
    const nowhere = createChainConnector([{ connector: gone, mayLackAccount: true }]);
    expect((await nowhere.disable('a', WHY)).outcome).toBe('not_found');
  });

  it('shows the account as free as the keeper that leaves it most free', async () => {
    const stopped: AccountView = { enabled: false, sessions: 0, stepUpRequired: true, secondFactor: 'unknown' };
    const of = (name: string, value: AccountView, lacks?: ConnectorAbility[]) =>
      keeper(name, [], { read: { outcome: 'done', value }, ...(lacks ? { lacks } : {}) });
    const read = async (...keepers: AccountConnector[]) => {
      const answer = await chain(...keepers).read('a');
      return answer.outcome === 'done' ? answer.value : answer;
    };
    expect(await read(of('one', stopped), of('two', VIEW))).toEqual({
      enabled: true,
      sessions: 1,
      stepUpRequired: false,
      secondFactor: 'yes',
      readable: 'yes',
    });
    expect(await read(of('one', stopped), of('two', COMMANDS_ONLY))).toMatchObject({
      enabled: false,
      readable: 'partly',
    });
    expect(await read(of('two', COMMANDS_ONLY))).toMatchObject({ readable: 'no' });
    // What it does not offer, it has no say in.
    const scim = of('scim', { ...VIEW, enabled: false }, ['endSessions', 'stepUp']);
    expect(await read(of('one', stopped), scim)).toMatchObject({ enabled: false, sessions: 0, stepUpRequired: true });
  });

  it('a keeper that cannot be read leaves the whole unread', async () => {
    expect((await chain(keeper('one', []), keeper('two', [], { read: DOWN })).read('a')).outcome).toBe('unavailable');
  });
});
