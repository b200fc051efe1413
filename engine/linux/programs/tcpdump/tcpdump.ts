import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Frame } from '../../net/capture/frame.ts';
import { PacketCapture } from '../../net/capture/packet-capture.ts';
import type { Heard } from '../../net/capture/packet-socket.ts';
import type { Fabric } from '../../net/fabric.ts';
import { print, printError, readAll } from '../../stdio.ts';
import type { NetworkInterface, Process } from '../../syscalls.ts';
import { ask, resolverConfig, reverseName } from '../dns/resolver.ts';
import { getOptions, type Options } from '../options.ts';
import { errnoOf, program, Usage } from '../program.ts';
import { resolveHost } from '../resolve.ts';
import { compileFilter } from './filter.ts';
import { FilterError } from './filter-tokens.ts';
import { FrameText, type LineOptions } from './frame-text.ts';
import { addressesOf } from './packet.ts';
import { type CaptureFile, fileHeader, LINK_TYPES, type LinkType, readCaptureFile, recordBytes } from './pcap-file.ts';

const SNAPSHOT_LENGTH = 262_144;
const ANY = 'any';

const VERSION = 'tcpdump version 4.99.5\nlibpcap version 1.10.5 (with TPACKET_V3)\nOpenSSL 3.5.1 1 Jul 2025\n';
const USAGE = `Usage: tcpdump [-ADehlnNpqStUvxX#] [ -c count ] [--count] [ -i interface ]
\t\t[ -Q in|out|inout ] [ -r file ] [ -s snaplen ]
\t\t[ -w file ] [ expression ]
`;

/** The command line or what it leads to is no good: printed behind the program's name. */
class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/**
 * tcpdump, over the packet sockets of the process's network namespace: https://www.tcpdump.org/manpages/tcpdump.1.html. What
 * compiles filters to BPF (`-d`), rotates files (`-C`, `-G`, `-W`), decrypts (`-E`) and switches devices (`-I`, `-y`) is not there.
 */
export const tcpdump = program(function* (process, args) {
  let options: Options;
  try {
    options = getOptions(args, {
      letters: 'Ac:Deghi:lnNpqQ:r:s:StUvw:xXKOZ:#bfuk',
      long: {
        count: 'k',
        interface: 'i',
        'list-interfaces': 'D',
        help: 'h',
        version: 'h',
        number: '#',
        direction: 'Q',
        'snapshot-length': 's',
        'packet-buffered': 'U',
        'no-promiscuous-mode': 'p',
        'absolute-tcp-sequence-numbers': 'S',
        print: 'g',
      },
    });
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    yield* printError(process, `tcpdump: ${error.message}\n${VERSION}${USAGE}`);
    return 1;
  }
  if (options.has('h')) {
    yield* printError(process, VERSION + (args.includes('--version') ? '' : USAGE));
    return 0;
  }
  if (options.has('D')) return yield* listInterfaces(process);
  try {
    const file = options.value('r');
    return file === undefined ? yield* listen(process, options) : yield* reread(process, options, file);
  } catch (error) {
    if (error instanceof FilterError) {
      yield* printError(process, `tcpdump: can't parse filter expression: ${error.message}\n`);
      return 1;
    }
    if (!(error instanceof CaptureError)) throw error;
    yield* printError(process, `tcpdump: ${error.message}\n`);
    return 1;
  }
});

function* listInterfaces(process: Process): Task<number> {
  const all = process.networkInterfaces().filter(({ kind }) => kind !== 'dummy');
  const outward = all.filter(({ name }) => name !== 'lo').map(({ name }) => `${name} [Up, Running, Connected]`);
  const lines = [
    ...outward,
    'any (Pseudo-device that captures on all interfaces) [Up, Running]',
    'lo [Up, Running, Loopback]',
  ];
  yield* print(process, lines.map((line, at) => `${at + 1}.${line}\n`).join(''));
  return 0;
}

/** Addresses of the names in an expression; two passes, since a filter is compiled at once and a resolver waits. */
function* filterOf(process: Process, options: Options): Task<(frame: Frame) => boolean> {
  const expression = options.operands.join(' ');
  const names = new Set<string>();
  compileFilter(expression, (name) => {
    names.add(name);
    return ['0.0.0.0'];
  });
  const known = new Map<string, readonly string[]>();
  for (const name of names) {
    const address = yield* resolveHost(process, name);
    if (address !== undefined) known.set(name, [address]);
  }
  return compileFilter(expression, (name) => known.get(name));
}

function countOf(options: Options): number {
  const text = options.value('c');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const count = Number(text);
  if (!Number.isInteger(count) || count <= 0) throw new CaptureError(`invalid packet count ${text}`);
  return count;
}

function snapshotOf(options: Options): number {
  const text = options.value('s') ?? '0';
  const length = Number(text);
  if (!Number.isInteger(length) || length < 0 || length > SNAPSHOT_LENGTH)
    throw new CaptureError(`invalid snaplen ${text}`);
  return length === 0 ? SNAPSHOT_LENGTH : length;
}

function deviceOf(process: Process, options: Options): NetworkInterface | undefined {
  const all = process.networkInterfaces();
  const name = options.value('i') ?? all.find((each) => each.name !== 'lo' && each.kind !== 'dummy')?.name ?? 'lo';
  if (name === ANY) return undefined;
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new CaptureError(`${name}: No such device exists\n(No such device exists)`);
  return found;
}

function* listen(process: Process, options: Options): Task<number> {
  const [count, snapshot] = [countOf(options), snapshotOf(options)];
  const direction = options.value('Q') ?? 'inout';
  if (!['in', 'out', 'inout'].includes(direction)) throw new CaptureError(`unknown capture direction \`${direction}'`);
  const device = deviceOf(process, options);
  const name = device?.name ?? ANY;
  const link = device === undefined ? LINK_TYPES.cooked : LINK_TYPES.ethernet;
  let test = (_: Frame): boolean => false;
  const isWanted = (frame: Frame) => direction === 'inout' || (frame.direction === 'Out') === (direction === 'out');
  const fd = openSocket(process, device, (frame) => isWanted(frame) && test(frame));
  if (device === undefined && !options.has('w')) yield* printError(process, `tcpdump: data link type ${link.name}\n`);
  test = yield* filterOf(process, options);
  yield* printError(
    process,
    greeting(
      options,
      `listening on ${name}, link-type ${link.name} (${link.description}), snapshot length ${snapshot} bytes`,
    ),
  );
  process.setSignalAction('INT', 'catch');
  process.setSignalAction('TERM', 'catch');
  const sink = yield* openSink(process, options, link, snapshot);
  let captured = 0;
  let heard: Heard = { frames: [], received: 0, dropped: 0 };
  let interrupted = false;
  while (captured < count && !interrupted) {
    try {
      yield* process.poll([fd]);
    } catch (error) {
      if (errnoOf(error).code !== 'EINTR') throw error;
    }
    interrupted = process.takeSignals().length > 0;
    heard = process.ioctl(fd, {}) as Heard;
    for (const frame of heard.frames) {
      if (captured >= count) break;
      captured += 1;
      yield* sink(frame);
    }
    interrupted ||= process.takeSignals().length > 0;
  }
  if (interrupted && !options.has('w')) yield* print(process, '\n');
  if (options.has('k')) yield* print(process, `${counted(captured, 'packet')}\n`);
  const { received, dropped } = heard;
  yield* printError(
    process,
    `${counted(captured, 'packet')} captured\n${counted(received, 'packet')} received by filter\n${counted(dropped, 'packet')} dropped by kernel\n`,
  );
  process.close(fd);
  return 0;
}

function openSocket(
  process: Process,
  device: NetworkInterface | undefined,
  accepts: (frame: Frame) => boolean,
): number {
  try {
    return process.openPacketSocket((fabric: Fabric) => new PacketCapture(fabric), {
      interfaceName: device?.name,
      accepts,
    });
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'EPERM') throw error;
    throw new CaptureError(
      `${device?.name ?? ANY}: You don't have permission to perform this capture on that device\n(Attempt to create packet socket failed - CAP_NET_RAW may be required)`,
    );
  }
}

function greeting(options: Options, line: string): string {
  if (options.has('w') || options.has('v')) return `tcpdump: ${line}\n`;
  return `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n${line}\n`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** What is done with each packet: it goes to a file, onto the screen, or is only counted. */
function* openSink(
  process: Process,
  options: Options,
  link: LinkType,
  snapshot: number,
): Task<(frame: Frame) => Task<void>> {
  const path = options.value('w');
  if (path !== undefined) {
    const fd = path === '-' ? 1 : openFile(process, path);
    yield* process.write(fd, fileHeader(link, snapshot));
    return (frame) => process.write(fd, recordBytes(link, frame, snapshot));
  }
  if (options.has('k')) return nothing;
  const text = new FrameText(link, lineOptions(options));
  return function* (frame) {
    const kept = frame.payload.length > snapshot ? { ...frame, payload: frame.payload.subarray(0, snapshot) } : frame;
    if (!options.has('n')) yield* learnNames(process, text, kept);
    yield* print(process, text.of(kept));
  };
}

function* nothing(): Task<void> {}

function openFile(process: Process, path: string): number {
  try {
    return process.open(path, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new CaptureError(`${path}: ${errnoOf(error).message}`);
  }
}

function lineOptions(options: Options): LineOptions {
  return {
    numeric: options.has('n'),
    verbosity: options.values('v').length,
    quick: options.has('q'),
    absolute: options.has('S'),
    link: options.has('e'),
    numbered: options.has('#'),
    time: options.values('t').length,
    dump: options.has('A') ? 'text' : options.has('X') ? 'both' : options.has('x') ? 'hex' : undefined,
    dumpsLink: options.values('X').length > 1 || options.values('x').length > 1,
  };
}

/** Asks the name server who has an address, once; that can itself be seen in what is captured. */
function* learnNames(process: Process, text: FrameText, frame: Frame): Task<void> {
  for (const address of addressesOf(frame)) {
    if (text.names.has(address)) continue;
    text.names.set(address, address === '127.0.0.1' ? 'localhost' : address);
    const config = resolverConfig(process);
    const [server] = config.servers;
    if (server === undefined || address.startsWith('127.')) continue;
    const name = yield* nameOf(process, server, address, config.timeoutMs);
    if (name !== undefined) text.names.set(address, name.replace(/\.$/, ''));
  }
}

/** Whoever is interrupted while waiting for a name does without it. */
function* nameOf(process: Process, server: string, address: string, timeoutMs: number): Task<string | undefined> {
  try {
    const answer = yield* ask(process, server, reverseName(address), 'PTR', { timeoutMs });
    return answer?.message.answers.find(({ type }) => type === 'PTR')?.data;
  } catch (error) {
    if (errnoOf(error).code !== 'EINTR') throw error;
    return undefined;
  }
}

function* reread(process: Process, options: Options, path: string): Task<number> {
  const [count, snapshot] = [countOf(options), snapshotOf(options)];
  let file: CaptureFile;
  try {
    file = readCaptureFile(path === '-' ? yield* readAll(process, 0) : process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) throw new CaptureError(`${path}: ${error.message}`);
    throw new CaptureError((error as Error).message);
  }
  const { link, snapshotLength } = file;
  yield* printError(
    process,
    `reading from file ${path}, link-type ${link.name} (${link.description}), snapshot length ${snapshotLength}\n`,
  );
  const test = yield* filterOf(process, options);
  const sink = yield* openSink(process, options, link, options.has('s') ? snapshot : snapshotLength);
  const names = new Map(process.networkInterfaces().map(({ index, name }) => [index ?? 1, name]));
  let taken = 0;
  for (const frame of file.frames) {
    if (taken >= count) break;
    if (!test(frame)) continue;
    taken += 1;
    yield* sink({ ...frame, interfaceName: names.get(frame.interfaceIndex) ?? '?' });
  }
  if (options.has('k')) yield* print(process, `${counted(taken, 'packet')}\n`);
  if (!file.truncated) return 0;
  yield* printError(process, 'tcpdump: pcap_loop: truncated dump file\n');
  return 1;
}
