import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import type { Shell } from '../shell.ts';
import type { Command } from '../syntax/tree.ts';

/** Bash keeps its ends of the pipes up here. */
const READ_END = 63;
const WRITE_END = 60;

/** `coproc NAME command`: a child behind two pipes, whose ends are `${NAME[0]}` and `${NAME[1]}`. */
export function* startCoprocess(shell: Shell, coprocess: Extract<Command, { kind: 'coproc' }>): Task<number> {
  const { process, descriptors, variables } = shell;
  const { name, body, source } = coprocess;
  const [output, childOutput] = process.pipe();
  const [childInput, input] = process.pipe();
  let pid: number;
  try {
    pid = shell.interpreter.fork(shell, {
      run: (child) => child.interpreter.command(child, body, true),
      fds: { 0: childInput, 1: childOutput },
      ...(shell.options.monitor ? { processGroup: 0 } : {}),
    });
  } finally {
    process.close(childInput);
    process.close(childOutput);
  }
  const readEnd = descriptors.freeFrom(READ_END);
  descriptors.place(output, readEnd, false);
  const writeEnd = descriptors.freeFrom(Math.min(WRITE_END, readEnd - 1));
  descriptors.place(input, writeEnd, false);
  variables.setArray(name, [String(readEnd), String(writeEnd)]);
  variables.set(`${name}_PID`, String(pid));
  shell.lastBackgroundPid = pid;
  const job = shell.jobs.add([pid], source, shell.options.monitor ? pid : undefined, true);
  if (shell.interactive) yield* printError(process, `[${job.id}] ${pid}\n`);
  shell.status = 0;
  return 0;
}
