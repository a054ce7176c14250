import type { Kysely } from 'kysely';
import type { Alert } from '#libs/model/alert.ts';
import type { OutboundTopic, ResponseStore } from '#libs/ports/store.ts';
import { Conflict, writeCommit } from './commit.ts';
import { actionOfRow, caseOfRow, restrictionOfRow } from './rows.ts';
import type { ResponseTables } from './schema.ts';

/** The response store over any database that {@link ResponseTables} were migrated into. Closing it closes `db`. */
export function createSqlResponseStore(db: Kysely<ResponseTables>): ResponseStore {
  return {
    async readPlanning() {
      const row = await db
        .selectFrom('planning')
        .select(['version', 'snapshot'])
        .where('id', '=', 1)
        .executeTakeFirst();
      return row ?? { version: 0, snapshot: '' };
    },
    async commit(change) {
      try {
        await db.transaction().execute((tx) => writeCommit(tx, change));
        return true;
      } catch (error) {
        if (error instanceof Conflict) return false;
        throw error;
      }
    },
    async incident(alertId) {
      const row = await db.selectFrom('incident').select('alert').where('id', '=', alertId).executeTakeFirst();
      return row && (JSON.parse(row.alert) as Alert);
    },
    async incidents(limit) {
      const rows = await db
        .selectFrom('incident')
        .select('alert')
        .orderBy('time_ms', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => JSON.parse(row.alert) as Alert);
    },
    async action(id) {
      const row = await db.selectFrom('action').selectAll().where('id', '=', id).executeTakeFirst();
      return row && actionOfRow(row);
    },
    async actionsOf(accountId) {
      const rows = await db
        .selectFrom('action')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('created_ms')
        .orderBy('id')
        .execute();
      return rows.map(actionOfRow);
    },
    async actionsIn(state, limit) {
      const rows = await db
        .selectFrom('action')
        .selectAll()
        .where('state', '=', state)
        .orderBy('created_ms')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(actionOfRow);
    },
    async dueActions(nowMs, limit) {
      const rows = await db
        .selectFrom('action')
        .selectAll()
        .where('due_ms', '>', 0)
        .where('due_ms', '<=', nowMs)
        .orderBy('due_ms')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(actionOfRow);
    },
    async nextDueMs() {
      const row = await db
        .selectFrom('action')
        .select('due_ms')
        .where('due_ms', '>', 0)
        .orderBy('due_ms')
        .limit(1)
        .executeTakeFirst();
      return row?.due_ms ?? 0;
    },
    async restriction(accountId) {
      const row = await db.selectFrom('restriction').selectAll().where('account_id', '=', accountId).executeTakeFirst();
      return row && restrictionOfRow(row);
    },
    async restrictions() {
      const rows = await db
        .selectFrom('restriction')
        .selectAll()
        .where('restriction', '!=', 'none')
        .orderBy('account_id')
        .execute();
      return rows.map(restrictionOfRow);
    },
    async caseDocument(kind, id) {
      const row = await db
        .selectFrom('case_document')
        .selectAll()
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && caseOfRow(row);
    },
    async cases(kind, limit) {
      const rows = await db
        .selectFrom('case_document')
        .selectAll()
        .where('kind', '=', kind)
        .orderBy('updated_ms', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(caseOfRow);
    },
    async casesOf(kind, accountId) {
      const rows = await db
        .selectFrom('case_document')
        .selectAll()
        .where('kind', '=', kind)
        .where('account_id', '=', accountId)
        .orderBy('updated_ms')
        .orderBy('id')
        .execute();
      return rows.map(caseOfRow);
    },
    async openCases(kind) {
      const rows = await db
        .selectFrom('case_document')
        .selectAll()
        .where('kind', '=', kind)
        .where('open', '=', 1)
        .orderBy('updated_ms')
        .orderBy('id')
        .execute();
      return rows.map(caseOfRow);
    },
    async position(topic, partition) {
      const row = await db
        .selectFrom('position')
        .select('next')
        .where('topic', '=', topic)
        .where('part', '=', partition)
        .executeTakeFirst();
      return row?.next;
    },
    async unsent(limit) {
      const rows = await db
        .selectFrom('outbox')
        .selectAll()
        .where('sent', '=', 0)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        topic: row.topic as OutboundTopic,
        key: row.key,
        type: row.type,
        timeMs: row.time_ms,
        body: row.body,
      }));
    },
    async markSent(ids) {
      if (ids.length > 0) await db.updateTable('outbox').set({ sent: 1 }).where('id', 'in', ids).execute();
    },
    async audit(fromSeq, limit) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('seq', '>=', fromSeq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(({ at_ms, ...row }) => ({ atMs: at_ms, ...row }));
    },
    close: () => db.destroy(),
  };
}
