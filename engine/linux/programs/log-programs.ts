import { decode, fail, print, printError, readAll } from '../stdio.ts';
import { readAccounts } from './accounts.ts';
import { linesOf } from './input.ts';
import { getOptions } from './options.ts';
import { program } from './program.ts';
import { askManager } from './systemd/bus.ts';

// What is told to a machine's log, and who has logged in.

/**
 * On a machine with systemd a line goes into its journal. In a container nobody listens at /dev/log: what is said there
 * is lost, which nobody is told. https://man7.org/linux/man-pages/man1/logger.1.html
 */
export const logger = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'sit:p:f:',
    long: { stderr: 's', id: 'i', tag: 't', priority: 'p', file: 'f' },
    inOrder: true,
  });
  const priority = options.value('p') ?? 'user.notice';
  if (!PRIORITY.test(priority)) {
    const word = priority.split('.').at(-1) ?? '';
    return yield* fail(
      process,
      flavour === 'gnu' ? `unknown priority name: ${word}` : `unknown priority name: ${word}`,
    );
  }
  const identifier = options.value('t') ?? readAccounts(process).userName(process.credentials.uid);
  const file = options.value('f');
  const text =
    options.operands.length > 0
      ? options.operands.join(' ')
      : decode(file === undefined ? yield* readAll(process, 0) : process.readFile(file));
  const pid = process.pid;
  for (const line of linesOf(text)) {
    if (line === '') continue;
    if (options.has('s')) yield* printError(process, `${identifier}${options.has('i') ? `[${pid}]` : ''}: ${line}\n`);
    yield* askManager(process, { method: 'log', identifier, pid, text: line });
  }
  return 0;
});

const FACILITIES = 'auth|authpriv|cron|daemon|ftp|kern|lpr|mail|news|security|syslog|user|uucp|local[0-7]';
const LEVELS = 'emerg|panic|alert|crit|err|error|warning|warn|notice|info|debug';
const PRIORITY = new RegExp(`^(\\d{1,3}|((${FACILITIES})\\.)?(${LEVELS}))$`);

/** Nobody logs in on these machines: terminals are given. https://man7.org/linux/man-pages/man1/last.1.html */
export const last = program(function* (process, _args, flavour) {
  if (flavour === 'busybox') {
    yield* print(process, 'USER       TTY            HOST               LOGIN        TIME\n');
    return 0;
  }
  return yield* fail(process, 'cannot open /var/log/wtmp: No such file or directory');
});
