/**
 * The demo as a part: the product on embedded parts, a simulated portal that obeys it, and a theft. Everything happens in
 * the given folder; what is said goes to the teller.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { PseudonymKey } from '#libs/intake/index.ts';
import type { Policy } from '#libs/model/policy/index.ts';
import { DAY_MS, dayOf, HOUR_MS } from '#services/simulate/calendar.ts';
import { DEFAULT_CONFIG } from '#services/simulate/config.ts';
import { createSimulation } from '#services/simulate/simulation.ts';
import type { Cast } from './cast.ts';
import { chooseCast } from './cast.ts';
import { Chronicle, countByRung } from './chronicle.ts';
import { tellClosing } from './closing.ts';
import type { DemoConfig } from './config.ts';
import { DEMO_DEPARTMENTS } from './config.ts';
import { Deliveries } from './deliveries.ts';
import { startEmbedded } from './embedded.ts';
import { readHistory } from './history.ts';
import { localDay } from './local-time.ts';
import { LogCopy } from './log-copy.ts';
import { Moments } from './moments.ts';
import { withoutAnybodyActing } from './nobody-acted.ts';
import { Portal } from './portal.ts';
import { SimulatedClock } from './simulated-clock.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { makeStory } from './story.ts';
import { runStoryWeek } from './story-week.ts';
import type { Teller } from './teller.ts';
import { runTraffic } from './traffic.ts';
import type { Language } from './words.ts';

export interface DemoOptions {
  readonly config: DemoConfig;
  readonly folder: string;
  readonly key: PseudonymKey;
  readonly policy: Policy;
  readonly language: Language;
  readonly productVersion: string;
  readonly teller: Teller;
  readonly signal: AbortSignal;
  readonly onProgress: (requests: number, done: number, of: number) => void;
}

export interface Demo {
  /** Tells the story to its end; undefined where it was interrupted. */
  play(): Promise<Story | undefined>;
  /** Quiet traffic, until the signal is aborted or the simulated time is over. After `play`. */
  serve(): Promise<void>;
  close(): Promise<void>;
}

/** @throws CommandFailure where the configuration has no account for the attack */
export async function openDemo(options: DemoOptions): Promise<Demo> {
  const { config, folder, key, policy, language, productVersion, teller, signal } = options;
  const cast = chooseCast(config);
  const startMs = dayOf(config.start) * DAY_MS;
  // Midnight in Paris, in winter.
  const storyMs = startMs + config.historyDays * DAY_MS - HOUR_MS;
  const clock = new SimulatedClock(startMs);
  const moments = new Moments();
  const chronicle = new Chronicle(cast.stolen.id, teller, moments, () => performance.now());
  const embedded = await startEmbedded({
    folder,
    key,
    policy,
    accounts: cast.accounts,
    clock,
    language,
    productVersion,
    onAlert: (alert) => chronicle.takeAlert(alert),
    onAction: (plan, state) => chronicle.takeAction(plan, state),
  });
  const copy = new LogCopy(join(folder, 'portal.ndjson.zst'));
  const stage: Stage = {
    config,
    deliveries: new Deliveries(createSimulation(cast.simulation).deliveries()),
    embedded,
    portal: new Portal(embedded.register, embedded.gate),
    chronicle,
    teller,
    clock,
    moments,
    copy,
    signal,
    storyMs,
    storyEndMs: storyMs + config.storyDays * DAY_MS,
    attackEndMs: cast.attackEndMs,
  };
  let copyClosed: Promise<void> | undefined;
  const closeCopy = () => {
    copyClosed ??= copy.close();
    return copyClosed;
  };
  return {
    async play() {
      const story = await playStory(options, stage, cast, closeCopy);
      if (signal.aborted) return undefined;
      chronicle.phase = 'afterwards';
      return story;
    },
    serve: () =>
      runTraffic(stage, {
        fromMs: clock.nowMs(),
        speedFor: () => config.serveSpeed,
        isOver: () => false,
        copies: false,
      }),
    async close() {
      await embedded.close();
      await closeCopy();
    },
  };
}

async function playStory(
  { config, folder, policy, teller, signal, onProgress }: DemoOptions,
  stage: Stage,
  cast: Cast,
  closeCopy: () => Promise<void>,
): Promise<Story | undefined> {
  const { chronicle, embedded, storyMs } = stage;
  const { words } = teller;
  const { stolen, attack } = cast;
  teller.heading(words.historyHeading);
  teller.say(words.portal(countProfessions(cast), DEMO_DEPARTMENTS));
  embedded.setResponsePolicy({ ...policy.response, dryRun: true });
  const beganMs = performance.now();
  const historyMs = config.historyDays * DAY_MS;
  const historyRequests = await readHistory(stage, (requests, timeMs) =>
    onProgress(requests, timeMs - storyMs + historyMs, historyMs),
  );
  if (signal.aborted) return undefined;
  teller.say(words.historyRead(historyRequests, config.historyDays, (performance.now() - beganMs) / 1000));
  teller.say(words.watched(countByRung(chronicle.watched)));

  teller.heading(words.storyHeading(localDay(storyMs)));
  chronicle.phase = 'story';
  embedded.setResponsePolicy(policy.response);
  teller.expectTheft({
    attack: config.attack,
    account: stolen.id,
    profession: stolen.profession,
    department: stolen.department,
    rate: attack.rate,
  });
  await runStoryWeek(stage, attack);
  if (signal.aborted) return undefined;

  const unhindered = await withoutAnybodyActing({ ...DEFAULT_CONFIG, ...cast.simulation }, cast.attackEndMs, signal);
  if (signal.aborted) return undefined;
  const story = makeStory({
    config,
    account: stolen,
    accounts: cast.present.length,
    chronicle,
    unhindered,
    historyRequests,
    rejected: [...embedded.tally.rejected.values()].reduce((sum, n) => sum + n, 0),
    folder,
  });
  await closeCopy();
  const { attacks, hardCases } = unhindered.labels;
  await writeFile(join(folder, 'labels.json'), `${JSON.stringify({ attacks, hardCases }, undefined, 1)}\n`);
  tellClosing(teller, story, unhindered);
  return story;
}

/** Accounts in use by profession, most first. */
function countProfessions({ present }: Cast) {
  const counts = new Map<Cast['stolen']['profession'], number>();
  for (const { profession } of present) counts.set(profession, (counts.get(profession) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
