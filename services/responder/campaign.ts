import type { Campaign } from '#libs/model/campaign.ts';
import type { DirectoryAccount } from '#libs/model/containment.ts';
import type { ResponseNotice } from '#libs/model/notice.ts';
import type { CaseDocument } from '#libs/ports/store.ts';
import { previewContainment } from '#libs/respond/index.ts';
import type { ResponderContext } from './context.ts';
import { MACHINE } from './context.ts';

/*
 * A campaign does nothing to anybody. What it brings is an offer: a containment of exactly its accounts, which a person may
 * look at, one may ask for and another let go, as any other.
 */

export const campaignOf = (document: CaseDocument | undefined): Campaign | undefined =>
  document && (JSON.parse(document.body) as Campaign);

/** The campaign's accounts as a directory would list them. The log does not tell their organisation's name. */
export const membersOf = ({ members }: Campaign): DirectoryAccount[] =>
  members.map(({ account: { id, class: accountClass, profession, department } }) => ({
    id,
    class: accountClass,
    profession,
    org: '',
    department,
  }));

function offer(context: ResponderContext, campaign: Campaign, nowMs: number): ResponseNotice {
  const preview = previewContainment({
    directory: membersOf(campaign),
    selector: { campaign: campaign.id },
    members: new Set(campaign.members.map((m) => m.account.id)),
    rung: 'suspend',
    protectedAccounts: context.policy.protectedAccounts,
    includeProtected: false,
    restrictionOf: (accountId) => context.restrictions.get(accountId),
    nowMs,
  });
  const { accounts, alreadyRestricted, spared } = preview;
  return {
    id: `containment_offered:${campaign.id}`,
    notice: 'containment_offered',
    timeMs: nowMs,
    subject: campaign.id,
    accountId: '',
    message:
      `A campaign of ${campaign.members.length} accounts is named; ${alreadyRestricted} of them are suspended already. ` +
      `Containing it would suspend ${accounts.length} and spare ${spared.length} protected ones; two people decide: ` +
      `vigie contain preview --campaign ${campaign.id}`,
  };
}

/**
 * Keeps a campaign's newest revision, and offers its containment once. A revision seen before, or older than the one kept,
 * changes nothing.
 */
export async function noteCampaign(context: ResponderContext, campaign: Campaign): Promise<void> {
  const { store, clock, outbound } = context;
  for (;;) {
    const found = await store.caseDocument('campaign', campaign.id);
    if ((campaignOf(found)?.revision ?? 0) >= campaign.revision) return;
    const nowMs = clock.nowMs();
    const notice = offer(context, campaign, nowMs);
    const isNew = found === undefined;
    const audit = { atMs: nowMs, actor: MACHINE, verb: notice.notice, subject: campaign.id, detail: notice.message };
    const done = await store.commit({
      cases: [
        {
          kind: 'campaign',
          id: campaign.id,
          accountId: '',
          open: false,
          version: (found?.version ?? 0) + 1,
          updatedMs: nowMs,
          body: JSON.stringify(campaign),
        },
      ],
      ...(isNew ? { audit: [audit], outbox: [outbound.notice(notice)] } : {}),
    });
    if (done) return;
  }
}
