import { EXIT } from './exit-code.ts';

/**
 * Ctrl-C and SIGTERM: a command gets a signal that it can close by, and a second Ctrl-C ends the process at once.
 */
const controller = new AbortController();

/** Aborted once the user has interrupted the command. Commands stop what they do, close, and return. */
export const interruption: AbortSignal = controller.signal;

/** Starts listening; called once by the command line itself. */
export function watchInterruption(): void {
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
