import type { AccountConnector, CallOutcome, CallReason } from '#libs/ports/accounts.ts';
import { COMMANDS_ONLY } from '#libs/ports/accounts.ts';
import type { EventLog } from '#libs/ports/event-log.ts';

/*
 * Commands on a topic, for a portal that carries them out by itself, keyed by account and so in order:
 *
 *   {"id":"…","command":"disable|enable|require_step_up|clear_step_up|end_sessions","account":"…","action":"…","actor":"…",
 *    "reason":"…","time":"…"}
 *
 * Done means that the log holds the command durably, not that anybody carried it out.
 */

export interface CommandTopicOptions {
  readonly log: EventLog;
  /** `vigie.commands`. */
  readonly topic: string;
  /** Longest wait for the log, ms: past it, the command may or may not be there. */
  readonly appendTimeoutMs?: number;
}

export function createCommandTopicConnector(options: CommandTopicOptions): AccountConnector {
  const { log, topic, appendTimeoutMs = 10_000 } = options;
  const empty = { outcome: 'rejected', detail: 'an empty account id is not asked for' } as const;

  const command =
    (name: string) =>
    async (account: string, why: CallReason): Promise<CallOutcome> => {
      if (account.trim() === '') return empty;
      const id = `${why.actionId}:${name}:${why.atMs}`;
      const time = new Date(why.atMs).toISOString();
      const body = { id, command: name, account, action: why.actionId, actor: why.actor, reason: why.reason, time };
      const headers = new Map([
        ['ce_id', id],
        ['ce_source', '/vigie/responder'],
        ['ce_type', 'vigie.command'],
        ['ce_specversion', '1.0'],
        ['ce_time', time],
        ['content-type', 'application/json'],
      ]);
      const record = { topic, key: account, value: Buffer.from(JSON.stringify(body)), headers, timeMs: why.atMs };
      const { promise: late, resolve } = Promise.withResolvers<CallOutcome>();
      const timer = setTimeout(resolve, appendTimeoutMs, {
        outcome: 'unknown',
        detail: `no answer in ${appendTimeoutMs} ms`,
      });
      const append = log.append([record]).then(
        (): CallOutcome => ({ outcome: 'done', value: undefined }),
        // A log that failed may have taken the record all the same.
        (error: unknown): CallOutcome => ({
          outcome: 'unknown',
          detail: error instanceof Error ? error.name : 'failed',
        }),
      );
      return Promise.race([append, late]).finally(() => clearTimeout(timer));
    };

  return {
    name: 'command_topic',
    read: async (account) => (account.trim() === '' ? empty : { outcome: 'done', value: COMMANDS_ONLY }),
    disable: command('disable'),
    enable: command('enable'),
    requireStepUp: command('require_step_up'),
    clearStepUp: command('clear_step_up'),
    endSessions: command('end_sessions'),
  };
}
