/**
 * Prints the README's first table: the incidents that happened, replayed. Markdown to standard output, one incident at a
 * time as it is done.
 *
 *   node test/power/incidents.ts [--seed N] [NAME…]
 */
import { parseArgs } from 'node:util';
import { scenarioNames } from '#services/simulate/scenario.ts';
import type { IncidentOutcome } from '../support/incident-run.ts';
import { runIncident } from '../support/incident-run.ts';

const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');

function duration(seconds: number | undefined): string {
  if (seconds === undefined) return 'never';
  if (seconds < 120) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function row(o: IncidentOutcome): string {
  const { reality } = o;
  const cells = [
    `${o.name}: ${o.title}`,
    `${count(reality.accounts)} / ${reality.people === 0 ? 'not known' : count(reality.people)}`,
    `${count(o.accounts)} / ${count(o.ifNobodyActed)}`,
    `**${count(o.exposed)}**`,
    duration(o.firstStopS),
    `${count(o.restricted)} (${count(o.suspended)})`,
    o.accounts > 2 ? `${count(o.namedIn48h)} of ${count(o.accounts)}` : '-',
    o.namedIn48h > 0 ? count(o.exposedByCampaign) : '-',
  ];
  return `| ${cells.join(' | ')} |\n`;
}

const { values, positionals } = parseArgs({ options: { seed: { type: 'string' } }, allowPositionals: true });
process.stdout.write(
  '| incident | really: accounts / people | simulated: accounts / people if nobody acts | exposed with Vigie | first restriction after | accounts restricted (suspended) | named as one campaign in 48 h | exposed if people stop what a campaign names |\n' +
    '|---|---:|---:|---:|---:|---:|---:|---:|\n',
);
for (const name of positionals.length > 0 ? positionals : scenarioNames()) {
  process.stdout.write(row(await runIncident(name, values.seed === undefined ? {} : { seed: Number(values.seed) })));
}
