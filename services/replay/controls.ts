import type { Control } from '#libs/model/input.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import { readNamedText } from '#services/cli/named-file.ts';
import { parseControl } from '#services/detector/control-feed.ts';

/**
 * What people told the detector, replayed with the log: one control a line as it stands on the topic `vigie.controls`. Each
 * takes effect before the first event that is not older than it.
 * @throws CommandFailure with exit code 78 where the file cannot be read or a line is no control
 */
export function readControls(file: string): readonly Control[] {
  const text = readNamedText('controls', file);
  const controls = text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const control = parseControl(Buffer.from(line));
    if (control !== undefined) return [control];
    throw new CommandFailure(
      `${file}:${i + 1}: this is no control (a verdict or re-enable as on the topic of controls: kind, control, timeMs, accountId, reason, …)`,
      EXIT.configuration,
    );
  });
  return controls.sort((a, b) => a.timeMs - b.timeMs);
}
