import type { Host } from '../linux/host.ts';
import { decode } from '../linux/stdio.ts';
import { type Task, waitFor } from '../sim/index.ts';

/** What starting a program on the node takes. */
export type CommandHost = Pick<Host, 'spawn' | 'sink' | 'kill'>;

interface CommandOutcome {
  /** 0 to 255; undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** Both streams, as they came. */
  readonly output: string;
}

export type RunCommand = (path: string, args: readonly string[]) => Task<CommandOutcome>;

/** Runs the node's own programs to their end. Throws Errno where execve(2) would fail. */
export function commandsOn(host: CommandHost): RunCommand {
  return function* (path, args) {
    let output = '';
    let outcome: CommandOutcome | undefined;
    let resume = (_: CommandOutcome): void => {};
    const stream = host.sink((data) => {
      output += decode(data);
    });
    const { hostPid } = host.spawn({
      run: path,
      argv: [path.slice(path.lastIndexOf('/') + 1), ...args],
      files: { 1: stream, 2: stream },
      onExit: (status) => {
        outcome = { exitCode: status.kind === 'exited' ? status.code : undefined, output };
        resume(outcome);
      },
    });
    try {
      return yield* waitFor<CommandOutcome>({
        start: (settle) => {
          resume = settle;
          return () => {};
        },
      });
    } finally {
      if (outcome === undefined) host.kill(hostPid, 'KILL');
    }
  };
}
