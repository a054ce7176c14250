import { styleText } from 'node:util';

/**
 * What is said to the user while a command works: on stderr, so that stdout holds results and nothing else. `styleText`
 * leaves the colour out where stderr is no terminal or NO_COLOR is set.
 */
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

export const note = (text: string): boolean => say(text);
export const warn = (text: string): boolean =>
  say(`${styleText('yellow', 'warning:', { stream: process.stderr })} ${text}`);
export const fail = (text: string): boolean =>
  say(`${styleText(['red', 'bold'], 'error:', { stream: process.stderr })} ${text}`);

/** Bold on a terminal's stdout, plain elsewhere. */
export const strong = (text: string): string => styleText('bold', text, { stream: process.stdout });
/** Colour by how grave it is: for stdout. */
export const grave = (level: 'low' | 'medium' | 'high' | 'critical', text: string): string =>
  styleText(
    level === 'critical' ? ['red', 'bold'] : level === 'high' ? 'red' : level === 'medium' ? 'yellow' : 'dim',
    text,
    { stream: process.stdout },
  );
