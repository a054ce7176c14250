import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { SqlDialect } from '../migrate.ts';

/** Incidents, actions, restrictions, outbox and the append-only audit log. */
export async function up(db: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await db.schema
    .createTable('planning')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('snapshot', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('incident')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('time_ms', 'bigint', (c) => c.notNull())
    .addColumn('alert', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('incident_time').on('incident').columns(['time_ms']).execute();

  let action = db.schema.createTable('action').addColumn('id', 'text', (c) => c.primaryKey());
  for (const name of ['alert_id', 'account_id', 'channel', 'rung', 'decision', 'reason'] as const) {
    action = action.addColumn(name, 'text', (c) => c.notNull());
  }
  action = action
    .addColumn('time_ms', 'bigint', (c) => c.notNull())
    .addColumn('until_ms', 'bigint', (c) => c.notNull())
    .addColumn('score', 'double precision', (c) => c.notNull())
    .addColumn('exposed', 'bigint', (c) => c.notNull());
  for (const name of ['state', 'step', 'detail', 'earlier', 'undo'] as const) {
    action = action.addColumn(name, 'text', (c) => c.notNull());
  }
  for (const name of ['version', 'attempts', 'due_ms', 'created_ms', 'updated_ms', 'verified_ms'] as const) {
    action = action.addColumn(name, 'bigint', (c) => c.notNull());
  }
  await action.execute();
  await db.schema.createIndex('action_account').on('action').columns(['account_id']).execute();
  await db.schema.createIndex('action_due').on('action').columns(['due_ms']).execute();
  await db.schema.createIndex('action_state').on('action').columns(['state']).execute();

  await db.schema
    .createTable('restriction')
    .addColumn('account_id', 'text', (c) => c.primaryKey())
    .addColumn('restriction', 'text', (c) => c.notNull())
    .addColumn('until_ms', 'bigint', (c) => c.notNull())
    .addColumn('new_per_hour', 'integer', (c) => c.notNull())
    .addColumn('since_ms', 'bigint', (c) => c.notNull())
    .addColumn('action_id', 'text', (c) => c.notNull())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('position')
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('part', 'integer', (c) => c.notNull())
    .addColumn('next', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('position_key', ['topic', 'part'])
    .execute();

  await db.schema
    .createTable('tail')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('outbox')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('time_ms', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('sent', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('outbox_unsent').on('outbox').columns(['sent', 'seq']).execute();
  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('verb', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await refuseAuditChanges(db, dialect);
}

/** The audit log takes new lines only: the database itself refuses to change or delete one. */
async function refuseAuditChanges(db: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  if (dialect === 'sqlite') {
    for (const verb of ['update', 'delete'] as const) {
      await sql`create trigger ${sql.raw(`audit_no_${verb}`)} before ${sql.raw(verb)} on audit
        begin select raise(abort, 'the audit log is append-only'); end`.execute(db);
    }
    return;
  }
  await sql`create function audit_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'the audit log is append-only'; end $$`.execute(db);
  await sql`create trigger audit_append_only before update or delete or truncate on audit
    for each statement execute function audit_append_only()`.execute(db);
}
