import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { AuditRecord } from '#libs/ports/store.ts';
import { auditLine } from '#services/api/schemas.ts';
import type { AuditCheck } from '#services/audit/check.ts';
import { checkAudit } from '#services/audit/check.ts';
import { CommandFailure } from '#services/cli/exit-code.ts';
import type { OutputFormat } from '#services/cli/options.ts';
import { formatOption, wholeNumber } from '#services/cli/options.ts';
import { note } from '#services/cli/terminal/message.ts';
import { formatTable } from '#services/cli/terminal/table.ts';
import type { ApiClient, ServerOptions } from './client.ts';
import { openClient, withServer } from './client.ts';
import { minute, print } from './output.ts';

type Line = z.infer<typeof auditLine>;

/** `vigie audit list|export|verify`: who decided what, and proof that nobody changed it since. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('who decided what, and whether the log is whole');

  withServer(audit.command('list'))
    .description('lines of the audit log')
    .option('--from <n>', 'first line', wholeNumber(1, Number.MAX_SAFE_INTEGER), 1)
    .option('--limit <n>', 'how many', wholeNumber(1, 500), 50)
    .addOption(formatOption())
    .action(async (options: ServerOptions & { format: OutputFormat; from: number; limit: number }) => {
      const path = `/v1/audit?from=${options.from}&limit=${options.limit}`;
      const found = await openClient(options).call<{ items: Line[]; more: boolean }>('GET', path);
      print(options.format, found, ({ items }) =>
        formatTable(
          ['line', 'time', 'who', 'what', 'of', 'detail'],
          items.map((l) => [String(l.seq), minute(l.time), l.actor, l.verb, l.subject, l.detail]),
        ),
      );
      if (found.more) note(`There are more: --from ${options.from + options.limit} goes on.`);
    });

  withServer(audit.command('export'))
    .description('the whole log as NDJSON, checked on the way')
    .action(async (options: ServerOptions) => {
      const write = (record: AuditRecord) => process.stdout.write(`${JSON.stringify(lineOf(record))}\n`);
      report(await checkAudit(readFrom(openClient(options)), write));
    });

  withServer(audit.command('verify'))
    .description('read every line and check its hash and its link here, taking nobody’s word for it')
    .option('--file <file>', 'an export, in place of a running Vigie')
    .option('--head <seq:hash>', 'a line noted earlier: shows whether the log was cut short since', headOf)
    .addOption(formatOption())
    .action(async (options: ServerOptions & { format: OutputFormat; file?: string; head?: Head }) => {
      const read = options.file === undefined ? readFrom(openClient(options)) : readFile(options.file);
      const seen: AuditRecord[] = [];
      const check = await checkAudit(read, (record) => {
        if (record.seq === options.head?.seq) seen.push(record);
      });
      const cut = options.head !== undefined && !check.broken && seen[0]?.hash !== options.head.hash;
      const { head = null, lines, broken = null } = check;
      print(options.format, { whole: !broken && !cut, lines, head, broken, cut }, () => wholeText(check));
      report(check);
      if (cut)
        throw new CommandFailure(
          `line ${options.head?.seq} is not the one that was noted: the log was cut or made anew`,
        );
    });
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

function headOf(text: string): Head {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (!match) throw new InvalidArgumentError('A line’s number and hash are needed: 120:ab12…');
  return { seq: Number(match[1]), hash: match[2]! };
}

const wholeText = ({ lines, head }: AuditCheck): string =>
  `${lines} lines hold.${head ? ` Keep this elsewhere to see later whether the log was cut short: ${head.seq}:${head.hash}` : ''}`;

function report({ broken }: AuditCheck): void {
  if (broken) throw new CommandFailure(`the audit log is broken at line ${broken.seq}: ${broken.problem}`);
}

const recordOf = ({ at_ms: atMs, time: _, ...rest }: Line): AuditRecord => ({ atMs, ...rest });
const lineOf = ({ atMs, ...rest }: AuditRecord): Line => ({ time: new Date(atMs).toISOString(), at_ms: atMs, ...rest });

const readFrom =
  (client: ApiClient) =>
  async (from: number, limit: number): Promise<AuditRecord[]> =>
    (await client.call<{ items: Line[] }>('GET', `/v1/audit?from=${from}&limit=${limit}`)).items.map(recordOf);

/** Pieces of an export, which is read once and in order. */
function readFile(file: string) {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  let number = 0;
  return async (_from: number, limit: number): Promise<AuditRecord[]> => {
    const records: AuditRecord[] = [];
    while (records.length < limit) {
      const next = await lines.next().catch((error: NodeJS.ErrnoException) => {
        throw new CommandFailure(`${file}: ${error.code ?? error.message}`);
      });
      if (next.done) break;
      number += 1;
      if (next.value.trim() === '') continue;
      records.push(recordOf(parsed(file, number, next.value)));
    }
    return records;
  };
}

function parsed(file: string, number: number, text: string): Line {
  try {
    return auditLine.parse(JSON.parse(text));
  } catch {
    throw new CommandFailure(`${file}:${number}: no line of an audit log`);
  }
}
