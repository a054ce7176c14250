import type {
  AccountConnector,
  AccountView,
  CallFailure,
  CallOutcome,
  ConnectorAbility,
} from '#libs/ports/accounts.ts';
import { CONNECTOR_ABILITIES } from '#libs/ports/accounts.ts';

/** One keeper of the chain. */
export interface ChainLink {
  readonly connector: AccountConnector;
  /** Not every account is kept there: one that is not is passed over. Absent: an account missing there is a failure. */
  readonly mayLackAccount?: boolean;
}

type Verb = 'disable' | 'enable' | 'requireStepUp' | 'clearStepUp' | 'endSessions';
const NEEDS: Readonly<Record<Verb, ConnectorAbility>> = {
  disable: 'disable',
  enable: 'disable',
  requireStepUp: 'stepUp',
  clearStepUp: 'stepUp',
  endSessions: 'endSessions',
};

const lacks = ({ connector }: ChainLink, ability: ConnectorAbility) => connector.lacks?.includes(ability) ?? false;

type Asked<T> = readonly [ChainLink, CallOutcome<T>];

/**
 * Several keepers as one: each is told, in order, whatever became of the others, and it is done when all have done it.
 * Where some have and some have not, the failure says which, is marked as partial, and the whole is repeated: every call
 * of a connector may be. What a keeper does not offer is left to the others; what none offers is refused. Giving back goes
 * in the opposite order.
 *
 * @param links at least one; the first should be the one that stops the account fastest
 */
export function createChainConnector(links: readonly ChainLink[]): AccountConnector {
  if (links.length === 0) throw new Error('a chain of connectors needs at least one');
  const back = links.toReversed();

  async function ask<T>(
    chosen: readonly ChainLink[],
    one: (connector: AccountConnector) => Promise<CallOutcome<T>>,
  ): Promise<Asked<T>[]> {
    const asked: Asked<T>[] = [];
    for (const link of chosen) {
      // A connector that throws against its promise must not keep the others from being told.
      const outcome = await one(link.connector).catch(
        (error: unknown): CallOutcome<T> => ({
          outcome: 'unknown',
          detail: `threw ${error instanceof Error ? error.name : typeof error}`,
        }),
      );
      asked.push([link, outcome]);
    }
    return asked;
  }

  /** The first failure in its keeper's name; `undefined` where there is none. An account kept nowhere is not found. */
  function failureAmong<T>(asked: readonly Asked<T>[]): CallFailure | undefined {
    const failed: [string, CallFailure][] = [];
    const done: string[] = [];
    let passedOver = 0;
    for (const [link, outcome] of asked) {
      const { name } = link.connector;
      if (outcome.outcome === 'done') done.push(name);
      else if (outcome.outcome === 'not_found' && link.mayLackAccount) passedOver += 1;
      else failed.push([name, outcome]);
    }
    const nowhere = { outcome: 'not_found', detail: 'no keeper knows this account' } as const;
    if (failed.length === 0) return passedOver > 0 && done.length === 0 ? nowhere : undefined;
    if (failed.every(([, f]) => f.outcome === 'not_found') && done.length === 0) return nowhere;
    // What may get better by itself decides when to try again; what only people can mend is named beside it.
    const [first] = failed.toSorted(([, a], [, b]) => soonest(a) - soonest(b));
    const said = failed.map(([name, f]) => `${name}: ${f.outcome}, ${f.detail}`).join('; ');
    const detail = done.length > 0 ? `${said} (done: ${done.join(', ')})` : said;
    const failure = first![1].outcome === 'not_found' ? ({ outcome: 'rejected' } as const) : first![1];
    return { ...failure, detail, ...(done.length > 0 ? { partial: true } : {}) } as CallFailure;
  }

  const tell =
    (verb: Verb): AccountConnector[Verb] =>
    async (accountId, why) => {
      const order = verb === 'enable' || verb === 'clearStepUp' ? back : links;
      const able = order.filter((link) => !lacks(link, NEEDS[verb]));
      if (able.length === 0) return { outcome: 'rejected', detail: `no configured connector offers ${NEEDS[verb]}` };
      const failure = failureAmong(await ask(able, (connector) => connector[verb](accountId, why)));
      return failure ?? { outcome: 'done', value: undefined };
    };

  const settingPasswords = links.filter(({ connector }) => connector.demandNewPassword);
  const missing = CONNECTOR_ABILITIES.filter((ability) => links.every((link) => lacks(link, ability)));
  return {
    name: 'chain',
    ...(missing.length > 0 ? { lacks: missing } : {}),
    async read(accountId) {
      const asked = await ask(links, (connector) => connector.read(accountId));
      // Who only takes commands knows nothing of the account, not even that it is there.
      const knowing = asked.filter(([, o]) => o.outcome !== 'done' || o.value.readable !== 'no');
      const failure = failureAmong(knowing);
      if (failure) return failure;
      const views = asked.flatMap(([link, outcome]) =>
        outcome.outcome === 'done' ? [[link, outcome.value] as const] : [],
      );
      return { outcome: 'done', value: together(views) };
    },
    disable: tell('disable'),
    enable: tell('enable'),
    requireStepUp: tell('requireStepUp'),
    clearStepUp: tell('clearStepUp'),
    endSessions: tell('endSessions'),
    ...(settingPasswords.length === 0
      ? {}
      : {
          async demandNewPassword(accountId, why) {
            const asked = await ask(settingPasswords, (connector) => connector.demandNewPassword!(accountId, why));
            return failureAmong(asked) ?? { outcome: 'done', value: undefined };
          },
        }),
  };
}

/** Lower is sooner worth another try. */
const ORDER: readonly CallFailure['outcome'][] = [
  'unknown',
  'unavailable',
  'throttled',
  'denied',
  'rejected',
  'not_found',
];
const soonest = (failure: CallFailure) => ORDER.indexOf(failure.outcome);

/** The account over all keepers: as free as the one that leaves it most free. */
function together(views: readonly (readonly [ChainLink, AccountView])[]): AccountView {
  const asked = views.filter(([, view]) => view.readable !== 'no');
  const whole = views.every(([, view]) => (view.readable ?? 'yes') === 'yes');
  const offering = (ability: ConnectorAbility) =>
    asked.filter(([link]) => !lacks(link, ability)).map(([, view]) => view);
  const stepUp = offering('stepUp');
  const factors = stepUp.map((view) => view.secondFactor);
  const enrolledMs = stepUp.flatMap(({ secondFactorSinceMs: ms }) => (ms === undefined ? [] : [ms]));
  return {
    enabled: offering('disable').some((view) => view.enabled),
    sessions: offering('endSessions').reduce((sum, view) => sum + view.sessions, 0),
    stepUpRequired: stepUp.length > 0 && stepUp.every((view) => view.stepUpRequired),
    secondFactor: factors.includes('no') ? 'no' : factors.includes('yes') ? 'yes' : 'unknown',
    // The newest is the one that a thief may have enrolled.
    ...(enrolledMs.length > 0 ? { secondFactorSinceMs: Math.max(...enrolledMs) } : {}),
    readable: asked.length === 0 ? 'no' : whole ? 'yes' : 'partly',
  };
}
