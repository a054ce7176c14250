import { styleText } from 'node:util';
import { explain, explainBenign } from '#libs/formats/explain/index.ts';
import type { PlannedAction } from '#libs/model/action.ts';
import type { Alert } from '#libs/model/alert.ts';
import type { Stop } from './chronicle.ts';
import { localDay, localTime } from './local-time.ts';
import type { RefusalReason } from './portal.ts';
import type { Language, Theft, Words } from './words.ts';

/** Where the story is written: standard output, or standard error where the result goes to standard output. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The strongest pieces of evidence are told, if they weigh something; all of them are in the alert. */
const EVIDENCE_TOLD = 4;
const NATS_TOLD = 0.3;
const INDENT = '  ';
const TIME_WIDTH = 10;

/** Tells the story as it happens, in plain words. What is said is decided elsewhere; this is about how it looks. */
export class Teller {
  readonly words: Words;
  readonly #language: Language;
  readonly #screen: Screen;
  #theft: Theft | undefined;

  constructor(words: Words, language: Language, screen: Screen) {
    this.words = words;
    this.#language = language;
    this.#screen = screen;
  }

  line(text = ''): void {
    this.#screen.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.#style('bold', text));
  }

  say(text: string): void {
    this.line(`${INDENT}${text}`);
  }

  /** A label and what belongs to it, in two columns. */
  fact(label: string, text: string): void {
    this.line(`${INDENT}${label.padEnd(this.words.factWidth)}${text}`);
  }

  at(timeMs: number, text: string): void {
    this.line(`${INDENT}${localTime(timeMs).padEnd(TIME_WIDTH)}${text}`);
  }

  dayOver(day: string, requests: number): void {
    this.say(this.words.day(day, requests));
  }

  /** Whose theft is to be told, from its first request on. */
  expectTheft(theft: Theft): void {
    this.#theft = theft;
  }

  /** A request of the thief's came: the first one is told. */
  theftSeen(timeMs: number, speed: number): void {
    if (this.#theft === undefined) return;
    const [first, ...more] = this.words.theft(this.#theft, localDay(timeMs), Math.round(speed));
    this.at(timeMs, this.#style('magenta', first!));
    for (const text of more) this.#under(this.#style('magenta', text));
    this.#theft = undefined;
  }

  alerted(alert: Alert): void {
    this.at(alert.timeMs, this.#style('yellow', this.words.alert(alert)));
    const weighty = alert.evidence.filter(({ name, nats }) => nats >= NATS_TOLD || name.startsWith('quota'));
    for (const sentence of explain(weighty).slice(0, EVIDENCE_TOLD)) {
      this.#under(`${this.words.because} ${sentence[this.#language]}`);
    }
    if (alert.benign) this.#under(explainBenign(alert.benign, this.#language));
  }

  stopped(stop: Stop): void {
    this.at(stop.timeMs, this.#style(stop.rung === 'suspend' ? 'green' : 'cyan', this.words.stopped(stop)));
  }

  heldBack(plan: PlannedAction): void {
    this.at(plan.timeMs, this.#style('yellow', this.words.heldBack(plan.rung, plan.reason)));
  }

  thiefRefused(why: RefusalReason, timeMs: number): void {
    this.at(timeMs, this.#style('cyan', this.words.thiefRefused(why)));
  }

  disturbed(plan: PlannedAction): void {
    this.at(plan.timeMs, this.#style('dim', this.words.disturbed(plan.accountId, plan.rung)));
  }

  #under(text: string): void {
    this.line(`${INDENT}${' '.repeat(TIME_WIDTH)}${text}`);
  }

  #style(style: Parameters<typeof styleText>[0], text: string): string {
    return this.#screen.isTTY && !process.env.NO_COLOR ? styleText(style, text, { validateStream: false }) : text;
  }
}
