import type { Campaign, CampaignMember } from '#libs/model/campaign.ts';

/** Gathers the revisions of campaigns; one that turned out to be another's part stands in that one. */
export class CampaignLog {
  #latest = new Map<string, Campaign>();
  /** First time each account was named by any campaign. */
  #named = new Map<string, CampaignMember>();

  get size(): number {
    return this.#latest.size;
  }

  take(campaigns: readonly Campaign[]): void {
    for (const campaign of campaigns) {
      this.#latest.set(campaign.id, campaign);
      for (const id of campaign.absorbed) this.#latest.delete(id);
      for (const member of campaign.members) {
        if (!this.#named.has(member.account.id)) this.#named.set(member.account.id, member);
      }
    }
  }

  /** By time of naming, then id. */
  sorted(): Campaign[] {
    return [...this.#latest.values()].sort((a, b) => a.namedMs - b.namedMs || (a.id < b.id ? -1 : 1));
  }

  /** Accounts that any campaign named, in the order of naming. */
  named(): CampaignMember[] {
    return [...this.#named.values()];
  }

  toJSON(): unknown {
    return [[...this.#latest.values()], [...this.#named.values()]];
  }

  load(saved: unknown): void {
    const [latest, named] = saved as [Campaign[], CampaignMember[]];
    this.#latest = new Map(latest.map((campaign) => [campaign.id, campaign]));
    this.#named = new Map(named.map((member) => [member.account.id, member]));
  }
}
