/**
 * The tables as Kysely sees them, the same on SQLite and PostgreSQL: times are integer ms, truth values 0 or 1, JSON is
 * text and never asked about (whatever is asked about has its own column).
 */
export interface ResponseTables {
  planning: { id: number; version: number; snapshot: string };
  incident: { id: string; account_id: string; revision: number; time_ms: number; alert: string };
  action: ActionRow;
  restriction: RestrictionRow;
  outbox: {
    seq: number;
    id: string;
    topic: string;
    key: string;
    type: string;
    time_ms: number;
    body: string;
    sent: number;
  };
  audit: {
    seq: number;
    at_ms: number;
    actor: string;
    verb: string;
    subject: string;
    detail: string;
    previous: string;
    hash: string;
  };
  case_document: CaseRow;
  position: { topic: string; part: number; next: number };
  /** Last number given out, and last hash, of `outbox` and `audit`: its row lock puts commits in one order. */
  tail: { name: string; seq: number; hash: string };
}

export interface ActionRow {
  id: string;
  alert_id: string;
  account_id: string;
  channel: string;
  rung: string;
  decision: string;
  reason: string;
  time_ms: number;
  until_ms: number;
  score: number;
  exposed: number;
  state: string;
  step: string;
  version: number;
  attempts: number;
  due_ms: number;
  detail: string;
  earlier: string;
  undo: string;
  created_ms: number;
  updated_ms: number;
  verified_ms: number;
}

export interface RestrictionRow {
  account_id: string;
  restriction: string;
  until_ms: number;
  new_per_hour: number;
  since_ms: number;
  action_id: string;
  seq: number;
}

export interface CaseRow {
  kind: string;
  id: string;
  account_id: string;
  open: number;
  version: number;
  updated_ms: number;
  body: string;
}
