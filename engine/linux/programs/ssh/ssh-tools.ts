import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { publicLine } from '../../ssh/key.ts';
import { exchangeAsClient, Transport } from '../../ssh/transport.ts';
import { SshError } from '../../ssh/wire.ts';
import { decode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { errnoOf, program, Usage } from '../program.ts';
import { resolveHost } from '../resolve.ts';
import { accounts } from './account.ts';

/** ssh-keyscan(1): what keys hosts show, as known_hosts has them. */
export const sshKeyscan = program(function* (process, args) {
  const options = getOptions(args, { letters: '46cDHvqp:T:t:f:O:' });
  const port = Number(options.value('p') ?? 22);
  const timeoutMs = Number(options.value('T') ?? 5) * 1000;
  if (options.operands.length === 0) throw new Usage();
  let exitCode = 0;
  for (const host of options.operands) {
    const address = yield* resolveHost(process, host);
    if (address === undefined) {
      yield* printError(process, `getaddrinfo ${host}: Name or service not known\n`);
      exitCode = 1;
      continue;
    }
    if (!(yield* scan(process, host, address, port, timeoutMs, options.has('q')))) exitCode = 1;
  }
  return exitCode;
});

function* scan(
  process: Process,
  host: string,
  address: string,
  port: number,
  timeoutMs: number,
  quiet: boolean,
): Task<boolean> {
  let fd: number | undefined;
  try {
    fd = yield* process.connect(address, port, timeoutMs);
    const transport = new Transport(process, fd);
    const version = yield* transport.exchangeVersions();
    const { hostKey } = yield* exchangeAsClient(process, transport);
    if (!quiet) yield* printError(process, `# ${host}:${port} ${version}\n`);
    const name = port === 22 ? host : `[${host}]:${port}`;
    yield* print(process, `${name} ${publicLine({ blob: hostKey, comment: '' })}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof Errno || error instanceof SshError)) throw error;
    return false;
  } finally {
    if (fd !== undefined) process.close(fd);
  }
}

const INSTALL =
  'umask 077; mkdir -p .ssh && touch .ssh/authorized_keys && while read -r line; do ' +
  'grep -qxF "$line" .ssh/authorized_keys || echo "$line" >> .ssh/authorized_keys; done';

/** ssh-copy-id(1): lets a key in at another machine, by one that is let in already. */
export const sshCopyId = program(function* (process, args) {
  const options = getOptions(args, { letters: 'fnsxi:p:F:o:t:' });
  const [target] = options.operands;
  if (target === undefined) throw new Usage();
  const home = accounts(process).find(({ uid }) => uid === process.credentials.uid)?.home ?? '/';
  const given = options.value('i');
  const path = given === undefined ? `${home}/.ssh/id_ed25519.pub` : given.endsWith('.pub') ? given : `${given}.pub`;
  let line: string;
  try {
    line = decode(process.readFile(path));
  } catch (error) {
    yield* printError(
      process,
      `/usr/bin/ssh-copy-id: ERROR: failed to open ID file '${path}': ${errnoOf(error).message}\n`,
    );
    return 1;
  }
  yield* printError(process, `/usr/bin/ssh-copy-id: INFO: Source of key(s) to be installed: "${path}"\n`);
  const [from, to] = process.pipe();
  const more = ['p', 'F', 'o'].flatMap((letter) => options.values(letter).flatMap((value) => [`-${letter}`, value]));
  const pid = process.spawn({
    path: '/usr/bin/ssh',
    argv: ['ssh', ...more, target, INSTALL],
    fds: { 0: from, 1: 1, 2: 2 },
  });
  process.close(from);
  process.setSignalAction('PIPE', 'ignore');
  try {
    yield* process.write(to, new TextEncoder().encode(line));
  } catch (error) {
    errnoOf(error);
  }
  process.close(to);
  const ended = yield* process.waitpid(pid);
  if (ended?.status.kind !== 'exited' || ended.status.code !== 0) return 1;
  yield* print(
    process,
    `\nNumber of key(s) added: 1\n\nNow try logging into the machine, with: "ssh ${target}"\nand check to make sure that only the key(s) you wanted were added.\n\n`,
  );
  return 0;
});
