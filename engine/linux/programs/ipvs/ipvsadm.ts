import { Errno } from '../../errno.ts';
import { parseAddress } from '../../net/address.ts';
import { SCHEDULERS } from '../../net/ipvs/schedulers.ts';
import { type RealServer, serverKey, type VirtualServer } from '../../net/ipvs/virtual-server.ts';
import { VirtualServers } from '../../net/ipvs/virtual-servers.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import type { PacketFilter } from '../../syscalls.ts';
import { program } from '../program.ts';
import { connectionListing, saveText, serverListing, statisticsListing, TIMEOUT_LISTING } from './listing.ts';

/** A command that ipvsadm does not take; the message is its own. */
class IpvsError extends Error {
  override readonly name = 'IpvsError';
}

/** ipvsadm, over the virtual servers of the process's network namespace. https://manpages.debian.org/bookworm/ipvsadm/ipvsadm.8.en.html */
export const ipvsadm = program(function* (process, args) {
  let filter: PacketFilter;
  try {
    filter = process.packetFilter();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(
      process,
      "Can't initialize ipvs: Permission denied (you must be root)\nAre you sure that IP Virtual Server is built in the kernel or as module?\n",
    );
    return 255;
  }
  const servers = serversOf(filter);
  try {
    if (!args.includes('-R') && !args.includes('--restore')) {
      yield* print(process, execute(servers, args, filter.nowMs));
      return 0;
    }
    for (const line of decode(yield* readAll(process, 0)).split('\n')) {
      if (line.trim() !== '') execute(servers, line.trim().split(/\s+/), filter.nowMs);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return error.message.startsWith('Try ') ? 2 : 255;
  }
});

/** The kernel's module ip_vs, whose hooks stand from then on. */
function serversOf({ module, ruleset }: PacketFilter): VirtualServers {
  return module('ip_vs', () => {
    const servers = new VirtualServers();
    ruleset.hooks.replace([], servers.hooks);
    return servers;
  });
}

const LONG: Readonly<Record<string, string>> = {
  '--add-service': '-A',
  '--edit-service': '-E',
  '--delete-service': '-D',
  '--clear': '-C',
  '--add-server': '-a',
  '--edit-server': '-e',
  '--delete-server': '-d',
  '--list': '-L',
  '-l': '-L',
  '--save': '-S',
  '--zero': '-Z',
  '--tcp-service': '-t',
  '--udp-service': '-u',
  '--scheduler': '-s',
  '--persistent': '-p',
  '--real-server': '-r',
  '--weight': '-w',
  '--masquerading': '-m',
  '--numeric': '-n',
  '--connection': '-c',
};

interface Options {
  readonly command: string;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

function readOptions(args: readonly string[]): Options {
  const words = args.flatMap((word) => {
    const known = LONG[word] ?? word;
    // `-Ln` is `-L -n`.
    return /^-[A-Za-z]{2,}$/.test(known)
      ? [...known.slice(1)].map((letter) => LONG[`-${letter}`] ?? `-${letter}`)
      : [known];
  });
  const values = new Map<string, string>();
  const flags = new Set<string>();
  let command = '';
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const next = words[at + 1];
    const hasValue = next !== undefined && !next.startsWith('-');
    if (/^-[AEDCaedLSZ]$/.test(word)) command ||= word;
    else if (word === '-p') values.set(word, hasValue ? words[++at]! : '300');
    else if (/^-[tusrw]$/.test(word)) {
      if (!hasValue) throw new IpvsError(`option requires an argument -- '${word.slice(1)}'`);
      values.set(word, words[++at]!);
    } else if (
      word === '-m' ||
      word === '-n' ||
      word === '-c' ||
      word === '--stats' ||
      word === '--timeout' ||
      word === '--sort'
    )
      flags.add(word);
    else throw new IpvsError(`Try \`ipvsadm -h' or 'ipvsadm --help' for more information.`);
  }
  return { command: command || '-L', flags, values };
}

/** What the command prints. Throws IpvsError. */
function execute(servers: VirtualServers, args: readonly string[], nowMs: number): string {
  const options = readOptions(args);
  const { command, flags, values } = options;
  switch (command) {
    case '-L': {
      if (flags.has('--timeout')) return TIMEOUT_LISTING;
      const connections = servers.connections(nowMs);
      if (flags.has('-c')) return connectionListing(connections, nowMs);
      const shown = values.has('-t') || values.has('-u') ? [existing(servers, options)] : servers.all;
      return flags.has('--stats') ? statisticsListing(shown) : serverListing(shown);
    }
    case '-S':
      return saveText(servers.all);
    case '-C':
      servers.clear();
      return '';
    case '-Z':
      for (const server of servers.all) for (const { traffic } of [server, ...server.reals]) zero(traffic);
      return '';
    case '-A':
      try {
        servers.add({ ...named(options), ...scheduling(options) });
      } catch (error) {
        throw error instanceof Errno ? new IpvsError('Service already exists') : error;
      }
      return '';
    case '-E':
      Object.assign(existing(servers, options), scheduling(options));
      return '';
    case '-D':
      servers.delete(serverKey(existing(servers, options)));
      return '';
    default:
      changeReal(existing(servers, options), options);
      return '';
  }
}

function zero(traffic: VirtualServer['traffic']): void {
  traffic.connections = 0;
  traffic.packets = 0;
  traffic.bytes = 0;
}

function endpoint(text: string): { readonly address: string; readonly port: number } {
  const [address = '', port = '0'] = text.split(':');
  if (parseAddress(address) === undefined || !/^\d{1,5}$/.test(port)) {
    throw new IpvsError(`illegal virtual server address[:port] specified`);
  }
  return { address, port: Number(port) };
}

function named({ values }: Options): Pick<VirtualServer, 'protocol' | 'address' | 'port'> {
  const tcp = values.get('-t');
  const text = tcp ?? values.get('-u');
  if (text === undefined) throw new IpvsError("You need to supply the 'virtual-service' option for the command");
  return { protocol: tcp === undefined ? 'udp' : 'tcp', ...endpoint(text) };
}

function scheduling({ values }: Options): Pick<VirtualServer, 'scheduler' | 'persistence'> {
  const scheduler = values.get('-s') ?? 'wlc';
  if (!Object.hasOwn(SCHEDULERS, scheduler)) throw new IpvsError('Scheduler or persistence engine not found');
  const seconds = values.get('-p');
  return { scheduler, persistence: seconds === undefined ? undefined : Number(seconds) };
}

function existing(servers: VirtualServers, options: Options): VirtualServer {
  const found = servers.find(serverKey(named(options)));
  if (found === undefined) throw new IpvsError('No such service');
  return found;
}

/** `-a`, `-e` and `-d`: who serves for a virtual server. */
function changeReal(server: VirtualServer, { command, values }: Options): void {
  const text = values.get('-r');
  if (text === undefined) throw new IpvsError("You need to supply the 'real-server' option for the command");
  const { address, port } = endpoint(text);
  const weight = Number(values.get('-w') ?? 1);
  const known = server.reals.find((real) => real.address === address && real.port === port);
  if (command === '-a') {
    if (known !== undefined) throw new IpvsError('Destination already exists');
    server.reals = [...server.reals, newReal(address, port, weight)];
    return;
  }
  if (known === undefined) throw new IpvsError('No such destination');
  if (command === '-e') known.weight = weight;
  else server.reals = server.reals.filter((real) => real !== known);
}

function newReal(address: string, port: number, weight: number): RealServer {
  const traffic = { connections: 0, packets: 0, bytes: 0 };
  return { address, port, weight, activeConnections: 0, inactiveConnections: 0, traffic };
}
