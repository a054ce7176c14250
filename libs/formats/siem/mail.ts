import type { SecurityRecord } from './security-record.ts';

/** What is said to people by e-mail, short: the incident itself is looked at where one has to sign in. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

const LEVEL = {
  en: { 1: 'info', 2: 'low', 3: 'medium', 4: 'high', 5: 'critical' },
  fr: { 1: 'information', 2: 'faible', 3: 'moyenne', 4: 'élevée', 5: 'critique' },
} as const;

/** One line of text: nothing in it can become a header of its own. */
const oneLine = (text: string): string => text.replace(/[\r\n\t]+/g, ' ').slice(0, 200);

export function mailText(record: SecurityRecord, language: 'en' | 'fr'): MailText {
  const { accountId, message, timeMs, exposed, incident, severity } = record;
  const level = LEVEL[language][severity];
  const time = new Date(timeMs).toISOString();
  const lines =
    language === 'fr'
      ? [
          message,
          '',
          `Heure : ${time}`,
          `Gravité : ${level}`,
          ...(accountId ? [`Compte : ${accountId}`] : []),
          ...(incident ? [`Personnes exposées : ${exposed}`, `Incident : ${incident}`] : []),
          '',
          'Ce message ne contient aucune donnée de bénéficiaire.',
        ]
      : [
          message,
          '',
          `Time: ${time}`,
          `Severity: ${level}`,
          ...(accountId ? [`Account: ${accountId}`] : []),
          ...(incident ? [`People exposed: ${exposed}`, `Incident: ${incident}`] : []),
          '',
          'This message holds no data of any beneficiary.',
        ];
  return { subject: oneLine(`[Vigie] ${level}: ${message}`), text: lines.join('\n') };
}
