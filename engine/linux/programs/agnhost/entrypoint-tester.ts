import { print } from '../../stdio.ts';
import type { Command } from './command.ts';

/** Prints what it was called with, as Go prints a list. */
export const entrypointTester: Command = {
  use: 'entrypoint-tester',
  short: 'Prints the arguments it was started with and exits',
  rawArgs: true,
  *run(process) {
    yield* print(process, `[${process.argv.join(' ')}]\n`);
    return 0;
  },
};
