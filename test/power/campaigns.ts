/**
 * How soon a campaign's accounts are named, and how many honest ones with them: distributed thefts of 100 of 1,500
 * accounts, 20 people a day each, and benign months. Markdown to standard output, a run at a time (each about a minute).
 *
 *   node test/power/campaigns.ts [--seeds N] [--benign N]
 *
 * Hours count from the account's own first look-up in the theft, since thieves begin within a day of each other and rest
 * at weekends.
 */
import { parseArgs } from 'node:util';
import { closeCampaigns, createCampaignState, foldSignal, QUARTER_MS } from '#libs/decide/campaign/index.ts';
import type { Campaign } from '#libs/model/campaign.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import { createState, step } from '#libs/pipeline/index.ts';
import { upperBound } from '#services/replay/binomial-bound.ts';
import { parseAttack } from '#services/simulate/attack-spec.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

const HOUR_MS = 3_600_000;
const ACCOUNTS = 1500;
const THEFTS = [
  ['the same machines', 'distributed:start=35.3,shared=true'],
  ['nothing shared', 'distributed:start=35.3'],
  ['nothing shared, from the holders’ own machines', 'distributed:start=35.3,source=victim'],
  ['nothing shared, local people, 6 an hour', 'distributed:start=35.3,target=local,rate=6'],
] as const;

interface Outcome {
  /** Hours from an account's own first stolen look-up to its naming, for those that were named. */
  readonly hours: number[];
  readonly victims: number;
  readonly honestNamed: number;
  readonly falseCampaigns: number;
}

function run(seed: number, days: number, attack: string | undefined): Outcome {
  const parsed = attack === undefined ? undefined : parseAttack(attack);
  if (parsed !== undefined && !parsed.ok) throw new Error(parsed.error);
  const simulation = createSimulation({ seed, accounts: ACCOUNTS, days, attacks: parsed ? [parsed.value] : [] });
  const pipeline = createState({ policy: defaultPolicy().detection });
  const correlator = createCampaignState();
  const began = new Map<string, number>();
  const named = new Map<string, number>();
  const latest = new Map<string, Campaign>();
  const take = (campaigns: readonly Campaign[]): void => {
    for (const campaign of campaigns) {
      latest.set(campaign.id, campaign);
      for (const id of campaign.absorbed) latest.delete(id);
      for (const { account, namedMs } of campaign.members) if (!named.has(account.id)) named.set(account.id, namedMs);
    }
  };
  for (const { event, attack: of } of simulation.decoded()) {
    if (of >= 0 && !began.has(event.accountId)) began.set(event.accountId, event.timeMs);
    const outputs = step(pipeline, event);
    take(closeCampaigns(correlator, pipeline.newestMs));
    for (const output of outputs) if (output.kind === 'signal') foldSignal(correlator, output.signal);
  }
  take(closeCampaigns(correlator, pipeline.newestMs + QUARTER_MS));
  const isFalse = ({ members }: Campaign): boolean => !members.some(({ account }) => began.has(account.id));
  return {
    hours: [...named].flatMap(([id, ms]) => (began.has(id) ? [(ms - began.get(id)!) / HOUR_MS] : [])),
    victims: began.size,
    honestNamed: [...named.keys()].filter((id) => !began.has(id)).length,
    falseCampaigns: [...latest.values()].filter(isFalse).length,
  };
}

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, benign: { type: 'string', default: '3' } },
});
const out = (text: string) => process.stdout.write(text);
out('| accounts share | runs | named in 6 h | 24 h | 48 h | ever | honest accounts among the named |\n');
out('|---|---:|---:|---:|---:|---:|---:|\n');
for (const [name, attack] of THEFTS) {
  const runs = Array.from({ length: Number(values.seeds) }, (_, i) => run(701 + i, 48, attack));
  const victims = runs.reduce((n, { victims: v }) => n + v, 0);
  const hours = runs.flatMap((r) => r.hours);
  const honest = runs.reduce((n, { honestNamed }) => n + honestNamed, 0);
  const share = (limit: number): string => `${Math.round((100 * hours.filter((h) => h <= limit).length) / victims)} %`;
  const cells = [name, runs.length, share(6), share(24), share(48), share(Infinity)];
  out(`| ${cells.join(' | ')} | ${Math.round((100 * honest) / (honest + hours.length))} % |\n`);
}
const DAYS = 118;
const LEARNING_DAYS = 28;
let wrong = 0;
for (let i = 0; i < Number(values.benign); i++) wrong += run(801 + i, DAYS, undefined).falseCampaigns;
const days = Number(values.benign) * (DAYS - LEARNING_DAYS);
if (days > 0) {
  const bound = upperBound(wrong, days) * 30;
  out(
    `\nFalse campaigns: ${wrong} in ${days} days of ${ACCOUNTS} accounts (at most ${bound.toFixed(2)} a month, 95 %).\n`,
  );
}
