import { Errno } from '../../errno.ts';
import { decode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Command } from './command.ts';

/** The values of a keyword of /etc/resolv.conf. */
function resolverValues(process: Process, keyword: string): string[] {
  return decode(process.readFile('/etc/resolv.conf'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => name === keyword)
    .flatMap(([, ...values]) => values);
}

function resolverCommand(use: string, short: string, keyword: string): Command {
  return {
    use,
    short,
    args: 0,
    *run(process) {
      try {
        yield* print(process, resolverValues(process, keyword).join(','));
        return 0;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* printError(process, `open /etc/resolv.conf: ${error.message.toLowerCase()}\n`);
        return 1;
      }
    },
  };
}

export const dnsSuffix = resolverCommand('dns-suffix', "Prints the host's DNS suffix list", 'search');
export const dnsServerList = resolverCommand('dns-server-list', "Prints the host's DNS server list", 'nameserver');

export const etcHosts: Command = {
  use: 'etc-hosts',
  short: "Prints the host's /etc/hosts file",
  args: 0,
  *run(process) {
    try {
      yield* print(process, decode(process.readFile('/etc/hosts')));
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* printError(process, `open /etc/hosts: ${error.message.toLowerCase()}\n`);
      return 1;
    }
  },
};
