import { callHttp, failureOf, jsonOf } from '#libs/adapters/http/call.ts';
import type { AccountConnector, AccountView, CallOutcome, CallReason } from '#libs/ports/accounts.ts';
import { COMMANDS_ONLY } from '#libs/ports/accounts.ts';
import type { Clock } from '#libs/ports/clock.ts';
import { webhookHeaders, webhookKey } from './sign.ts';

/*
 * A portal that takes signed commands at one address:
 *
 *   POST {"type":"account.disable","timestamp":"…","data":{"account":"…","action":"…","actor":"…","reason":"…"}}
 *
 * with type account.disable, .enable, .require_step_up, .clear_step_up, .end_sessions or .read. Any 2xx: done. 404 with
 * {"error":"account_not_found"}: there is no such account. The answer to account.read is
 * {"enabled":true,"sessions":2,"step_up_required":false,"second_factor":"yes|no|unknown"}.
 */

export interface WebhookOptions {
  readonly url: string;
  /** Secrets as Standard Webhooks writes them (`whsec_…`); the first is the present one, others are being replaced. */
  readonly secrets: readonly string[];
  /** Whether the receiver answers `account.read`. */
  readonly readable: boolean;
  readonly clock: Clock;
  readonly callTimeoutMs?: number;
}

const EMPTY = { outcome: 'rejected', detail: 'an empty account id is not asked for' } as const;

function viewOf(answer: unknown): AccountView | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const {
    enabled,
    sessions,
    step_up_required: stepUpRequired,
    second_factor: factor,
  } = answer as Record<string, unknown>;
  if (typeof enabled !== 'boolean' || typeof stepUpRequired !== 'boolean') return undefined;
  if (!Number.isSafeInteger(sessions) || (sessions as number) < 0) return undefined;
  const secondFactor = factor === 'yes' || factor === 'no' ? factor : 'unknown';
  return { enabled, sessions: sessions as number, stepUpRequired, secondFactor };
}

/** Throws where a secret is none. */
export function createWebhookConnector(options: WebhookOptions): AccountConnector {
  const { url, clock, callTimeoutMs = 2_000 } = options;
  const keys = options.secrets.map(webhookKey);
  let reads = 0;

  async function post(id: string, type: string, data: object, writes: boolean): Promise<CallOutcome<string>> {
    const nowMs = clock.nowMs();
    const body = JSON.stringify({ type, timestamp: new Date(nowMs).toISOString(), data });
    const result = await callHttp({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...webhookHeaders(id, Math.floor(nowMs / 1000), body, keys) },
      body,
      timeoutMs: callTimeoutMs,
      writes,
    });
    if (!result.ok) return result.failure;
    const { status, text } = result.answer;
    if (status >= 200 && status < 300) return { outcome: 'done', value: text };
    if (status === 404 || status === 410) {
      const said = jsonOf(text) as { error?: unknown } | undefined;
      if (status === 404 && said?.error === 'account_not_found')
        return { outcome: 'not_found', detail: 'no such account' };
      return { outcome: 'rejected', detail: `HTTP ${status}: nobody takes commands at this address` };
    }
    return failureOf(result.answer, writes);
  }

  const command =
    (verb: string) =>
    async (account: string, why: CallReason): Promise<CallOutcome> => {
      if (account.trim() === '') return EMPTY;
      const data = { account, action: why.actionId, actor: why.actor, reason: why.reason };
      // A repeated command has an id of its own: what was undone in between has to be done again, not taken for seen.
      const sent = await post(`${why.actionId}:${verb}:${why.atMs}`, `account.${verb}`, data, true);
      return sent.outcome === 'done' ? { outcome: 'done', value: undefined } : sent;
    };

  return {
    name: 'webhook',
    async read(account) {
      if (account.trim() === '') return EMPTY;
      if (!options.readable) return { outcome: 'done', value: COMMANDS_ONLY };
      reads += 1;
      const answer = await post(`read:${process.pid}:${clock.nowMs()}:${reads}`, 'account.read', { account }, false);
      if (answer.outcome !== 'done') return answer;
      const view = viewOf(jsonOf(answer.value));
      return view
        ? { outcome: 'done', value: view }
        : { outcome: 'unavailable', detail: 'the answer shows no account' };
    },
    disable: command('disable'),
    enable: command('enable'),
    requireStepUp: command('require_step_up'),
    clearStepUp: command('clear_step_up'),
    endSessions: command('end_sessions'),
  };
}
