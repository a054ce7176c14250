import type { Command } from 'commander';
import { Argument, InvalidArgumentError } from 'commander';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption } from '#services/cli/options.ts';
import { warn } from '#services/cli/terminal/message.ts';
import type { ServerOptions } from './client.ts';
import { openClient, pathOf, withServer } from './client.ts';
import { minute, print } from './output.ts';

/** What one person decides: approve, reject, give back, say what it was, close a breaker. */

interface Reasoned extends ServerOptions {
  readonly format: OutputFormat;
  readonly reason: string;
}
interface ShownAction {
  readonly rung: string;
  readonly account: string;
  readonly state: string;
}
const actionText = ({ rung, account, state }: ShownAction): string => `${rung} of ${account}: ${state}`;

const reasoned = (command: Command): Command =>
  withServer(command).requiredOption('--reason <text>', 'why: it goes into the audit log').addOption(formatOption());

export function registerApprove(program: Command): void {
  withServer(program.command('approve'))
    .description('let a plan go ahead that waits for a person (vigie incidents --waiting lists them)')
    .argument('<action>', 'id of the plan')
    .addOption(formatOption())
    .action(async (id: string, options: ServerOptions & { format: OutputFormat }) => {
      const answer = await openClient(options).call<ShownAction>('POST', pathOf`/v1/actions/${id}/approve`, {});
      print(options.format, answer, actionText);
    });
}

export function registerReject(program: Command): void {
  reasoned(program.command('reject'))
    .description('decide against a plan that waits for a person')
    .argument('<action>', 'id of the plan')
    .action(async (id: string, options: Reasoned) => {
      const { reason } = options;
      const answer = await openClient(options).call<ShownAction>('POST', pathOf`/v1/actions/${id}/reject`, { reason });
      print(options.format, answer, actionText);
    });
}

const hours = (text: string): number => {
  const value = Number(text);
  if (text === '' || !(value >= 0 && value <= 168)) throw new InvalidArgumentError('0 to 168 hours are possible.');
  return value;
};

export function registerReenable(program: Command): void {
  reasoned(program.command('reenable'))
    .description('give an account back: a new password is demanded, every restriction lifted, the detector told')
    .argument('<account>', 'account id')
    .option('--grace <hours>', 'how long the score stays silent; quotas hold all the same', hours, 24)
    .option('--keep-password', 'demand no new password')
    .action(async (account: string, options: Reasoned & { grace: number; keepPassword?: boolean }) => {
      const answer = await openClient(options).call<{ actions: unknown[]; new_password: string }>(
        'POST',
        pathOf`/v1/accounts/${account}/reenable`,
        { reason: options.reason, new_password: !options.keepPassword, grace_hours: options.grace },
      );
      print(options.format, answer, ({ actions }) => `${account} is given back; ${actions.length} actions taken back.`);
      if (answer.new_password === 'not_offered') {
        warn('the keeper of this account cannot demand a new password: see to it yourself');
      }
    });
}

export function registerVerdict(program: Command): void {
  reasoned(program.command('verdict'))
    .description('say what an incident was; it restricts and frees nobody')
    .argument('<incident>', 'id of the incident')
    .addArgument(new Argument('<verdict>', 'what it was').choices(['true', 'false', 'benign']))
    .option('--until <time>', 'with benign: when the exception ends (2026-03-09 or RFC 3339)')
    .action(async (id: string, verdict: string, options: Reasoned & { until?: string }) => {
      const { reason, until } = options;
      const body = { verdict, reason, ...(until === undefined ? {} : { until: timeOf(until) }) };
      const answer = await openClient(options).call<{ verdict: string; until: string | null }>(
        'PUT',
        pathOf`/v1/incidents/${id}/verdict`,
        body,
      );
      print(options.format, answer, (v) => `${v.verdict}${v.until ? ` until ${minute(v.until)}` : ''}`);
    });
}

/** A day is meant to its end in no zone but UTC. */
function timeOf(text: string): string {
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError(`"${text}" is no time.`);
  return new Date(ms).toISOString();
}
