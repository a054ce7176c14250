import { readFileSync } from 'node:fs';
import type { Calibration } from '#libs/model/policy/index.ts';
import { parseCalibration } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { problemText } from '#services/policy/load-policy.ts';
import { yamlText } from '#services/policy/yaml-text.ts';

const HEAD = ` What this installation's honest months look like, learnt by \`vigie calibrate\`: name it in the policy's \`calibration\`.
 A stream's evidence counts for no more than the surprise it causes among these months; a rung with a budget takes its
 score from \`scores\`. \`classes\` rule for their accounts. \`bounds\` are for people and for watching drift.`;

/** The file's text. */
export const calibrationText = (calibration: Calibration): string => yamlText(calibration, HEAD);

/** Reads an earlier calibration. @throws CommandFailure (78) where it cannot be read or is wrong */
export function readCalibration(file: string): Calibration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      `calibration file ${file} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`,
      EXIT.configuration,
    );
  }
  const parsed = parseCalibration({ name: file, text });
  if (parsed.ok) return parsed.value;
  throw new CommandFailure(problemText(parsed.error), EXIT.configuration);
}
