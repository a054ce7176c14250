/** Version of the Open Cybersecurity Schema Framework that everything here is written to. */
export const OCSF_VERSION = '1.8.0';

/** What is the same in all records of one running product. */
export interface OcsfSource {
  /** Version of Vigie. */
  readonly productVersion: string;
  /** Language of `message` and `desc`; both languages are in the evidence. */
  readonly language: 'en' | 'fr';
}

/** A JSON object on its way out. */
export type Json = { [name: string]: unknown };

/** OCSF metadata. `uid` is deterministic; `sequence` counts the revisions of one thing. */
export const metadata = (source: OcsfSource, uid: string, sequence: number, logName: string): Json => ({
  version: OCSF_VERSION,
  product: { name: 'Vigie', vendor_name: 'Vigie', version: source.productVersion, lang: source.language },
  uid,
  sequence,
  log_name: logName,
});

/** The base attributes that follow from a class and an activity. */
export function classified(
  category: { uid: number; name: string },
  cls: { uid: number; name: string },
  activity: { id: number; name: string },
): Json {
  return {
    category_uid: category.uid,
    category_name: category.name,
    class_uid: cls.uid,
    class_name: cls.name,
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: cls.uid * 100 + activity.id,
    type_name: `${cls.name}: ${activity.name}`,
  };
}

/** A professional's account: its id and nothing else about its holder. */
export const ocsfUser = (accountId: string): Json => ({ uid: accountId, type_id: 1, type: 'User' });

/** The account as something a SIEM can pivot on, named by where it stands in the record. */
export const userObservable = (name: string, accountId: string): Json => ({
  type_id: 31,
  type: 'User Object: uid',
  name,
  value: accountId,
});
