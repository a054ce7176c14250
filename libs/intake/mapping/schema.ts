import { z } from 'zod';
import { FIELDS } from '../field-slices.ts';

/**
 * The mapping file: how lines of some other log become access events. Which part of a line is which field is said in
 * the field names of the access event itself, so there is one vocabulary.
 */

export const LINE_FORMATS = ['regex', 'csv', 'json', 'w3c'] as const;
export const TIME_FORMATS = ['rfc3339', 'clf', 'epoch_s', 'epoch_ms'] as const;
export const SEPARATORS = ['auto', ',', ';', '\t', '|'] as const;

const from = z
  .union([z.string().min(1), z.number().int().min(1)])
  .describe(
    'a named group of the pattern, a column by name or number (from 1), or a path into the JSON; with w3c, two columns as `date time`',
  );

const pattern = z.string().min(1).describe('a regular expression (JavaScript)');

const condition = z.strictObject({
  from,
  in: z.array(z.union([z.string(), z.number()])).optional(),
  matches: pattern.optional(),
});
export type Condition = z.infer<typeof condition>;

const rule = z.strictObject({
  from: from.optional(),
  constant: z.string().min(1).describe('the same value for every line').optional(),
  extract: pattern.describe('takes the first group of this regular expression instead of the whole text').optional(),
  values: z
    .record(z.string(), z.string())
    .describe('what each text stands for; 200..299 is a range of whole numbers')
    .optional(),
  otherwise: z.string().describe('what any other text stands for; without it such a line is rejected').optional(),
  default: z.string().min(1).describe('the value where the line has none').optional(),
});
export type FieldRule = z.infer<typeof rule>;

const timeRule = z.strictObject({
  from,
  format: z
    .string()
    .default('rfc3339')
    .describe(`${TIME_FORMATS.join(', ')}, or a pattern such as dd/MM/yyyy HH:mm:ss`),
  zone: z.string().min(1).describe('time zone of times without one: UTC, Europe/Paris, +01:00').optional(),
});
export type TimeRule = z.infer<typeof timeRule>;

const REQUIRED = new Set<string>(['account.id', 'action', 'outcome']);
const fieldShape = Object.fromEntries(
  FIELDS.map((name) => [name, name === 'time' ? timeRule : REQUIRED.has(name) ? rule : rule.optional()]),
);

export const mappingSchema = z.strictObject({
  name: z.string().min(1).describe('shown in reports'),
  description: z.string().default(''),
  format: z.enum(LINE_FORMATS),
  pattern: pattern.describe('for regex: the whole line, with a named group for each part that is used').optional(),
  csv: z
    .strictObject({
      separator: z.enum(SEPARATORS).default('auto'),
      header: z.boolean().default(true).describe('the first line of each file names the columns'),
    })
    .default({ separator: 'auto', header: true }),
  keep: z.array(condition).default([]).describe('only lines that meet every one of these are taken'),
  drop: z.array(condition).default([]).describe('lines that meet any of these are left out'),
  fields: z.strictObject(fieldShape as Record<string, typeof rule>),
  userAgent: z.strictObject({ from }).describe('for reports only: the detector never gets it').optional(),
});

type Parsed = z.infer<typeof mappingSchema>;

/** A mapping that has been checked. */
export interface MappingFile extends Omit<Parsed, 'fields'> {
  readonly fields: { readonly time: TimeRule } & { readonly [field: string]: FieldRule | TimeRule | undefined };
}
