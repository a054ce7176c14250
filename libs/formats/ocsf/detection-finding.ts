import type { Alert, Severity } from '#libs/model/alert.ts';
import type { ResponseNotice } from '#libs/model/notice.ts';
import type { Sentence } from '../explain/index.ts';
import { explain, explainBenign } from '../explain/index.ts';
import type { Json, OcsfSource } from './common.ts';
import { classified, metadata, ocsfUser, userObservable } from './common.ts';

const FINDINGS = { uid: 2, name: 'Findings' };
const DETECTION_FINDING = { uid: 2004, name: 'Detection Finding' };
const ACTIVITY = {
  created: { id: 1, name: 'Create' },
  updated: { id: 2, name: 'Update' },
  closed: { id: 3, name: 'Close' },
} as const;
const STATUS = {
  created: { status_id: 1, status: 'New' },
  updated: { status_id: 2, status: 'In Progress' },
  closed: { status_id: 4, status: 'Resolved' },
} as const;
const SEVERITY: Readonly<Record<Severity, Json>> = {
  low: { severity_id: 2, severity: 'Low', risk_level_id: 1, risk_level: 'Low' },
  medium: { severity_id: 3, severity: 'Medium', risk_level_id: 2, risk_level: 'Medium' },
  high: { severity_id: 4, severity: 'High', risk_level_id: 3, risk_level: 'High' },
  critical: { severity_id: 5, severity: 'Critical', risk_level_id: 4, risk_level: 'Critical' },
};

const TITLE: Readonly<Record<Alert['kind'], { en: string; fr: string }>> = {
  mass_enumeration: { en: 'Mass look-up of beneficiaries', fr: 'Consultation en masse de bénéficiaires' },
  quota_exceeded: { en: 'More new people than the account’s quota', fr: 'Quota de personnes nouvelles dépassé' },
  bulk_recheck: { en: 'Bulk re-check of known people', fr: 'Revue en masse de personnes connues' },
  campaign: { en: 'Campaign over several accounts', fr: 'Campagne sur plusieurs comptes' },
  honeytoken: { en: 'A decoy file was looked up', fr: 'Un dossier leurre a été consulté' },
};

/** The figures behind one sentence, next to the sentence. */
const evidenceData = ({ observed, of, expected, nats, en, fr }: Sentence): Json => ({
  observed,
  of,
  expected,
  nats,
  en,
  fr,
});

/** One stream's observation against what was expected of this account. */
function anomalyAnalysis(alert: Alert, sentence: Sentence, language: 'en' | 'fr'): Json {
  const { observed, of, expected } = sentence;
  return {
    analysis_targets: [{ name: alert.account.id, type: 'account' }],
    anomalies: [
      {
        observation_parameter: sentence.name,
        observation_type: 'count',
        observations: [{ count: of, value: String(observed) }],
        observed_pattern: sentence[language],
      },
    ],
    baselines: [
      {
        observation_parameter: sentence.name,
        observation_type: 'expected count',
        observations: [{ count: of, value: String(expected) }],
      },
    ],
  };
}

/**
 * An alert as OCSF Detection Finding (2004). The record's id is the incident's and its revision's, so writing it twice
 * writes the same. The whole alert goes along under `unmapped.alert`, from where `alertOfFinding` reads it back.
 * No personal data: the account's id is all that is said of a person.
 */
export function detectionFinding(alert: Alert, source: OcsfSource): Json {
  const { language } = source;
  const sentences = explain(alert.evidence);
  const honest = alert.benign && explainBenign(alert.benign, language);
  const desc = [...sentences.map((s) => s[language]), ...(honest ? [honest] : [])].join('; ');
  const title = TITLE[alert.kind][language];
  const exposed =
    language === 'fr' ? `${alert.exposed} personne(s) exposée(s)` : `${alert.exposed} people exposed so far`;
  const finding: Json = {
    ...classified(FINDINGS, DETECTION_FINDING, ACTIVITY[alert.status]),
    ...STATUS[alert.status],
    ...SEVERITY[alert.severity],
    time: alert.timeMs,
    start_time: alert.startedMs,
    end_time: alert.timeMs,
    is_alert: alert.status !== 'closed',
    risk_score: Math.round(alert.score),
    message: `${title}: ${alert.account.id}, ${exposed}`,
    metadata: metadata(source, `${alert.id}:${alert.revision}`, alert.revision, 'alerts'),
    finding_info: {
      uid: alert.id,
      title,
      ...(desc ? { desc } : {}),
      types: [alert.kind],
      first_seen_time: alert.startedMs,
      last_seen_time: alert.timeMs,
      modified_time: alert.timeMs,
      analytic: { type_id: 2, type: 'Behavioral', name: alert.kind, uid: `vigie/${alert.kind}`, version: alert.policy },
      data_sources: [`portal access log, ${alert.channel} channel`],
    },
    evidences: [
      { name: 'account', user: ocsfUser(alert.account.id), data: { exposed: alert.exposed, quota: alert.quota } },
      ...sentences.map((s) => ({ name: s.name, user: ocsfUser(alert.account.id), data: evidenceData(s) })),
      ...(alert.benign
        ? [
            {
              name: 'best honest explanation',
              user: ocsfUser(alert.account.id),
              data: { ...alert.benign, text: honest },
            },
          ]
        : []),
    ],
    observables: [userObservable('evidences[].user.uid', alert.account.id)],
    unmapped: { alert },
  };
  if (sentences.length > 0) finding.anomaly_analyses = sentences.map((s) => anomalyAnalysis(alert, s, language));
  return finding;
}

/** A notice of the response (a breaker opened, a stop that takes long) as a Detection Finding of its own. */
export function noticeFinding(notice: ResponseNotice, source: OcsfSource): Json {
  const titles = {
    breaker_opened: 'The disable budget is spent: plans wait for a person',
    stop_delayed: 'An account could not be stopped yet',
    containment_offered: 'A campaign is named: its accounts may be contained',
    throttle_pressed: 'A throttled account goes on asking for new people',
  } as const;
  return {
    ...classified(FINDINGS, DETECTION_FINDING, ACTIVITY.created),
    ...STATUS.created,
    ...SEVERITY.critical,
    time: notice.timeMs,
    is_alert: true,
    message: notice.message,
    metadata: metadata(source, notice.id, 1, 'alerts'),
    finding_info: {
      uid: notice.id,
      title: titles[notice.notice],
      desc: notice.message,
      types: [notice.notice],
      created_time: notice.timeMs,
      analytic: { type_id: 1, type: 'Rule', name: notice.notice, uid: `vigie/${notice.notice}` },
    },
    ...(notice.accountId ? { observables: [userObservable('unmapped.notice.accountId', notice.accountId)] } : {}),
    unmapped: { notice },
  };
}
