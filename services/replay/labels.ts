import { z } from 'zod';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedText } from '#services/cli/named-file.ts';

/** The truth about a log, where somebody knows it: which accounts were attacked, and when. */

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'a date and time (RFC 3339)');

const labelsSchema = z.object({
  attacks: z.array(
    z.object({
      id: z.string().min(1),
      kind: z.string().min(1),
      accounts: z.array(z.string()).min(1),
      start: time,
      /** Without an end the attack goes on to the end of the log. */
      end: time.optional(),
    }),
  ),
  hardCases: z.array(z.object({ account: z.string(), kind: z.string(), from: time, to: time })).default([]),
});

export interface Attack {
  readonly id: string;
  readonly kind: string;
  readonly accounts: readonly string[];
  readonly startMs: number;
  /** Infinity where the log's end is the attack's. */
  readonly endMs: number;
}

/** Something unusual that an honest account did. */
export interface HardCase {
  readonly account: string;
  readonly kind: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Labels {
  readonly attacks: readonly Attack[];
  readonly hardCases: readonly HardCase[];
}

/** Checks labels as they stand in a file (JSON). @throws CommandFailure that says what is wrong where */
export function parseLabels(text: string, name: string): Labels {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandFailure(`${name}: not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = labelsSchema.safeParse(value);
  if (!parsed.success) {
    const lines = parsed.error.issues.slice(0, 10).map((i) => `${name}: ${i.path.join('.') || 'file'}: ${i.message}`);
    throw new CommandFailure(
      `${lines.join('\n')}\nLabels look like {"attacks":[{"id","kind","accounts":["…"],"start","end"}]}.`,
    );
  }
  const ids = new Set<string>();
  for (const { id, start, end } of parsed.data.attacks) {
    if (ids.has(id)) throw new CommandFailure(`${name}: attack ${id} stands twice`);
    ids.add(id);
    if (end !== undefined && Date.parse(end) < Date.parse(start))
      throw new CommandFailure(`${name}: attack ${id} ends before it starts`);
  }
  return {
    // Many logs write whole seconds: the first of an attack's events may stand before its start, the last behind its end.
    attacks: parsed.data.attacks.map(({ start, end, ...rest }) => ({
      ...rest,
      startMs: Math.floor(Date.parse(start) / 1000) * 1000,
      endMs: end === undefined ? Infinity : Math.ceil(Date.parse(end) / 1000) * 1000,
    })),
    hardCases: parsed.data.hardCases.map(({ from, to, ...rest }) => ({
      ...rest,
      fromMs: Date.parse(from),
      toMs: Date.parse(to),
    })),
  };
}

/** Reads a labels file. @throws CommandFailure where it cannot be read or is wrong */
export function readLabels(file: string): Labels {
  return parseLabels(readNamedText('labels', file, EXIT.failure), file);
}
