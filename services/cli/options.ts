import { InvalidArgumentError, Option } from 'commander';

/** Options that several commands share, so that they look and fail alike. */

export const OUTPUT_FORMATS = ['text', 'json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** `--format text|json`. */
export const formatOption = (): Option =>
  new Option('--format <format>', 'how results are written').choices(OUTPUT_FORMATS).default('text');

/** Parser for an option that takes a whole number in a range. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
    }
    return value;
  };
