#!/usr/bin/env node
import { EXIT } from './exit-code.ts';
import { watchInterruption } from './interruption.ts';
import { runCommandLine } from './program.ts';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failure);
});

watchInterruption();
process.exitCode = await runCommandLine(process.argv.slice(2));
