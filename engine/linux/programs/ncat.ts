import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode, print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { resolveHost } from './resolve.ts';

const ONE_WAY = ['--recv-only', '--send-only'];
const LISTENING = ['--listen', '-l', '--keep-open', '-k'];

/**
 * Nmap's ncat, as much of it as hands files from Pod to Pod: `ncat --recv-only host port` prints what comes, `ncat --listen
 * --keep-open --send-only port -c command` sends everybody what a command prints. https://nmap.org/ncat/guide/
 */
export function* ncat(process: Process): Task<number> {
  const words: string[] = [];
  let command: string | undefined;
  let listens = false;
  let keeps = false;
  const args = process.argv.slice(1);
  for (let word = args.shift(); word !== undefined; word = args.shift()) {
    if (word === '-c' || word === '--sh-exec') command = args.shift();
    else if (LISTENING.includes(word)) {
      listens ||= word === '--listen' || word === '-l';
      keeps ||= word === '--keep-open' || word === '-k';
    } else if (!word.startsWith('-')) words.push(word);
    else if (!ONE_WAY.includes(word) && !word.startsWith('--max-conns=')) {
      yield* printError(process, `Ncat: ${word} is not part of this simulation. QUITTING.\n`);
      return 2;
    }
  }
  const port = Number(words.at(-1));
  if (!Number.isInteger(port) || (listens ? command === undefined : words.length !== 2)) {
    yield* printError(
      process,
      'Ncat: You must specify a host and a port to connect to, or -c with --listen. QUITTING.\n',
    );
    return 2;
  }
  try {
    return yield* listens ? serve(process, port, command!, keeps) : receive(process, words[0]!, port);
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    yield* printError(process, `Ncat: ${error.message}.\n`);
    return 1;
  }
}

function* receive(process: Process, host: string, port: number): Task<number> {
  const address = yield* resolveHost(process, host);
  if (address === undefined) {
    const why = 'Name or service not known';
    yield* printError(process, `Ncat: Could not resolve hostname "${host}": ${why}. QUITTING.\n`);
    return 2;
  }
  const fd = yield* process.connect(address, port);
  for (;;) {
    const piece = yield* process.read(fd);
    if (piece.length === 0) return 0;
    yield* print(process, decode(piece));
  }
}

function* serve(process: Process, port: number, command: string, keeps: boolean): Task<number> {
  const listener = process.listen(port);
  do {
    const { fd } = yield* process.accept(listener);
    process.spawn({ path: '/bin/sh', argv: ['sh', '-c', command], fds: { 0: fd, 1: fd, 2: 2 } });
    process.close(fd);
    yield* process.waitpid(-1);
  } while (keeps);
  return 0;
}
