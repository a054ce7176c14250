/** The register's tables. `history` only grows: what an account was before each change, and who changed it why. */
export const REGISTER_SCHEMA = `
create table if not exists account (
  id text primary key,
  class text not null,
  profession text not null,
  department text not null,
  enabled integer not null,
  step_up_required integer not null,
  has_second_factor integer not null
) strict;
create table if not exists session (
  account_id text not null references account(id),
  id text not null,
  started_ms integer not null,
  strong integer not null,
  primary key (account_id, id)
) strict;
create table if not exists new_password (
  account_id text primary key references account(id)
) strict;
create table if not exists history (
  seq integer primary key autoincrement,
  account_id text not null,
  at_ms integer not null,
  change text not null,
  actor text not null,
  reason text not null,
  action_id text not null,
  earlier_enabled integer not null,
  earlier_step_up integer not null,
  earlier_sessions integer not null
) strict;
`;

export interface AccountRow {
  id: string;
  class: string;
  profession: string;
  department: string;
  enabled: number;
  step_up_required: number;
  has_second_factor: number;
}
export interface SessionRow {
  id: string;
  account_id: string;
  started_ms: number;
  strong: number;
}
