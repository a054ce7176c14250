import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalRegister } from '#libs/adapters/local-register/register.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import { alertOfFinding } from '#libs/formats/ocsf/index.ts';
import type { PolicyOverride } from '#libs/model/policy/index.ts';
import { defaultPolicy } from '#libs/model/policy/index.ts';
import type { DemoConfig } from '#services/demo/config.ts';
import { DEFAULT_DEMO } from '#services/demo/config.ts';
import type { Demo } from '#services/demo/demo.ts';
import { openDemo } from '#services/demo/demo.ts';
import { Teller } from '#services/demo/teller.ts';
import type { Language } from '#services/demo/words.ts';
import { ENGLISH } from '#services/demo/words-en.ts';
import { FRENCH } from '#services/demo/words-fr.ts';

/** A region of forty accounts, two weeks of history and three days of story, as fast as they go. */
const SMALL: DemoConfig = {
  ...DEFAULT_DEMO,
  accounts: 40,
  historyDays: 14,
  storyDays: 3,
  serveDays: 2,
  attackDay: 1 + 9 / 24,
  storySpeed: 1e9,
  serveSpeed: 1e9,
  // Slower than a stop takes (about 60 ms, several times that on a busy machine): else the next request is on its way.
  thiefRequestsPerSecond: 3,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-demo-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function open(
  over: Partial<DemoConfig> = {},
  {
    policy = [],
    language = 'en',
    signal = new AbortController().signal,
  }: {
    policy?: readonly PolicyOverride[];
    language?: Language;
    signal?: AbortSignal;
  } = {},
): Promise<{ demo: Demo; told: () => string }> {
  let told = '';
  const screen = {
    write: (text: string) => {
      told += text;
    },
  };
  const demo = await openDemo({
    config: { ...SMALL, ...over },
    folder,
    key: { id: 'test', key: Buffer.alloc(32, 7) },
    policy: defaultPolicy(policy),
    language,
    productVersion: '0.0.0-test',
    teller: new Teller(language === 'fr' ? FRENCH : ENGLISH, language, screen),
    signal,
    onProgress: () => {},
  });
  return { demo, told: () => told };
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const portalLog = () => lines(zstdDecompressSync(readFileSync(join(folder, 'portal.ndjson.zst'))).toString('utf8'));
const published = (name: string) =>
  lines(readFileSync(join(folder, 'published', `${name}.ndjson`), 'utf8')).map(
    (line) => JSON.parse(line) as { key: string; data: Record<string, unknown> },
  );

// The thief goes on in real time while the decision travels: on a machine that stands still for seconds he gets further.
const REAL_TIME = { retry: 2 };

test(
  'the stolen account is stopped, verified, refused from then on, and everything told agrees with what is on the disk',
  REAL_TIME,
  async () => {
    const { demo, told } = await open();
    const story = (await demo.play())!;
    await demo.close();

    expect(story.stopped).toBe(true);
    expect(story.exposed).toBeGreaterThan(0);
    expect(story.exposed_if_nobody_acted).toBeGreaterThan(10 * story.exposed);
    // The alert counts whom the account was shown since the start that it estimates, the holder's own people among them.
    expect(Math.abs(story.exposed_stated! - story.exposed)).toBeLessThanOrEqual(5);
    expect(story.exposed_by_insurer.reduce((sum, { people }) => sum + people, 0)).toBe(story.exposed_stated);
    expect(story.event_to_verified_ms).toBeGreaterThan(0);
    expect(story.thief.refused.disabled).toBeGreaterThan(0);
    expect(story.honest.restricted.suspend).toBe(0);
    expect(story.requests.rejected).toBe(0);

    const register = new LocalRegister(join(folder, 'accounts.sqlite'));
    expect(register.get(story.account)).toMatchObject({ enabled: false, sessions: 0 });
    expect(register.history(story.account).map(({ change }) => change)).toContain('disabled');
    register.close();
    const store = await openSqliteStore(join(folder, 'response.sqlite'));
    const suspends = (await store.actionsOf(story.account)).filter(({ plan }) => plan.rung === 'suspend');
    expect(suspends.map(({ state }) => state)).toEqual(['verified']);
    expect((await store.restriction(story.account))?.restriction).toBe('suspended');
    await store.close();

    const log = portalLog();
    const stopMs = Date.parse(story.restrictions.at(-1)!.time);
    const after = log
      .map((line) => JSON.parse(line) as { account: { id: string }; time: string })
      .filter(({ account, time }) => account.id === story.account && Date.parse(time) > stopMs + 60_000);
    expect(after).toEqual([]);

    const alerts = published('alerts').map(({ data }) => alertOfFinding(JSON.stringify(data)));
    expect(alerts.every(({ ok }) => ok)).toBe(true);
    const deciding = alerts.flatMap((read) => (read.ok && read.value?.rung === 'suspend' ? [read.value] : []));
    expect(
      deciding.some(({ account, exposed }) => account.id === story.account && exposed === story.exposed_stated),
    ).toBe(true);

    // Nobody who was looked up can be read from what the product itself wrote.
    const nirs = new Set(
      log.flatMap((line) => (JSON.parse(line) as { beneficiary?: { nir: string } }).beneficiary?.nir ?? []),
    );
    const digits = ['alerts', 'actions', 'restrictions']
      .flatMap((name) => published(name).map((record) => JSON.stringify(record)))
      .flatMap((text) => text.match(/\d[\dAB]{14}/g) ?? [])
      .concat(told().match(/\d[\dAB]{14}/g) ?? []);
    expect(nirs.size).toBeGreaterThan(100);
    expect(digits.filter((d) => nirs.has(d))).toEqual([]);
    expect(told()).toContain(`ALERT on ${story.account}`);
    expect(told()).toContain('STOPPED');
  },
);

test('in observe mode nothing is stopped: the theft goes to its end and the story says so, in French too', async () => {
  const { demo, told } = await open(
    { thiefRequestsPerSecond: 1e9 },
    { policy: [{ path: 'response.mode', value: 'observe' }], language: 'fr' },
  );
  const story = (await demo.play())!;
  await demo.close();
  expect(story.stopped).toBe(false);
  expect(story.event_to_verified_ms).toBeNull();
  expect(story.thief.refused).toEqual({});
  // The few whom the account knew before are not exposed by the thief.
  expect(story.exposed).toBeLessThanOrEqual(story.exposed_if_nobody_acted);
  expect(story.exposed).toBeGreaterThan(0.98 * story.exposed_if_nobody_acted);
  expect(told()).toContain(`ALERTE sur ${story.account}`);
  expect(told()).toContain(`${story.account} n’a PAS été arrêté`);
});

test('after the story the portal goes on, the stolen account stays refused, until the simulated time is over', async () => {
  const { demo, told } = await open();
  const story = (await demo.play())!;
  const before = told().length;
  await demo.serve();
  await demo.close();
  expect(told().slice(before)).toMatch(/ requests\n/);
  const register = new LocalRegister(join(folder, 'accounts.sqlite'));
  expect(register.get(story.account)?.enabled).toBe(false);
  register.close();
});

test('interrupted in the middle it ends without a story and leaves a folder that can be read', async () => {
  const stop = new AbortController();
  const { demo } = await open({}, { signal: stop.signal });
  const playing = demo.play();
  setTimeout(() => stop.abort(), 50);
  expect(await playing).toBeUndefined();
  await demo.close();
  expect(portalLog().length).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'labels.json'))).toBe(false);
});

test('an attack of many accounts is not one that the demo can tell', async () => {
  await expect(open({ attack: 'distributed' })).rejects.toThrow(/no such attack: distributed; there are sweep,/);
});
