import type { OcsfSource } from '#libs/formats/ocsf/index.ts';
import { actionEvent, noticeFinding } from '#libs/formats/ocsf/index.ts';
import type { AccountRestriction, ActionRecord } from '#libs/model/action-record.ts';
import type { Control } from '#libs/model/input.ts';
import type { ResponseNotice } from '#libs/model/notice.ts';
import type { OutboundRecord } from '#libs/ports/store.ts';

/** What the responder tells the world, as records with deterministic ids. */
export function createOutbound(source: OcsfSource) {
  return {
    action: (record: ActionRecord): OutboundRecord => ({
      id: `action:${record.plan.id}:${record.version}`,
      topic: 'actions',
      key: record.plan.accountId,
      type: 'vigie.action',
      timeMs: record.updatedMs,
      body: JSON.stringify(actionEvent(record, source)),
    }),

    notice: (notice: ResponseNotice): OutboundRecord => ({
      id: `notice:${notice.id}`,
      topic: 'alerts',
      key: notice.accountId || notice.subject,
      type: 'vigie.notice',
      timeMs: notice.timeMs,
      body: JSON.stringify(noticeFinding(notice, source)),
    }),

    restriction: (r: AccountRestriction, nowMs: number): OutboundRecord => ({
      id: `restriction:${r.accountId}:${r.seq}`,
      topic: 'restrictions',
      key: r.accountId,
      type: 'vigie.restriction',
      timeMs: nowMs,
      body: JSON.stringify({
        account: r.accountId,
        restriction: r.restriction,
        since: new Date(r.sinceMs).toISOString(),
        until: r.untilMs ? new Date(r.untilMs).toISOString() : null,
        new_per_hour: r.newPerHour,
        action: r.actionId,
        seq: r.seq,
      }),
    }),

    /** What people tell the detector. */
    control: (control: Control): OutboundRecord => ({
      id: `${control.control}:${control.accountId}:${control.timeMs}`,
      topic: 'controls',
      key: control.accountId,
      type: 'vigie.control',
      timeMs: control.timeMs,
      body: JSON.stringify(control),
    }),
  };
}
export type Outbound = ReturnType<typeof createOutbound>;
