import { describe, expect, test } from 'vitest';
import type { AttackSpec } from '#services/simulate/attack-spec.ts';
import { ATTACK_NAMES, parseAttack } from '#services/simulate/attack-spec.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import { ConfigError } from '#services/simulate/config.ts';
import type { Delivery } from '#services/simulate/simulation.ts';
import { createSimulation } from '#services/simulate/simulation.ts';

const attack = (text: string): AttackSpec => {
  const parsed = parseAttack(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

/** A small portal: opticians and nurses keep the number of events low. */
const SMALL: Partial<SimulationConfig> = {
  seed: 5,
  accounts: 40,
  days: 20,
  warmUpDays: 10,
  professions: { optician: 0.5, nurse: 0.3, dentist: 0.2 },
};
const run = (config: Partial<SimulationConfig>): Delivery[] => [
  ...createSimulation({ ...SMALL, ...config }).deliveries(),
];

const DAY_MS = 86_400_000;

interface AccessLine {
  id: string;
  time: string;
  account: { id: string };
  session: string;
  channel: string;
  source: { ip: string; asn: number; country: string; device: string; userAgent: string };
  action: string;
  outcome: string;
  beneficiary?: { nir: string; birthDate?: string; amc?: string };
}
const parse = (d: Delivery): AccessLine => JSON.parse(d.line) as AccessLine;

describe('a run', () => {
  test('the same seed gives the same bytes, another seed others', () => {
    const simulation = createSimulation({ ...SMALL, attacks: [attack('sweep:days=1')] });
    const first = [...simulation.lines()];
    expect(first.length).toBeGreaterThan(3000);
    expect([...simulation.lines()]).toEqual(first);
    expect(run({ attacks: [attack('sweep:days=1')] }).map((d) => d.line)).toEqual(first);
    expect(run({ seed: 6 })[0]!.line).not.toBe(first[0]);
  });

  test.each([
    'sweep:days=1',
    'padded:days=4',
    'forged-followup:days=4',
    'real-patients:days=4',
    'distributed:count=5,days=4',
  ])('%s leaves honest traffic as it is', (text) => {
    const honest = run({}).map((d) => d.line);
    const mixed = run({ attacks: [attack(text)] });
    expect(mixed.filter((d) => d.attackId === undefined).map((d) => d.line)).toEqual(honest);
    expect(mixed.length).toBeGreaterThan(honest.length + 50);
  });

  test('comes in order of arrival, little disordered in time; what is late is less than a day late', () => {
    const all = run({ days: 60 });
    const overtaken: number[] = [];
    let newest = 0;
    for (const [i, d] of all.entries()) {
      if (i > 0) expect(d.arrivalMs).toBeGreaterThanOrEqual(all[i - 1]!.arrivalMs);
      // Events more than 5 minutes ahead of the newest would be refused.
      if (newest > 0) expect(d.timeMs - d.arrivalMs).toBeLessThan(5 * 60_000);
      newest = Math.max(newest, d.timeMs);
      overtaken.push(newest - d.timeMs);
    }
    expect(Math.max(...overtaken)).toBeLessThan(24 * 3_600_000);
    expect(overtaken.filter((ms) => ms > 10 * 60_000).length / all.length).toBeLessThan(0.02);
    expect(overtaken.filter((ms) => ms > 3_600_000).length).toBeGreaterThan(0);
  });

  test('identifiers are unique but for duplicates, which are the whole event again', () => {
    const byId = new Map<string, string>();
    let duplicates = 0;
    const all = run({ days: 30, attacks: [attack('sweep:days=1')] });
    for (const { line } of all) {
      const { id } = JSON.parse(line) as AccessLine;
      if (byId.has(id)) {
        duplicates++;
        expect(line).toBe(byId.get(id));
      }
      byId.set(id, line);
    }
    expect(duplicates).toBeGreaterThan(0);
    expect(duplicates / all.length).toBeLessThan(0.003);
  });

  test('the log ends where it was told to', () => {
    const end = Date.parse('2026-01-05T00:00:00Z') + 20 * 86_400_000;
    expect(Math.max(...run({}).map((d) => d.arrivalMs))).toBeLessThan(end);
  });

  test('hard cases can be switched off', () => {
    const off = createSimulation({ ...SMALL, hardCases: new Set() });
    expect(new Set([...off.lines()].map((l) => (JSON.parse(l) as AccessLine).id)).size).toBe(off.labels().events);
    expect(off.labels().hardCases).toEqual([]);
    const on = createSimulation({ ...SMALL, days: 60 });
    for (const _ of on.lines());
    expect(on.labels().hardCases.length).toBeGreaterThan(3);
  });

  test('while an insurer is out nobody sees its people, and everybody may miss', () => {
    const simulation = createSimulation({ ...SMALL, accounts: 120, days: 90, hardCases: new Set(['insurer-outage']) });
    const failures = new Map<string, Set<string>>();
    for (const event of simulation.events() as Iterable<unknown> as Iterable<AccessLine>) {
      if (event.outcome !== 'error' || event.action !== 'rights.read') continue;
      const day = event.time.slice(0, 10);
      failures.set(day, (failures.get(day) ?? new Set()).add(event.account.id));
    }
    const outages = simulation.labels().hardCases.map((c) => c.from);
    expect(outages.length).toBeGreaterThan(2);
    expect(simulation.labels().hardCases.every((c) => c.account === '*')).toBe(true);
    const most = [...failures].sort((a, b) => b[1].size - a[1].size)[0]!;
    expect(outages).toContain(most[0]);
  });

  test('an insurer that moves its members makes half of the small practices look them up for a week', () => {
    const simulation = createSimulation({ ...SMALL, days: 40, hardCases: new Set(['insurer-migration']) });
    const cases = simulation.labels().hardCases;
    const { from, to } = cases[0]!;
    const moving = new Set(cases.map((c) => c.account));
    expect(moving.size).toBeGreaterThan(0.15 * simulation.config.accounts);
    expect(moving.size).toBeLessThan(0.7 * simulation.config.accounts);
    const byInsurer = new Map<string, number>();
    for (const event of simulation.events() as Iterable<unknown> as Iterable<AccessLine>) {
      const day = event.time.slice(0, 10);
      if (event.action !== 'rights.read' || day < from || day >= to || !moving.has(event.account.id)) continue;
      const amc = event.beneficiary?.amc ?? '';
      byInsurer.set(amc, (byInsurer.get(amc) ?? 0) + 1);
    }
    const people = [...byInsurer.values()];
    expect(Math.max(...people)).toBeGreaterThan(0.5 * people.reduce((sum, n) => sum + n, 0));
    expect(createSimulation(SMALL).config.hardCases.has('insurer-migration')).toBe(false);
  });

  test('a release of the portal gives every browser another device id on one day, and none of the programs', () => {
    const simulation = createSimulation({ ...SMALL, days: 40, hardCases: new Set(['portal-release']) });
    const [release] = simulation.labels().hardCases;
    const before = new Set<string>();
    const after = new Set<string>();
    const programs = new Set<string>();
    for (const event of simulation.events() as Iterable<unknown> as Iterable<AccessLine>) {
      const { device } = event.source;
      // Bills of days before come from where the person was looked up.
      if (event.action !== 'rights.read') continue;
      if (event.channel === 'api') programs.add(device);
      // The day itself is the portal's, whose midnight is not UTC's.
      else if (Date.parse(event.time) < Date.parse(release!.from) - DAY_MS) before.add(device);
      else if (Date.parse(event.time) > Date.parse(release!.from) + DAY_MS) after.add(device);
    }
    expect(before.size).toBeGreaterThan(30);
    expect(after.size).toBeGreaterThan(30);
    expect(before.intersection(after).size).toBe(0);
    expect(programs.size).toBeGreaterThan(0);
  });

  test('a sorted list is worked through in the order of its NIR, a list as it comes in none', () => {
    const ascending = (spec: string): number => {
      const simulation = createSimulation({ ...SMALL, attacks: [attack(spec)] });
      const inOrder = [...simulation.deliveries()].filter((d) => d.attackId !== undefined).map((d) => parse(d));
      const nirs = inOrder.filter((e) => e.outcome === 'found').map((e) => e.beneficiary!.nir.replace(/[AB]/, '0'));
      return nirs.filter((nir, i) => i > 0 && nir >= nirs[i - 1]!).length / nirs.length;
    };
    expect(ascending('stolen-list:days=3,sorted=true')).toBeGreaterThan(0.9);
    expect(ascending('stolen-list:days=3')).toBeLessThan(0.7);
  });

  test('impossible wishes are refused with what to change', () => {
    expect(() => createSimulation({ ...SMALL, attacks: [attack('manager')] })).toThrow(ConfigError);
    expect(() => createSimulation({ ...SMALL, attacks: [attack('sweep:start=99')] })).toThrow(/would start on day 99/);
  });
});

describe('labels', () => {
  test.each(ATTACK_NAMES.filter((name) => name !== 'manager'))(
    '%s: accounts, start, end and exposed people are those of the log',
    (name) => {
      const count = name === 'distributed' ? 6 : 1;
      const simulation = createSimulation({
        ...SMALL,
        days: 30,
        attacks: [attack(`${name}:count=${count},days=8,rate=30`)],
      });
      const stolen = new Set<string>();
      const accounts = new Set<string>();
      let first = Number.POSITIVE_INFINITY;
      let last = 0;
      for (const d of simulation.deliveries()) {
        if (d.attackId === undefined) continue;
        expect(d.attackId).toBe('attack-1');
        const event = parse(d);
        accounts.add(event.account.id);
        first = Math.min(first, d.timeMs);
        last = Math.max(last, d.timeMs);
        if (event.outcome === 'found') stolen.add(event.beneficiary!.nir + event.beneficiary!.birthDate);
      }
      const [label] = simulation.labels().attacks;
      expect(label!.kind).toBe(name);
      expect(new Set(label!.accounts)).toEqual(accounts);
      expect(Math.abs(Date.parse(label!.start) - first)).toBeLessThan(10 * 60_000);
      expect(Math.abs(Date.parse(label!.end) - last)).toBeLessThan(
        name === 'forged-followup' ? 10 * 86_400_000 : 2 * 3_600_000,
      );
      expect(label!.exposed).toBeGreaterThan(5);
      // Padding and double looks show people again; only the stolen ones are counted.
      if (name === 'padded') expect(label!.exposed).toBeLessThan(stolen.size);
      else expect(label!.exposed).toBe(stolen.size);
      expect(label!.exposedByInsurer.reduce((sum, x) => sum + x.people, 0)).toBe(label!.exposed);
    },
  );

  test('a manager account can be stolen', () => {
    const simulation = createSimulation({
      accounts: 60,
      days: 12,
      warmUpDays: 4,
      attacks: [attack('manager:days=2')],
      departments: ['23', '48'],
    });
    for (const _ of simulation.lines());
    const [label] = simulation.labels().attacks;
    expect(label!.accounts[0]).toMatch(/^GE-/);
    expect(label!.exposed).toBeGreaterThan(300);
  });

  test('honest account-months count every account outside attacks for as long as it was there', () => {
    const { benign } = createSimulation({ ...SMALL, hardCases: new Set(), attacks: [attack('sweep')] }).labels();
    expect(benign.accounts).toBe(39);
    expect(benign.accountMonths).toBeLessThanOrEqual((39 * 20) / 30);
    expect(benign.accountMonths).toBeGreaterThan((36 * 20) / 30);
  });
});

describe('thieves look like everybody', () => {
  const all = run({
    days: 30,
    attacks: [
      attack('stolen-list:days=8'),
      attack('distributed:count=8,days=8,shared=true'),
      attack('sweep:days=1,rate=300'),
    ],
  });
  const shapes = (events: AccessLine[], of: (e: AccessLine) => string): Set<string> => new Set(events.map(of));
  const thief = all.filter((d) => d.attackId !== undefined).map(parse);
  const honest = all.filter((d) => d.attackId === undefined).map(parse);
  const letters = (text: string): string => text.replace(/[0-9a-f]/g, '0');

  test.each([
    ['keys of the event', (e: AccessLine) => `${e.action === 'login'} ${e.outcome} ${Object.keys(e).join()}`],
    ['keys of the beneficiary', (e: AccessLine) => `${e.outcome} ${Object.keys(e.beneficiary ?? {}).join()}`],
    ['form of the device', (e: AccessLine) => letters(e.source.device)],
    ['form of the session', (e: AccessLine) => letters(e.session)],
    ['length of the id', (e: AccessLine) => String(e.id.length)],
    ['operator', (e: AccessLine) => String(e.source.asn)],
    ['country', (e: AccessLine) => e.source.country],
    ['browser', (e: AccessLine) => e.source.userAgent.replace(/\d+/g, '0')],
    ['action', (e: AccessLine) => `${e.action} ${e.outcome}`],
  ])('%s', (_, of) => {
    const known = shapes(honest, of);
    for (const shape of shapes(thief, of)) expect(known).toContain(shape);
  });

  test('a stolen list misses as often as its victim, and its people were born where everybody was', () => {
    const big = run({ days: 30, accounts: 20, attacks: [attack('stolen-list:days=12,rate=200')] });
    const stolen = big.filter((d) => d.attackId !== undefined).map(parse);
    const lookUps = stolen.filter((e) => e.action === 'rights.read');
    const misses = lookUps.filter((e) => e.outcome === 'not_found' || e.outcome === 'denied').length / lookUps.length;
    expect(misses).toBeLessThan(0.07);
    const abroad = lookUps.filter((e) => e.beneficiary!.nir.slice(5, 7) === '99').length / lookUps.length;
    expect(abroad).toBeGreaterThan(0.07);
    expect(abroad).toBeLessThan(0.15);
    const nord = lookUps.filter((e) => e.beneficiary!.nir.slice(5, 7) === '59').length / lookUps.length;
    expect(nord).toBeGreaterThan(0.02);
    expect(nord).toBeLessThan(0.06);
  });

  test('a sweep misses often and runs through orders', () => {
    const sweep = thief.filter((e) => e.outcome === 'not_found').length;
    expect(sweep).toBeGreaterThan(500);
  });
});
