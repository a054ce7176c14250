import type { Command } from 'commander';
import { Option } from 'commander';
import type { z } from 'zod';
import { ACCOUNT_CLASSES, PROFESSIONS } from '#libs/model/codes.ts';
import type { containment, preview } from '#services/api/schemas.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption, wholeNumber } from '#services/cli/options.ts';
import { note } from '#services/cli/terminal/message.ts';
import { formatTable } from '#services/cli/terminal/table.ts';
import type { ServerOptions } from './client.ts';
import { openClient, pathOf, withServer } from './client.ts';
import { print } from './output.ts';

type Preview = z.infer<typeof preview>;
type Containment = z.infer<typeof containment>;

interface Meant extends ServerOptions {
  readonly format: OutputFormat;
  readonly class?: string;
  readonly org?: string;
  readonly campaign?: string;
  readonly profession?: string;
  readonly department?: string;
  readonly rung: string;
  readonly includeProtected?: boolean;
}

/** `vigie contain …`: every account of a class, organisation or campaign; two people, in slices, reversible. */
export function registerContain(program: Command): void {
  const contain = program
    .command('contain')
    .description('restrict every account of a class, organisation or campaign: one person asks, another approves')
    .addHelpText(
      'after',
      `
  vigie contain preview --class manager                                    who would be hurt, and the digest of that list
  vigie contain ask --class manager --digest <digest> --reason 'ticket 7'  the id of what is asked
  vigie contain approve <id> --digest <digest>                             another person, who has seen the same list

With --campaign an id of a campaign takes the place of a class.`,
    );

  selecting(contain.command('preview'))
    .description('who would be hurt; changes nothing')
    .action(async (options: Meant) => {
      const shown = await openClient(options).call<Preview>('POST', '/v1/containments/preview', questionOf(options));
      print(options.format, shown, previewText);
    });

  selecting(contain.command('ask'))
    .description('ask for what the preview showed')
    .requiredOption('--digest <digest>', 'of the preview')
    .requiredOption('--reason <text>', 'why: it goes into the audit log')
    .option('--slice <n>', 'accounts at a time', wholeNumber(1, 1000), 50)
    .option('--every <minutes>', 'time between two slices', wholeNumber(0, 1440), 5)
    .option('--hours <n>', 'how long each account stays restricted; 0: until it is reverted', wholeNumber(0, 8760), 0)
    .action(
      async (options: Meant & Record<'digest' | 'reason', string> & Record<'slice' | 'every' | 'hours', number>) => {
        const asked = await openClient(options).call<Containment>('POST', '/v1/containments', {
          ...questionOf(options),
          digest: options.digest,
          reason: options.reason,
          slice_size: options.slice,
          slice_every_minutes: options.every,
          length_hours: options.hours,
        });
        print(options.format, asked, oneText);
        note('Another person approves it: vigie contain approve ID --digest DIGEST');
      },
    );

  withServer(contain.command('approve'))
    .description('let it go, as the second person')
    .argument('<id>', 'containment')
    .requiredOption('--digest <digest>', 'of the list of accounts that you have seen')
    .addOption(formatOption())
    .action(async (id: string, options: ServerOptions & { format: OutputFormat; digest: string }) => {
      const path = pathOf`/v1/containments/${id}/approve`;
      print(
        options.format,
        await openClient(options).call<Containment>('POST', path, { digest: options.digest }),
        oneText,
      );
    });

  const summary = {
    pause: 'no further slice; what is restricted stays so',
    resume: 'go on with a paused one',
    revert: 'give every account back, or withdraw what waits for approval',
  } as const;
  for (const verb of ['pause', 'resume', 'revert'] as const) {
    withServer(contain.command(verb))
      .description(summary[verb])
      .argument('<id>', 'containment')
      .requiredOption('--reason <text>', 'why: it goes into the audit log')
      .addOption(formatOption())
      .action(async (id: string, options: ServerOptions & { format: OutputFormat; reason: string }) => {
        const path = `${pathOf`/v1/containments/${id}`}/${verb}`;
        print(
          options.format,
          await openClient(options).call<Containment>('POST', path, { reason: options.reason }),
          oneText,
        );
      });
  }

  withServer(contain.command('list'))
    .description('containments, the last changed first')
    .option('--limit <n>', 'how many', wholeNumber(1, 500), 50)
    .addOption(formatOption())
    .action(async (options: ServerOptions & { format: OutputFormat; limit: number }) => {
      const path = `/v1/containments?limit=${options.limit}`;
      const found = await openClient(options).call<{ items: Containment[]; more: boolean }>('GET', path);
      print(options.format, found, ({ items }) =>
        items.length === 0 ? 'No containment.' : items.map(oneText).join('\n'),
      );
      if (found.more) note(`There are more than ${options.limit}: --limit shows up to 500.`);
    });
}

const selecting = (command: Command): Command =>
  withServer(command)
    .addOption(new Option('--class <class>', 'class of accounts').choices(ACCOUNT_CLASSES))
    .option('--org <id>', 'organisation')
    .option('--campaign <id>', 'the accounts of a campaign')
    .addOption(new Option('--profession <profession>', 'only this profession').choices(PROFESSIONS))
    .option('--department <code>', 'only this department')
    .addOption(
      new Option('--rung <rung>', 'what is done').choices(['step_up', 'throttle', 'suspend']).default('suspend'),
    )
    .option('--include-protected', 'protected accounts too')
    .addOption(formatOption());

function questionOf(options: Meant): object {
  const { rung, includeProtected = false } = options;
  const names = ['class', 'org', 'campaign', 'profession', 'department'] as const;
  const selector = Object.fromEntries(names.flatMap((n) => (options[n] === undefined ? [] : [[n, options[n]]])));
  return { selector, rung, include_protected: includeProtected };
}

function previewText(p: Preview): string {
  const emptied = new Set(p.emptied.map((g) => `${g.profession}/${g.department}`));
  const groups = p.groups.map((g) => [
    g.profession,
    g.department,
    g.affected,
    g.of,
    emptied.has(`${g.profession}/${g.department}`) ? 'nobody left' : '',
  ]);
  return [
    `${p.total} accounts would be restricted, ${p.already_restricted} of them are already.`,
    ...(groups.length > 0 ? [formatTable(['profession', 'department', 'restricted', 'of', ''], groups)] : []),
    ...p.spared.map((s) => `spared: ${s.account} (${s.reason})`),
    `digest ${p.digest}`,
  ].join('\n');
}

const oneText = (c: Containment): string =>
  `${c.id} ${c.state}: ${c.rung} of ${c.total} accounts, ${c.begun} begun${c.given_back > 0 ? `, ${c.given_back} given back` : ''}; asked by ${c.asked_by.name}${c.approved_by ? `, approved by ${c.approved_by.name}` : ''}; ${c.detail}`;
