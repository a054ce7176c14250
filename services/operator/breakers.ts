import type { Command } from 'commander';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption } from '#services/cli/options.ts';
import type { ServerOptions } from './client.ts';
import { openClient, withServer } from './client.ts';
import { minute, print } from './output.ts';

interface Breakers {
  readonly items: readonly { scope: string; opened: string; queued: number }[];
  readonly budget_left: Readonly<Record<string, number>>;
  readonly kill_switch: boolean;
  readonly dry_run: boolean;
}

/** `vigie breakers [close SCOPE]`. */
export function registerBreakers(program: Command): void {
  withServer(program.command('breakers'))
    .description('open breakers and what is left of the budgets; --close closes one')
    .option('--close <scope>', 'close the breaker of this scope (suspend, suspend/optician/69)')
    .option('--reason <text>', 'with --close: why')
    .addOption(formatOption())
    .action(async (options: ServerOptions & { format: OutputFormat; close?: string; reason?: string }) => {
      const client = openClient(options);
      if (options.close !== undefined) {
        await client.call('POST', '/v1/breakers/close', { scope: options.close, reason: options.reason ?? '' });
      }
      print(options.format, await client.call<Breakers>('GET', '/v1/breakers'), text);
    });
}

function text({ items, budget_left: left, kill_switch: kill, dry_run: dry }: Breakers): string {
  const open = items.map((b) => `open: ${b.scope} since ${minute(b.opened)}, ${b.queued} plans sent to people`);
  return [
    ...(kill ? ['the kill switch is on: every plan waits for a person'] : []),
    ...(dry ? ['dry run: nothing is done'] : []),
    ...(open.length > 0 ? open : ['No breaker is open.']),
    `room left: ${Object.entries(left)
      .map(([rung, n]) => `${rung} ${n}`)
      .join(', ')}`,
  ].join('\n');
}
