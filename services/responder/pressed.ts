import type { AccountRestriction } from '#libs/model/action-record.ts';
import type { ResponderContext } from './context.ts';

/**
 * Tells people that a throttled account goes on asking for people it does not know, as only a program does. What the gate
 * refuses stands in no access log, so that detection cannot see it. Told once for each throttle, however many processes see it.
 *
 * @param refused how many were refused within the hour
 * @throws where the store cannot be written: nobody has been told then
 */
export async function tellPressed(
  { store, clock, outbound, flushSoon }: ResponderContext,
  { accountId, actionId }: AccountRestriction,
  refused: number,
): Promise<void> {
  const action = await store.action(actionId);
  const incident = action ? ` (incident ${action.plan.alertId})` : '';
  const notice = outbound.notice({
    id: `throttle_pressed:${actionId}`,
    notice: 'throttle_pressed',
    timeMs: clock.nowMs(),
    subject: actionId,
    accountId,
    message:
      `${accountId} is throttled${incident} and was refused ${refused} more people it does not know within an hour: ` +
      'a program seems to be at work there. The throttle holds; whether the account is to be suspended is for a person to say.',
  });
  await store.commit({ outbox: [notice] });
  flushSoon();
}
