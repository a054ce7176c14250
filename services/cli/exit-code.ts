/** What the process tells its caller. Part of the product's contract. */
export const EXIT = {
  done: 0,
  failure: 1,
  usage: 2,
  /** A `--fail-on` of a replay came true. */
  assertion: 3,
  /** EX_CONFIG of sysexits.h. */
  configuration: 78,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Ends a command with a message and an exit code: for what the user can mend. Anything else that is thrown is a bug and
 * shows its stack.
 */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failure) {
    super(message);
    this.exitCode = exitCode;
  }
}
