import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { fail, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { findInPath } from './identity.ts';
import { listenForDatagrams, probeDatagrams, sendDatagrams } from './nc-datagrams.ts';
import { getOptions } from './options.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';
import { resolveHost } from './resolve.ts';

export const nc = program(function* (process, all, flavour) {
  const [args, command] = withoutCommand(all, flavour);
  const options = getOptions(args, { letters: 'lp:w:zvknuNs:q:i:', inOrder: false });
  const [first, second] = options.operands;
  if (options.has('l')) {
    const port = Number(options.value('p') ?? second ?? first);
    if (!Number.isInteger(port)) throw new Usage();
    if (options.has('u')) return yield* listenForDatagrams(process, port, secondsOf(options.value('w')));
    return yield* listen(
      process,
      port,
      command,
      options.has('k') ||
        (flavour === 'busybox' && args.filter((argument) => /^-l+$/.test(argument)).join('').length > 2),
    );
  }
  if (first === undefined || second === undefined) throw new Usage();
  const address = yield* resolveHost(process, first);
  if (address === undefined) return yield* fail(process, `bad address '${first}'`);
  const timeoutMs = secondsOf(options.value('w'));
  const [low, high] = second.split('-').map(Number) as [number, number | undefined];
  if (options.has('u') && !options.has('z')) return yield* sendDatagrams(process, { address, port: low }, timeoutMs);
  let exitCode = 1;
  for (let port = low; port <= Math.min(high ?? low, low + 1024); port++) {
    if (options.has('u')) {
      if (!(yield* probeDatagrams(process, { address, port }))) continue;
      if (options.has('v')) yield* printError(process, `${first} (${address}:${port}) open\n`);
      exitCode = 0;
      continue;
    }
    try {
      const fd = yield* process.connect(address, port, timeoutMs);
      if (options.has('v')) yield* printError(process, `${first} (${address}:${port}) open\n`);
      exitCode = 0;
      if (options.has('z')) process.close(fd);
      else return yield* relay(process, fd, timeoutMs, command);
    } catch (error) {
      const { message, code } = errnoOf(error);
      if (code === 'EPIPE') throw error;
      if (high === undefined && (!options.has('z') || options.has('v')))
        yield* printError(
          process,
          code === 'ETIMEDOUT' && timeoutMs !== undefined
            ? 'nc: timed out\n'
            : `nc: ${first} (${address}:${port}): ${message}\n`,
        );
    }
  }
  return exitCode;
});

/** busybox: what comes after `-e` is a command with its arguments; elsewhere it is one word, and a shell takes it apart. */
function withoutCommand(
  args: readonly string[],
  flavour: Flavour,
): readonly [args: readonly string[], command: readonly string[] | undefined] {
  const at = args.findIndex((argument) => /^-[lknuvz]*e$/.test(argument));
  if (at < 0) return [args, undefined];
  const [word, ...more] = args.slice(at + 1);
  if (word === undefined) throw new Usage();
  const others = args[at] === '-e' ? args.slice(0, at) : [...args.slice(0, at), args[at]!.slice(0, -1)];
  return flavour === 'busybox' ? [others, [word, ...more]] : [[...others, ...more], word.split(' ')];
}

function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text) * 1000;
}

function* listen(process: Process, port: number, command: readonly string[] | undefined, again: boolean): Task<number> {
  let listener: number;
  try {
    listener = process.listen(port);
  } catch (error) {
    return yield* fail(process, `bind: ${errnoOf(error).message}`);
  }
  for (;;) {
    const { fd } = yield* process.accept(listener);
    const exitCode = yield* relay(process, fd, undefined, command);
    if (!again) return exitCode;
  }
}

/** Both directions until the other side closes; the end of the input closes our direction only. */
export function* relay(
  process: Process,
  socket: number,
  timeoutMs?: number,
  command?: readonly string[],
): Task<number> {
  if (command !== undefined) {
    const [name = ''] = command;
    const path = findInPath(process, name, process.env['PATH']) ?? name;
    const pid = process.spawn({ path, argv: command, fds: { 0: socket, 1: socket, 2: socket } });
    process.close(socket);
    yield* process.waitpid(pid);
    return 0;
  }
  let input = true;
  try {
    for (;;) {
      const ready = yield* process.poll(input ? [0, socket] : [socket], timeoutMs);
      if (ready.length === 0) return 1;
      if (ready.includes(socket)) {
        const data = yield* process.read(socket);
        if (data.length === 0) return 0;
        yield* process.write(1, data);
      }
      if (!ready.includes(0)) continue;
      const data = yield* process.read(0);
      if (data.length > 0) yield* process.write(socket, data);
      else {
        input = false;
        process.shutdownWrite(socket);
      }
    }
  } catch (error) {
    if (error instanceof Errno && error.code === 'ECONNRESET') return 1;
    throw error;
  } finally {
    process.close(socket);
  }
}
