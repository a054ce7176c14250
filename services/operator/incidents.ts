import type { Command } from 'commander';
import type { z } from 'zod';
import type { action, confirmation, incident } from '#services/api/schemas.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption, wholeNumber } from '#services/cli/options.ts';
import { grave, note } from '#services/cli/terminal/message.ts';
import { formatTable } from '#services/cli/terminal/table.ts';
import type { ServerOptions } from './client.ts';
import { openClient, pathOf, withServer } from './client.ts';
import { minute, print } from './output.ts';

type Incident = z.infer<typeof incident>;
type Action = z.infer<typeof action>;
type Whole = Incident & { actions: Action[]; confirmations: z.infer<typeof confirmation>[] };
interface ListOptions extends ServerOptions {
  readonly format: OutputFormat;
  readonly limit: number;
  readonly waiting?: boolean;
}

/** `vigie incidents [ID]`: what happened, what was done, and what waits for somebody. */
export function registerIncidents(program: Command): void {
  withServer(program.command('incidents'))
    .description('incidents, the newest first; with an id, one of them whole; --waiting: plans that need a person')
    .argument('[id]', 'incident')
    .option('--waiting', 'plans that wait for approval, in place of incidents')
    .option('--limit <n>', 'how many', wholeNumber(1, 500), 50)
    .addOption(formatOption())
    .action(async (id: string | undefined, options: ListOptions) => {
      const client = openClient(options);
      if (id !== undefined) {
        print(options.format, await client.call<Whole>('GET', pathOf`/v1/incidents/${id}`), wholeText);
        return;
      }
      const path = options.waiting ? '/v1/actions?state=waiting_approval&' : '/v1/incidents?';
      const found = await client.call<{ items: never[]; more: boolean }>('GET', `${path}limit=${options.limit}`);
      print(options.format, found, ({ items }) => (options.waiting ? waitingText(items) : listText(items)));
      if (found.more) note(`There are more than ${options.limit}: --limit shows up to 500.`);
    });
}

function listText(items: readonly Incident[]): string {
  if (items.length === 0) return 'No incident.';
  return formatTable(
    ['time', 'severity', 'account', 'kind', 'rung', 'exposed', 'now', 'verdict', 'id'],
    items.map((i) => [
      minute(i.time),
      grave(i.severity, i.severity),
      i.account.id,
      i.kind,
      i.rung,
      i.exposed,
      i.restriction,
      i.verdict?.verdict ?? '-',
      i.id,
    ]),
  );
}

function waitingText(items: readonly Action[]): string {
  if (items.length === 0) return 'Nothing waits for a person.';
  return formatTable(
    ['decided', 'account', 'rung', 'exposed', 'why it waits', 'id'],
    items.map((a) => [minute(a.decided), a.account, a.rung, a.exposed, a.reason, a.id]),
  );
}

function wholeText(i: Whole): string {
  const { account } = i;
  const holder = i.confirmations.find((c) => c.answer !== '');
  const lines = [
    `${i.kind} by ${account.id} (${account.profession}${account.department ? `, ${account.department}` : ''}), ${i.severity}`,
    `${i.exposed} people exposed from ${minute(i.started)} to ${minute(i.time)}, score ${i.score}; now: ${i.restriction}`,
    ...i.evidence.map((e) => `  ${e.name}: ${e.observed} of ${e.of}, ${e.expected} expected (${e.nats} nats)`),
    ...i.exposed_by_insurer.map((e) => `  insurer ${e.amc || 'unknown'}: ${e.people} people`),
    ...i.actions.map((a) => `  ${a.rung}: ${a.state}${a.detail ? ` (${a.detail})` : ''}, ${a.id}`),
    i.verdict ? `Verdict: ${i.verdict.verdict} by ${i.verdict.by}: ${i.verdict.reason}` : 'No verdict yet.',
  ];
  if (holder) lines.push(`The holder says: ${holder.answer === 'mine' ? 'it was me' : 'it was not me'}.`);
  return lines.join('\n');
}
