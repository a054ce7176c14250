import { createLocalConnector } from '#libs/adapters/local-register/connector.ts';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { createRestrictionList } from '#libs/adapters/memory/restriction-list.ts';
import type { ContainmentPreview } from '#libs/model/containment.ts';
import type { ResponsePolicy } from '#libs/model/response-policy.ts';
import type { AccountConnector } from '#libs/ports/accounts.ts';
import type { GatewayProbe } from '#libs/ports/gateway-probe.ts';
import type { OutboundRecord, ResponseStore } from '#libs/ports/store.ts';
import { createResponder } from '#services/responder/responder.ts';
import type { ConnectorFault } from '../../support/faulty-connector.ts';
import { faultyConnector } from '../../support/faulty-connector.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { T0 } from '../../support/sample-alert.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

/** A register with `n` opticians of department 69, each signed in once. */
export function filledRegister(n: number, hasSecondFactor = true): LocalRegister {
  const register = new LocalRegister(':memory:');
  const ids = ['PS-000123', ...Array.from({ length: n }, (_, i) => `PS-${String(i).padStart(6, '0')}`)];
  register.enter(
    ids.map((id) => ({ id, class: 'professional', profession: 'optician', department: '69', hasSecondFactor })),
  );
  for (const id of ids) register.signIn(id, `s-${id}`, T0, false);
  return register;
}

/** A responder on a register and a store in memory, with a clock that stands still and topics that are an array. */
export function createBench(
  options: {
    policy?: Partial<ResponsePolicy>;
    faults?: ConnectorFault[];
    store?: ResponseStore;
    accounts?: number;
    hasSecondFactor?: boolean;
    publish?: (record: OutboundRecord) => Promise<void>;
    /** What the responder gets in place of the register's own connector. */
    connect?: (local: AccountConnector) => AccountConnector;
    probe?: GatewayProbe;
  } = {},
) {
  const register = filledRegister(options.accounts ?? 1, options.hasSecondFactor);
  const { connector: local, calls } = faultyConnector(createLocalConnector(register), options.faults);
  const connector = options.connect?.(local) ?? local;
  const clock = new ManualClock(T0);
  const store = options.store ?? createMemoryStore();
  const restrictions = createRestrictionList();
  const published: OutboundRecord[] = [];
  const publish =
    options.publish ??
    (async (record: OutboundRecord) => {
      published.push(record);
    });
  const policy = samplePolicy(options.policy);
  const responder = createResponder({
    store,
    connector,
    restrictions,
    policy,
    clock,
    publish,
    ...(options.probe ? { probe: options.probe } : {}),
  });
  return { register, connector, calls, clock, store, restrictions, published, responder };
}

/** Topic and state of each published record, in order. */
export const told = (published: readonly OutboundRecord[]): string[] =>
  published.map((record) => {
    const body = JSON.parse(record.body);
    if (record.topic === 'actions') return `action ${body.unmapped.rung} ${body.unmapped.state}`;
    if (record.topic === 'restrictions') return `restriction ${body.restriction}`;
    if (record.topic === 'controls') return `control ${body.control}`;
    return `notice ${body.unmapped.notice.notice}`;
  });

/** What people are shown before these accounts are contained: nobody else is hurt. */
export const previewOf = (accounts: readonly string[]): ContainmentPreview => ({
  accounts,
  digest: 'd1',
  spared: [],
  alreadyRestricted: 0,
  groups: [],
  emptied: [],
});
