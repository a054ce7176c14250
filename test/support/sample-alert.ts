import type { Alert } from '#libs/model/alert.ts';

/** 2 March 2026, 08:00 UTC. */
export const T0 = Date.UTC(2026, 2, 2, 8);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type AlertChange = Partial<Omit<Alert, 'account'>> & { readonly account?: Partial<Alert['account']> };

/** A full alert that suspends one optician of department 69; `change` overrides what a test is about. */
export function sampleAlert(change: AlertChange = {}): Alert {
  const { account, ...rest } = change;
  return {
    id: 'a1f0',
    revision: 1,
    status: 'created',
    kind: 'mass_enumeration',
    severity: 'critical',
    rung: 'suspend',
    timeMs: T0,
    startedMs: T0 - 5 * MINUTE,
    channel: 'web',
    score: 21.304,
    exposed: 17,
    exposedByInsurer: [
      { amc: '00123456', people: 12 },
      { amc: '', people: 5 },
    ],
    evidence: [
      { name: 'territory', observed: 44, of: 47, expected: 6.1, nats: 8.8 },
      { name: 'miss', observed: 30, of: 77, expected: 2.25, nats: 4.012 },
    ],
    quota: { hour: 47, hourLimit: 12, day: 47, dayLimit: 40 },
    policy: 'ab'.repeat(32),
    ...rest,
    account: { id: 'PS-000123', class: 'professional', profession: 'optician', department: '69', ...account },
  };
}

/** `n` incidents on `n` accounts, one second apart. */
export function manyAlerts(n: number, change: (i: number) => AlertChange = () => ({})): Alert[] {
  return Array.from({ length: n }, (_, i) => {
    const { account, ...rest } = change(i);
    return sampleAlert({
      id: `incident-${i}`,
      timeMs: T0 + i * 1000,
      ...rest,
      account: { id: `PS-${String(i).padStart(6, '0')}`, ...account },
    });
  });
}
