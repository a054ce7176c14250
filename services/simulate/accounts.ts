/** The accounts of the portal: who they belong to, where, how busy, on which devices and networks. Drawn once, by seed. */
import { hashString, mix32, Random, WeightedChoice, zipfWeights } from '#libs/base/random.ts';
import { dayOf, isoDate, isResortSeason } from './calendar.ts';
import type { SimulationConfig } from './config.ts';
import { ConfigError } from './config.ts';
import { RESIDENCE, RESIDENCE_INDEX } from './france.ts';
import type { HardCaseInstance } from './hard-cases.ts';
import { scheduleCases } from './hard-cases.ts';
import { drawMigration, migrationOf } from './migrations.ts';
import { INSURER_COUNT, insurerChoice } from './people.ts';
import type { Habits } from './professions.ts';
import { HABITS } from './professions.ts';
import type { Person, Register } from './register.ts';
import type { Device, Network } from './sources.ts';
import { deviceNumber, fixedLine, organisationNetwork, serverNetwork } from './sources.ts';

const MANAGER = HABITS.find((h) => h.accountClass === 'manager')!;
const ID_PREFIX = { professional: 'PS', manager: 'GE', software: 'LG' } as const;

/** Share of accounts that never bill through the portal. */
const NEVER_BILL = 0.08;

export class SimAccount {
  readonly index: number;
  readonly id: string;
  readonly key: number;
  readonly habits: Habits;
  /** FINESS-like number of the establishment; '' for practices whose portal does not say. */
  org = '';
  home = 0;
  area = 0;
  createdDay = 0;
  /** First day on which its holder no longer uses it; far away for most. */
  leftDay = 1e7;
  /** Day from which it is in use; before the run for most. */
  firstDay = 0;
  /** People an ordinary weekday. */
  peoplePerDay = 0;
  novelty = 0;
  followUp = 0;
  misses = 0;
  billsByApi = false;
  looksUpByApi = 0;
  desks = 1;
  devices: Device[] = [];
  program: Device = 0;
  networks: Network[] = [];
  programNetwork: Network = 0;
  /** Share of sessions that come through a mobile operator's shared addresses. */
  mobile = 0;
  /** The fixed line's address changes every so many days; 0 never. */
  addressLifeDays = 0;
  /** Hours by which its day is shifted. */
  hourShift = 0;
  /** Weekday (0 Monday) on which it is closed besides Sunday, -1 none. */
  closedWeekday = -1;
  holidays: readonly (readonly [from: number, to: number])[] = [];
  /** Insurers a manager works for; empty: any. */
  insurers: readonly number[] = [];
  /** Constant error of its clock, ms. */
  clockSkewMs = 0;
  cases: readonly HardCaseInstance[] = [];

  // What changes as the days go by.
  /** Slow swing of activity, log scale. */
  swing = 0;
  /** Everybody it knows: regulars first (drawn when first needed, -1 until then), then the others as they came. */
  patients: Int32Array = new Int32Array(0);
  patientCount = 0;
  sequence = 0;
  lastSession = 0;

  constructor(index: number, id: string, key: number, habits: Habits) {
    this.index = index;
    this.id = id;
    this.key = key;
    this.habits = habits;
  }

  addPatient(person: Person): void {
    if (this.patientCount === this.patients.length) {
      const grown = new Int32Array(Math.max(16, Math.ceil(this.patients.length * 1.5)));
      grown.set(this.patients);
      this.patients = grown;
    }
    this.patients[this.patientCount++] = person;
  }

  /** The account as access events show it. */
  describe(): Record<string, string> {
    return {
      id: this.id,
      class: this.habits.accountClass,
      profession: this.habits.profession,
      ...(this.org === '' ? {} : { org: this.org }),
      department: RESIDENCE[this.home]!.code,
      createdAt: isoDate(this.createdDay),
    };
  }
}

/** Regulars an account has, in days' worth of its visits. */
const REGULARS_DAYS = new Map<string, number>([
  ['nurse', 2.5],
  ['physiotherapist', 4],
  ['physician', 25],
  ['pharmacist', 14],
  ['dentist', 12],
]);

/** Two accounts in five of these share an establishment, its network and sometimes a desk's device. */
const ESTABLISHMENTS = new Set(['hospital', 'laboratory', 'radiology', 'payer']);

/** Makes all accounts, those that appear during the run last. */
export function makeAccounts(config: SimulationConfig, register: Register): SimAccount[] {
  const startDay = dayOf(config.start);
  const endDay = startDay + config.days;
  const usual = Object.keys(config.professions).length === 0;
  const weights = HABITS.map((h) =>
    usual ? h.share : h.accountClass === 'software' ? 0 : (config.professions[h.profession] ?? 0),
  );
  const choice = new WeightedChoice(weights);
  const homes = config.departments.map((code) => {
    const home = RESIDENCE_INDEX.get(code);
    if (home === undefined) throw new ConfigError(`no such department: ${code}`);
    return home;
  });
  const homeChoice = homes.length === 0 ? undefined : new WeightedChoice(homes.map((h) => RESIDENCE[h]!.population));
  const appearing = config.hardCases.has('new-account') ? Math.round((config.accounts * 0.012 * config.days) / 30) : 0;
  const accounts: SimAccount[] = [];
  const idWidth = Math.max(6, String(config.accounts + appearing).length);
  for (let i = 0; i < config.accounts + appearing; i++) {
    const random = new Random(config.seed, 'account', i);
    // One manager at least in any portal of some size, so that a manager's account can be stolen.
    const habits = usual && i === 49 ? MANAGER : HABITS[choice.draw(random)]!;
    const number = (i * 7919 + hashString(String(config.seed))) % 10 ** idWidth;
    const account = new SimAccount(
      i,
      `${ID_PREFIX[habits.accountClass]}-${String(number).padStart(idWidth, '0')}`,
      mix32(config.seed, i),
      habits,
    );
    account.home = homeChoice === undefined ? register.drawHome(random) : homes[homeChoice.draw(random)]!;
    furnish(account, accounts, random, register, config, startDay);
    const isNew = i >= config.accounts;
    account.firstDay = isNew ? startDay + random.int(config.days) : startDay - 400;
    account.createdDay = isNew ? account.firstDay : startDay - 30 - Math.floor(random.exponential(1100));
    if (!isNew && random.chance(0.005 * (config.days / 30))) account.leftDay = startDay + random.int(config.days);
    scheduleAll(account, config, startDay, endDay);
    accounts.push(account);
  }
  return accounts;
}

function furnish(
  account: SimAccount,
  before: readonly SimAccount[],
  random: Random,
  register: Register,
  config: SimulationConfig,
  startDay: number,
): void {
  const { habits } = account;
  const areas = register.areaCount(account.home);
  // Practices gather where people are many and where others already are.
  account.area = new WeightedChoice(zipfWeights(areas, 0.6)).draw(random);
  account.peoplePerDay = Math.min(2500, random.logNormal(habits.sizeMu, habits.sizeSigma));
  account.novelty = Math.min(0.9, random.beta(habits.novelty, 25));
  const bills = !random.chance(NEVER_BILL);
  account.followUp = bills ? random.beta(habits.followUp, 14) : 0;
  account.misses = random.beta(habits.misses, 60);
  account.billsByApi = random.chance(habits.billsByApi);
  const hasProgram = habits.accountClass === 'software' || (account.billsByApi && random.chance(0.25));
  account.looksUpByApi =
    habits.accountClass === 'software' ? 1 : hasProgram ? habits.looksUpByApi * random.between(0.2, 1) : 0;
  account.desks = 1 + Math.min(11, Math.floor(account.peoplePerDay / 35)) + (random.chance(0.3) ? 1 : 0);
  account.devices = Array.from({ length: account.desks }, (_, n) => deviceNumber(account.key, n));
  account.program = deviceNumber(account.key, 100);
  account.networks = [fixedLine(account.key)];
  if (random.chance(0.2)) account.networks.push(fixedLine(mix32(account.key, 1)));
  account.programNetwork = random.chance(0.5) ? account.networks[0]! : serverNetwork(random.int(60));
  account.mobile = random.chance(0.22) ? random.beta(0.25, 4) : 0;
  account.addressLifeDays = random.chance(0.3) ? 2 + random.int(30) : 0;
  account.hourShift = Math.round(random.normal(0, 0.6) * 2) / 2;
  account.closedWeekday = habits.sunday === 0 && random.chance(0.4) ? (random.chance(0.5) ? 0 : random.int(5)) : -1;
  if (config.hardCases.has('clock-skew') && random.chance(0.03))
    account.clockSkewMs = Math.round(random.normal(0, 45_000));
  if (random.chance(0.85)) account.org = String(100_000_000 + (mix32(account.key, 9) % 899_999_999));
  if (ESTABLISHMENTS.has(habits.profession) && random.chance(0.5)) joinEstablishment(account, before, random, config);
  if (habits.accountClass === 'manager') {
    const wanted = 1 + random.int(6);
    const insurers = new Set<number>();
    while (insurers.size < wanted && insurers.size < INSURER_COUNT) insurers.add(insurerChoice.draw(random));
    account.insurers = [...insurers];
  }
  account.holidays = holidaysOf(account, random, startDay, config.days);
  const regulars = Math.ceil(account.peoplePerDay * (REGULARS_DAYS.get(habits.profession) ?? 6));
  account.patients = new Int32Array(Math.ceil(regulars * 1.3) + 8).fill(-1);
  account.patientCount = regulars;
}

/** Moves the account into an establishment of the same kind that is already there, if one is near. */
function joinEstablishment(
  account: SimAccount,
  before: readonly SimAccount[],
  random: Random,
  config: SimulationConfig,
): void {
  for (let i = before.length - 1; i >= 0 && i >= before.length - 400; i--) {
    const other = before[i]!;
    if (other.habits !== account.habits || other.home !== account.home) continue;
    account.org = other.org;
    account.area = other.area;
    const shared = organisationNetwork(hashString(other.org));
    account.networks = [shared];
    other.networks = [shared, ...other.networks.filter((n) => n !== shared)];
    if (config.hardCases.has('shared-desk') && random.chance(0.4)) account.devices[0] = other.devices[0]!;
    return;
  }
}

/** Closed weeks: two or three in summer and one in winter for practices; none for what never closes. */
function holidaysOf(account: SimAccount, random: Random, startDay: number, days: number): [number, number][] {
  const { profession, accountClass, sunday } = account.habits;
  if (
    accountClass !== 'professional' ||
    profession === 'hospital' ||
    profession === 'laboratory' ||
    profession === 'ambulance'
  )
    return [];
  if (profession === 'pharmacist' || sunday > 0.4) return [];
  const out: [number, number][] = [];
  const seaside = RESIDENCE[account.home]!.resort;
  for (let day = startDay - 7; day < startDay + days; day++) {
    if (seaside !== undefined && isResortSeason(day, seaside)) continue;
    const date = new Date(day * 86_400_000);
    const month = date.getUTCMonth();
    // Chance that a closed spell begins on this day.
    const chance = month === 7 ? 0.02 : month === 6 ? 0.008 : month === 11 && date.getUTCDate() > 20 ? 0.03 : 0.0022;
    if (out.length > 0 && day < out.at(-1)![1] + 20) continue;
    if (random.chance(chance))
      out.push([day, day + (month === 6 || month === 7 ? 7 + random.int(15) : 3 + random.int(6))]);
  }
  return out;
}

function scheduleAll(account: SimAccount, config: SimulationConfig, startDay: number, endDay: number): void {
  const isJanuary = (day: number): boolean => new Date(day * 86_400_000).getUTCMonth() === 0;
  const cases = scheduleCases(
    account.habits,
    Math.max(startDay, account.firstDay),
    Math.min(endDay, account.leftDay),
    config.hardCases,
    isJanuary,
    (kind) => new Random(config.seed, 'case', kind, account.index),
  );
  if (account.firstDay >= startDay) {
    cases.push({
      kind: 'new-account',
      fromDay: account.firstDay,
      toDay: Math.min(endDay, account.firstDay + 45),
      strength: 1,
      key: 0,
    });
  }
  const resort = RESIDENCE[account.home]!.resort;
  if (resort !== undefined && config.hardCases.has('tourists') && account.habits.accountClass === 'professional') {
    pushSeason(cases, account, resort, startDay, endDay, config.seed);
  }
  if (config.hardCases.has('insurer-migration')) {
    cases.push(...migrationOf(account, drawMigration(config.seed, startDay, endDay), endDay));
  }
  if (config.hardCases.has('portal-release')) cases.push(releaseOf(config.seed, startDay, endDay));
  account.cases = cases;
}

/** A new version of the portal, in the second half of a run: from that day on every browser has another device id. */
function releaseOf(seed: number, startDay: number, endDay: number): HardCaseInstance {
  const random = new Random(seed, 'release');
  const half = Math.floor((endDay - startDay) / 2);
  const fromDay = startDay + half + random.int(Math.max(1, half - 7));
  return { kind: 'portal-release', fromDay, toDay: endDay, strength: 1, key: random.uint32() };
}

function pushSeason(
  cases: HardCaseInstance[],
  account: SimAccount,
  resort: 'summer' | 'winter',
  startDay: number,
  endDay: number,
  seed: number,
): void {
  const random = new Random(seed, 'tourists', account.index);
  // A resort is part of its department: half of the accounts see nothing of it.
  if (!random.chance(0.5)) return;
  const strength = random.between(0.2, 2);
  let from = -1;
  for (let day = startDay; day <= endDay; day++) {
    const inside = day < endDay && isResortSeason(day, resort);
    if (inside && from < 0) from = day;
    if (!inside && from >= 0) {
      cases.push({ kind: 'tourists', fromDay: from, toDay: day, strength, key: random.uint32() });
      from = -1;
    }
  }
}
