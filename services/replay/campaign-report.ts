import type { Campaign } from '#libs/model/campaign.ts';
import type { AttackExposure } from './attack-exposure.ts';
import type { CampaignLog } from './campaign-log.ts';

/** What the labels say of the campaigns: how soon an attack's accounts were named, and how many honest ones with them. */
export interface CampaignAccuracy {
  readonly attacks: readonly {
    readonly id: string;
    readonly accounts: number;
    /** When the first of its accounts was named, ms; undefined: none ever was. */
    readonly firstMs: number | undefined;
    readonly within6h: number;
    readonly within24h: number;
    readonly within48h: number;
    readonly named: number;
  }[];
  /** Honest accounts that a campaign named, and campaigns of which no account was attacked at that time. */
  readonly honestNamed: number;
  readonly falseCampaigns: number;
}

const HOUR_MS = 3_600_000;

export function campaignAccuracy(
  log: CampaignLog,
  attacks: readonly AttackExposure[],
  isNamedByLabels: (accountId: string) => boolean,
): CampaignAccuracy {
  const named = log.named();
  const isTrue = ({ members }: Campaign): boolean => members.some(({ account }) => isNamedByLabels(account.id));
  return {
    attacks: attacks.map(({ attack }) => {
      const victims = new Set(attack.accounts);
      // An account may have been named before: that is no merit.
      const times = named.filter((m) => victims.has(m.account.id) && m.namedMs >= attack.startMs).map((m) => m.namedMs);
      const within = (hours: number) => times.filter((ms) => ms <= attack.startMs + hours * HOUR_MS).length;
      return {
        id: attack.id,
        accounts: victims.size,
        firstMs: times.length === 0 ? undefined : Math.min(...times),
        within6h: within(6),
        within24h: within(24),
        within48h: within(48),
        named: times.length,
      };
    }),
    honestNamed: named.filter(({ account }) => !isNamedByLabels(account.id)).length,
    falseCampaigns: log.sorted().filter((campaign) => !isTrue(campaign)).length,
  };
}
