import type { Calibration } from '#libs/model/policy/index.ts';
import { parseCalibration } from '#libs/model/policy/index.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedText } from '#services/cli/named-file.ts';
import { problemText } from '#services/policy/load-policy.ts';
import { yamlText } from '#services/policy/yaml-text.ts';

const HEAD = ` What this installation's honest months look like, learnt by \`vigie calibrate\`: name it in the policy's \`calibration\`.
 A stream's evidence counts for no more than the surprise it causes among these months; a rung with a budget takes its
 score from \`scores\`. \`classes\` rule for their accounts. \`bounds\` are for people and for watching drift.`;

/** The file's text. */
export const calibrationText = (calibration: Calibration): string => yamlText(calibration, HEAD);

/** Reads an earlier calibration. @throws CommandFailure (78) where it cannot be read or is wrong */
export function readCalibration(file: string): Calibration {
  const parsed = parseCalibration({ name: file, text: readNamedText('calibration', file) });
  if (parsed.ok) return parsed.value;
  throw new CommandFailure(problemText(parsed.error), EXIT.configuration);
}
