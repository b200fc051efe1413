import type { Task } from '../../sim/index.ts';
import { decode, fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { hostByName } from './dns/host-database.ts';
import { lookupHost } from './dns/resolver.ts';
import { errnoOf, program } from './program.ts';

const FILES: Readonly<Record<string, string>> = {
  passwd: '/etc/passwd',
  group: '/etc/group',
  hosts: '/etc/hosts',
  services: '/etc/services',
};

const NOT_FOUND = 2;

/** What the C library finds in its databases. https://man7.org/linux/man-pages/man1/getent.1.html */
export const getent = program(function* (process, args) {
  const [database = '', ...keys] = args;
  if (/^ahosts(v4|v6)?$/.test(database)) return yield* everyAddress(process, keys, database === 'ahostsv6');
  if (!Object.hasOwn(FILES, database)) {
    yield* fail(process, `Unknown database: ${database}`);
    return 1;
  }
  const lines = linesOf(process, FILES[database]!);
  const separator = database === 'hosts' || database === 'services' ? /\s+/ : /:/;
  let exitCode = 0;
  for (const key of keys.length === 0 ? [undefined] : keys) {
    const found = lines.filter((line) => key === undefined || line.split(separator).includes(key));
    if (found.length === 0 && database === 'hosts' && key !== undefined) {
      const { names, addresses } = yield* lookupHost(process, key);
      yield* print(process, addresses.map((address) => `${address.padEnd(15)} ${names.join(' ')}\n`).join(''));
      if (addresses.length > 0) continue;
    }
    if (found.length === 0) exitCode = NOT_FOUND;
    for (const line of key === undefined ? found : found.slice(0, 1))
      yield* print(process, database === 'hosts' ? hostsLine(line) : `${line}\n`);
  }
  return exitCode;
});

function linesOf(process: Process, path: string): readonly string[] {
  try {
    const lines = decode(process.readFile(path)).split('\n');
    return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  } catch (error) {
    errnoOf(error);
    return [];
  }
}

function hostsLine(line: string): string {
  const [address = '', ...names] = line.trim().split(/\s+/);
  return `${address.padEnd(15)} ${names.join(' ')}\n`;
}

/** What `getaddrinfo` gives: each address for each kind of socket; the first line names whom. */
function* everyAddress(process: Process, keys: readonly string[], mapped: boolean): Task<number> {
  let exitCode = 0;
  for (const key of keys) {
    const { names, addresses } = yield* hostByName(process, key);
    if (addresses.length === 0) exitCode = NOT_FOUND;
    let name = names[0] ?? key;
    for (const address of addresses) {
      for (const kind of ['STREAM', 'DGRAM', 'RAW']) {
        const shown = mapped ? `::ffff:${address}` : address;
        yield* print(process, `${shown.padEnd(15)} ${kind.padEnd(6)} ${name}\n`);
        name = '';
      }
    }
  }
  return exitCode;
}
