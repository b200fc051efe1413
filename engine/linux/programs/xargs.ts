import type { Task } from '../../sim/index.ts';
import { decode, printError, programName, readAll } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { findInPath } from './identity.ts';
import { getOptions } from './options.ts';
import { errnoOf, program } from './program.ts';

const MAX_ARGUMENTS_LENGTH = 128 * 1024;

export const xargs = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'n:I:0rtP:L:d:s:E:x',
    inOrder: true,
    long: { null: '0', 'no-run-if-empty': 'r', 'max-args': 'n' },
  });
  const command = options.operands.length === 0 ? ['echo'] : options.operands;
  const text = decode(yield* readAll(process, 0));
  const placeholder = options.value('I');
  const delimiter = options.has('0')
    ? '\0'
    : options.value('d')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
  const byLine = placeholder !== undefined || options.has('L');
  const items =
    delimiter !== undefined
      ? text.split(delimiter).filter((item, at, all) => at < all.length - 1 || item !== '')
      : byLine
        ? text
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== '')
        : words(text);
  const runs: string[][] = [];
  if (placeholder !== undefined)
    for (const item of items) runs.push(command.map((word) => word.replaceAll(placeholder, item)));
  else {
    const most = Number(options.value('n') ?? options.value('L') ?? Number.POSITIVE_INFINITY);
    let group: string[] = [];
    let length = 0;
    for (const item of items) {
      if (group.length >= most || length + item.length > MAX_ARGUMENTS_LENGTH) {
        runs.push([...command, ...group]);
        group = [];
        length = 0;
      }
      group.push(...(byLine ? words(item) : [item]));
      length += item.length + 1;
    }
    if (group.length > 0 || (items.length === 0 && !options.has('r'))) runs.push([...command, ...group]);
  }
  return yield* runAll(process, runs, options.has('t'), Math.max(1, Number(options.value('P') ?? 1) || 50));
});

function words(text: string): string[] {
  return [...text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\.|[^\s"'\\])+/gs)].map((match) =>
    match[0].replace(
      /"([^"]*)"|'([^']*)'|\\(.)/gs,
      (_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
        double ?? single ?? escaped ?? '',
    ),
  );
}

function* runAll(
  process: Process,
  runs: readonly (readonly string[])[],
  trace: boolean,
  parallel: number,
): Task<number> {
  let exitCode = 0;
  let running = 0;
  const reap = function* (): Task<void> {
    const ended = yield* process.waitpid(-1);
    running -= 1;
    if (ended === undefined) return;
    const { status } = ended;
    if (status.kind === 'signaled') exitCode = 125;
    else if (status.kind === 'exited' && status.code !== 0) exitCode = status.code === 255 ? 124 : 123;
  };
  for (const argv of runs) {
    if (trace) yield* printError(process, `${argv.join(' ')}\n`);
    if (running >= parallel) yield* reap();
    const path = findInPath(process, argv[0]!, process.env['PATH']);
    try {
      if (path === undefined) {
        yield* printError(process, `${programName(process)}: ${argv[0]}: No such file or directory\n`);
        return 127;
      }
      process.spawn({ path, argv });
      running += 1;
    } catch (error) {
      yield* printError(process, `${programName(process)}: ${argv[0]}: ${errnoOf(error).message}\n`);
      return 126;
    }
  }
  while (running > 0) yield* reap();
  return exitCode;
}
