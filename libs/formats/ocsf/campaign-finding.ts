import type { Campaign, CampaignKind } from '#libs/model/campaign.ts';
import type { Json, OcsfSource } from './common.ts';
import { classified, metadata, ocsfUser, userObservable } from './common.ts';

const FINDINGS = { uid: 2, name: 'Findings' };
const DETECTION_FINDING = { uid: 2004, name: 'Detection Finding' };
const CREATED = { id: 1, name: 'Create' };
const UPDATED = { id: 2, name: 'Update' };

const TITLE: Readonly<Record<CampaignKind, { en: string; fr: string }>> = {
  shared_infrastructure: {
    en: 'Accounts that share a network or device new to them',
    fr: 'Comptes partageant un réseau ou un appareil nouveau pour eux',
  },
  new_sources: {
    en: 'Many accounts from new networks or devices at once',
    fr: 'De nombreux comptes depuis des réseaux ou appareils nouveaux à la fois',
  },
  rising_scores: {
    en: 'Many accounts that look up more new people at once',
    fr: 'De nombreux comptes consultant davantage de personnes nouvelles à la fois',
  },
  split_sweep: {
    en: 'Accounts that share out the numbers of the same registers of births',
    fr: 'Comptes se partageant les numéros des mêmes registres de naissance',
  },
};

/**
 * A campaign's revision as OCSF Detection Finding (2004): the accounts that do the same at once, and the counts that stand
 * out. The record's id is the campaign's and its revision's. It names no action: what is done about an account follows from its
 * own alerts, or from a person's decision.
 */
export function campaignFinding(campaign: Campaign, source: OcsfSource): Json {
  const { language } = source;
  const { members, evidence } = campaign;
  const title = TITLE[campaign.kind][language];
  const counted = language === 'fr' ? `${members.length} comptes` : `${members.length} accounts`;
  return {
    ...classified(FINDINGS, DETECTION_FINDING, campaign.revision === 1 ? CREATED : UPDATED),
    status_id: campaign.revision === 1 ? 1 : 2,
    status: campaign.revision === 1 ? 'New' : 'In Progress',
    severity_id: 4,
    severity: 'High',
    time: campaign.timeMs,
    start_time: campaign.startedMs,
    end_time: campaign.timeMs,
    is_alert: true,
    message: `${title}: ${counted}`,
    metadata: metadata(source, `${campaign.id}:${campaign.revision}`, campaign.revision, 'alerts'),
    finding_info: {
      uid: campaign.id,
      title,
      types: ['campaign', campaign.kind],
      created_time: campaign.namedMs,
      modified_time: campaign.timeMs,
      first_seen_time: campaign.startedMs,
      last_seen_time: campaign.timeMs,
      analytic: { type_id: 2, type: 'Behavioral', name: 'campaign', uid: 'vigie/campaign' },
      data_sources: ['signals of all partitions of the portal access log'],
    },
    evidences: [
      ...evidence.map((counts) => ({ name: counts.key, data: { ...counts } })),
      ...members.map(({ account, sinceMs, namedMs }) => ({
        name: 'account',
        user: ocsfUser(account.id),
        data: { since_time: sinceMs, named_time: namedMs },
      })),
    ],
    observables: members.map(({ account }) => userObservable('evidences[].user.uid', account.id)),
    unmapped: { campaign },
  };
}
