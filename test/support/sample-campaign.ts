import type { Campaign } from '#libs/model/campaign.ts';
import { HOUR, T0 } from './sample-alert.ts';

/** A campaign of opticians of department 69 who come from one new network. */
export const sampleCampaign = (accounts: readonly string[], change: Partial<Campaign> = {}): Campaign => ({
  id: 'c0ffee',
  revision: 1,
  kind: 'shared_infrastructure',
  namedMs: T0,
  timeMs: T0,
  startedMs: T0 - HOUR,
  members: accounts.map((id) => ({
    account: { id, class: 'professional', profession: 'optician', department: '69', org: '' },
    sinceMs: T0 - HOUR,
    namedMs: T0,
  })),
  evidence: [
    {
      kind: 'shared_infrastructure',
      key: 'network',
      value: 'ab12',
      level: 0,
      observed: accounts.length,
      expected: 0.1,
      days: 1,
      nats: 9,
    },
  ],
  absorbed: [],
  fdr: 0.02,
  ...change,
});
