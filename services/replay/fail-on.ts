import type { Rung } from '#libs/model/alert.ts';
import { RUNGS } from '#libs/model/alert.ts';
import { nearestName } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { Lane } from './lane.ts';
import type { Replay } from './replay.ts';
import type { LaneSummary, Spread } from './summary.ts';

/** `--fail-on EXPR`: assertions about a replay, so that a policy can be checked like code. */

/** What an expression may look at. `summary` is undefined without labels. */
export interface Figures {
  readonly replay: Replay;
  readonly lane: Lane;
  readonly summary: LaneSummary | undefined;
}

interface Named {
  readonly needsLabels: boolean;
  readonly value: (figures: Figures) => number;
}

const PLURAL: Readonly<Record<Rung, string>> = {
  alert: 'alerts',
  step_up: 'step_ups',
  throttle: 'throttles',
  suspend: 'suspends',
};

const plain = (value: Named['value']): Named => ({ needsLabels: false, value });
const labelled = (value: (summary: LaneSummary, lane: Lane) => number): Named => ({
  needsLabels: true,
  value: ({ summary, lane }) => (summary ? value(summary, lane) : Number.NaN),
});

const all = (summary: LaneSummary) => summary.byKind.find((k) => k.kind === 'all');

/** People exposed at containment: what the simulated portal let out, else what left before the suspend. */
const containment = (summary: LaneSummary, lane: Lane, of: keyof Spread): number => {
  const kind = all(summary);
  return (lane.portal ? kind?.contained[of] : kind?.before.suspend[of]) ?? 0;
};

const SPREADS = ['median', 'p95', 'max'] as const;

const NAMES: ReadonlyMap<string, Named> = new Map([
  ['events', plain(({ replay }) => replay.events)],
  ['rejected', plain(({ replay }) => replay.rejections.total)],
  ['duplicates', plain(({ replay }) => replay.duplicates)],
  ['alerts', plain(({ lane }) => lane.incidents.size)],
  ...RUNGS.filter((rung) => rung !== 'alert').map(
    (rung) =>
      [PLURAL[rung], plain(({ lane }) => lane.actions.filter((a) => a.rung === rung).length)] as [string, Named],
  ),
  ['missed_attacks', labelled((s) => s.attacks.filter((a) => a.firstMs.alert === undefined).length)],
  ...RUNGS.map(
    (rung) => [`false_${PLURAL[rung]}`, labelled((s) => s.honest.rungs[rung].accountMonths)] as [string, Named],
  ),
  ...RUNGS.map(
    (rung) => [`false_${PLURAL[rung]}_per_10000`, labelled((s) => s.honest.rungs[rung].per10000)] as [string, Named],
  ),
  ...SPREADS.map((of) => [`exposed_${of}`, labelled((s, lane) => containment(s, lane, of))] as [string, Named]),
  ...RUNGS.flatMap((rung) =>
    SPREADS.map(
      (of) => [`exposed_before_${rung}_${of}`, labelled((s) => all(s)?.before[rung][of] ?? 0)] as [string, Named],
    ),
  ),
]);

export const FIGURE_NAMES: readonly string[] = [...NAMES.keys()];

const COMPARE = {
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
} as const;

export interface Assertion {
  readonly text: string;
  readonly needsLabels: boolean;
  /** The figure as it came out, NaN where nothing tells it, and whether that is a failure. */
  check(figures: Figures): { readonly value: number; readonly failed: boolean };
}

/** `false_suspends>0`, `exposed_p95 > 30`, `alerts==0`. @throws CommandFailure (usage) that lists the names */
export function parseAssertion(text: string): Assertion {
  const [, name, operator, limit] = /^\s*([a-z_0-9]+)\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text) ?? [];
  if (name === undefined || operator === undefined || limit === undefined) {
    throw new CommandFailure(`--fail-on ${text}: write it like false_suspends>0 or alerts==0`, EXIT.usage);
  }
  const named = NAMES.get(name);
  if (!named) {
    const near = nearestName(name, FIGURE_NAMES);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new CommandFailure(
      `--fail-on ${text}: there is no figure ${name}.${hint} Names: ${FIGURE_NAMES.join(', ')}`,
      EXIT.usage,
    );
  }
  const compare = COMPARE[operator as keyof typeof COMPARE];
  return {
    text: text.trim(),
    needsLabels: named.needsLabels,
    check: (figures) => {
      const value = named.value(figures);
      // What cannot be known must not pass for good.
      return { value, failed: Number.isNaN(value) || compare(value, Number(limit)) };
    },
  };
}
