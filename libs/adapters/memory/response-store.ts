import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import type { Alert } from '#libs/model/alert.ts';
import { AUDIT_ROOT, auditHash } from '#libs/ports/audit-chain.ts';
import type { AuditRecord, CaseDocument, OutboundRecord, ResponseStore, StoreCommit } from '#libs/ports/store.ts';

const byCreation = (a: ActionRecord, b: ActionRecord) =>
  a.createdMs - b.createdMs || (a.plan.id < b.plan.id ? -1 : a.plan.id > b.plan.id ? 1 : 0);

/** A store that forgets everything with its process: for tests and for simulations. It keeps the same promises otherwise. */
export function createMemoryStore(): ResponseStore {
  let planning = { version: 0, snapshot: '' };
  const incidents = new Map<string, Alert>();
  const actions = new Map<string, ActionRecord>();
  const restrictions = new Map<string, AccountRestriction>();
  const outbox = new Map<string, { record: OutboundRecord; sent: boolean }>();
  const auditLog: AuditRecord[] = [];
  const positions = new Map<string, number>();
  const cases = new Map<string, CaseDocument>();

  const conflicts = (change: StoreCommit): boolean => {
    if (change.planning && change.planning.readVersion !== planning.version) return true;
    if (change.actions?.some((a) => actions.has(a.plan.id))) return true;
    if (change.changes?.some((a) => actions.get(a.plan.id)?.version !== a.version - 1)) return true;
    if (change.cases?.some((c) => (cases.get(`${c.kind}/${c.id}`)?.version ?? 0) !== c.version - 1)) return true;
    return change.restrictions?.some((r) => (restrictions.get(r.accountId)?.seq ?? r.seq - 1) !== r.seq - 1) ?? false;
  };

  const sorted = () => [...actions.values()].sort(byCreation);

  return {
    readPlanning: async () => planning,
    async commit(change) {
      if (conflicts(change)) return false;
      if (change.planning) planning = { version: planning.version + 1, snapshot: change.planning.snapshot };
      for (const record of [...(change.actions ?? []), ...(change.changes ?? [])]) actions.set(record.plan.id, record);
      for (const restriction of change.restrictions ?? []) restrictions.set(restriction.accountId, restriction);
      for (const document of change.cases ?? []) cases.set(`${document.kind}/${document.id}`, document);
      const { alert } = change;
      if (alert && (incidents.get(alert.id)?.revision ?? 0) < alert.revision) incidents.set(alert.id, alert);
      for (const entry of change.audit ?? []) {
        const previous = auditLog.at(-1)?.hash ?? AUDIT_ROOT;
        const seq = auditLog.length + 1;
        auditLog.push({ ...entry, seq, previous, hash: auditHash(previous, seq, entry) });
      }
      for (const { topic, partition, next } of change.positions ?? []) {
        const key = `${topic}/${partition}`;
        positions.set(key, Math.max(next, positions.get(key) ?? 0));
      }
      for (const record of change.outbox ?? []) {
        if (!outbox.has(record.id)) outbox.set(record.id, { record, sent: false });
      }
      return true;
    },
    incident: async (id) => incidents.get(id),
    incidents: async (limit) =>
      [...incidents.values()].sort((a, b) => b.timeMs - a.timeMs || (a.id < b.id ? -1 : 1)).slice(0, limit),
    action: async (id) => actions.get(id),
    actionsOf: async (accountId) => sorted().filter((a) => a.plan.accountId === accountId),
    actionsIn: async (state, limit) =>
      sorted()
        .filter((a) => a.state === state)
        .slice(0, limit),
    dueActions: async (nowMs, limit) =>
      sorted()
        .filter((a) => a.dueMs > 0 && a.dueMs <= nowMs)
        .sort((a, b) => a.dueMs - b.dueMs || (a.plan.id < b.plan.id ? -1 : 1))
        .slice(0, limit),
    async nextDueMs() {
      const due = [...actions.values()].map((a) => a.dueMs).filter((ms) => ms > 0);
      return due.length > 0 ? Math.min(...due) : 0;
    },
    restriction: async (accountId) => restrictions.get(accountId),
    restrictions: async () =>
      [...restrictions.values()]
        .filter((r) => r.restriction !== 'none')
        .sort((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    caseDocument: async (kind, id) => cases.get(`${kind}/${id}`),
    cases: async (kind, limit) =>
      [...cases.values()]
        .filter((c) => c.kind === kind)
        .sort((a, b) => b.updatedMs - a.updatedMs || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    casesOf: async (kind, accountId) =>
      [...cases.values()]
        .filter((c) => c.kind === kind && c.accountId === accountId)
        .sort((a, b) => a.updatedMs - b.updatedMs || (a.id < b.id ? -1 : 1)),
    openCases: async (kind) =>
      [...cases.values()]
        .filter((c) => c.kind === kind && c.open)
        .sort((a, b) => a.updatedMs - b.updatedMs || (a.id < b.id ? -1 : 1)),
    position: async (topic, partition) => positions.get(`${topic}/${partition}`),
    unsent: async (limit) =>
      [...outbox.values()]
        .filter((o) => !o.sent)
        .slice(0, limit)
        .map((o) => o.record),
    async markSent(ids) {
      for (const id of ids) {
        const entry = outbox.get(id);
        if (entry) entry.sent = true;
      }
    },
    audit: async (fromSeq, limit) => auditLog.slice(Math.max(0, fromSeq - 1)).slice(0, limit),
    close: async () => {},
  };
}
