import { createDecoder, createPseudonymiser, DECODED, nirKey, PUBLIC_REPLAY_KEY } from '#libs/intake/index.ts';
import { AccessEvent } from '#libs/model/access-event.ts';
import type { Figures } from './figure.ts';
import { figureOf } from './figure.ts';

const EVENTS = 200_000;
const RUNS = 5;
const ACCOUNTS = 2000;
const PEOPLE = 50_000;
const PER_BUFFER = 1000;

/**
 * Measures bytes -> decoded event with pseudonym on one core, lines found beforehand: events of the contract's own
 * example (nearly every field present, about 515 bytes), 2,000 accounts, 50,000 people. Not in it: reading and inflating the file.
 */
export function benchIntake(): Promise<Figures> {
  const buffers = makeBuffers();
  const decoder = createDecoder({ pseudonymiser: createPseudonymiser(PUBLIC_REPLAY_KEY) });
  const event = new AccessEvent();
  const perSecond: number[] = [];
  const cpuPerMillion: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const cpu = process.cpuUsage();
    const started = process.hrtime.bigint();
    let decoded = 0;
    for (let n = 0; n < EVENTS; ) {
      for (const { buffer, starts } of buffers) {
        for (let i = 0; i + 1 < starts.length && n < EVENTS; i++, n++) {
          if (decoder.decode(buffer, starts[i], starts[i + 1] - 1, event, n) === DECODED) decoded++;
        }
      }
    }
    const wallS = Number(process.hrtime.bigint() - started) / 1e9;
    const used = process.cpuUsage(cpu);
    if (decoded !== EVENTS) throw new Error(`${EVENTS - decoded} events of the bench were rejected`);
    if (run < 0) continue; // warm-up
    perSecond.push(EVENTS / wallS);
    cpuPerMillion.push((used.user + used.system) / EVENTS);
  }
  if (decoder.counters.slow > 0) throw new Error(`${decoder.counters.slow} events of the bench left the fast path`);
  return Promise.resolve({
    intake_events_per_s: figureOf(perSecond, 'events/s'),
    intake_cpu_s_per_million: figureOf(cpuPerMillion, 's'),
  });
}

function makeBuffers(): { buffer: Buffer; starts: number[] }[] {
  const buffers = [];
  for (let b = 0; b < 50; b++) {
    const starts = [0];
    let text = '';
    for (let i = 0; i < PER_BUFFER; i++) {
      text += `${JSON.stringify(makeEvent(b * PER_BUFFER + i))}\n`;
      starts.push(text.length);
    }
    buffers.push({ buffer: Buffer.from(text), starts });
  }
  return buffers;
}

function makeEvent(n: number): object {
  const account = (n * 7919) % ACCOUNTS;
  const person = (n * 104_729) % PEOPLE;
  const thirteen = `1${String(30 + (person % 60))}05${String(10 + (person % 80))}${String(1 + (person % 300)).padStart(3, '0')}${String(1 + (person % 900)).padStart(3, '0')}`;
  return {
    id: `01J9Z${String(n).padStart(21, '0')}`,
    time: new Date(Date.UTC(2026, 2, 2, 8) + n * 37).toISOString(),
    account: {
      id: `PS-${String(account).padStart(6, '0')}`,
      class: 'professional',
      profession: 'optician',
      org: `75${String(account).padStart(7, '0')}`,
      department: '69',
      createdAt: '2024-01-01',
    },
    session: `s-81f${account}`,
    source: { ip: `192.0.2.${account % 256}`, asn: 12345, country: 'FR', device: `d-77${account}` },
    channel: 'web',
    action: 'rights.read',
    outcome: 'found',
    beneficiary: {
      nir: thirteen + String(nirKey(thirteen)).padStart(2, '0'),
      birthDate: '1980-05-17',
      birthRank: 1,
      amc: '00123456',
      coverageStart: '2020-01-01',
      coverageEnd: '2023-12-31',
    },
    rows: 1,
  };
}
