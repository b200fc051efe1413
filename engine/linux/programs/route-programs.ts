import type { Task } from '../../sim/index.ts';
import { fail, print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { interfaceTo, maskText } from './network-programs.ts';
import { number, routesOf } from './network-state.ts';
import { getOptions } from './options.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';

// route and arp, as net-tools and busybox have them.

const ROUTE_TITLE =
  'Kernel IP routing table\n' + 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n';

/** https://man7.org/linux/man-pages/man8/route.8.html */
export const route = program(function* (process, args, flavour) {
  const change = args.findIndex((word) => word === 'add' || word === 'del');
  if (change >= 0) return yield* changeRoute(process, args[change] as 'add' | 'del', args.slice(change + 1));
  const options = getOptions(args, { letters: 'neA:v4' });
  if (options.operands.length > 0) throw new Usage();
  const named = !options.has('n');
  const routes = routesOf(process).sort((one, other) => number(one.destination) - number(other.destination));
  const rows = routes.map(({ name, destination, gateway, prefixLength }) => {
    const flags = `U${gateway === '0.0.0.0' ? '' : 'G'}${prefixLength === 32 ? 'H' : ''}`;
    const target = named && prefixLength === 0 ? 'default' : destination;
    // What has no gateway is a star to busybox; net-tools have long written zeros.
    const way = named && flavour === 'busybox' && gateway === '0.0.0.0' ? '*' : gateway;
    const columns = [target, way, maskText(prefixLength)].map((text) => text.padEnd(15)).join(' ');
    return `${columns} ${flags.padEnd(6)}0      0        0 ${name}\n`;
  });
  yield* print(process, ROUTE_TITLE + rows.join(''));
  return 0;
});

/** `route add -net 10.9.0.0 netmask 255.255.0.0 gw 10.0.0.1 eth0` */
function* changeRoute(process: Process, action: 'add' | 'del', words: readonly string[]): Task<number> {
  const plain = words.filter((word) => word !== '-net' && word !== '-host');
  const after = (...keywords: readonly string[]) => {
    const at = plain.findIndex((word) => keywords.includes(word));
    return at < 0 ? undefined : plain[at + 1];
  };
  const [target = '', ...rest] = plain;
  const match = /^(\d+(?:\.\d+){3})(?:\/(\d+))?$/.exec(target);
  if (target !== 'default' && match === null) {
    if (target === '') throw new Usage();
    return yield* fail(process, `can't resolve '${target}'`);
  }
  const mask = after('netmask');
  const destination = match?.[1] ?? '0.0.0.0';
  const prefixLength = target === 'default' ? 0 : match?.[2] !== undefined ? Number(match[2]) : lengthOf(mask);
  const gateway = after('gw');
  const last = rest.at(-1);
  const keyword = rest.at(-2);
  const isDevice = last !== undefined && !['gw', 'netmask', 'metric'].includes(keyword ?? '');
  const interfaceName = after('dev') ?? (isDevice ? last : interfaceTo(process, gateway));
  try {
    if (action === 'del') process.deleteRoute({ destination, prefixLength });
    else process.addRoute({ destination, prefixLength, interfaceName, ...(gateway !== undefined && { gateway }) });
    return 0;
  } catch (error) {
    return yield* fail(process, `SIOC${action === 'add' ? 'ADD' : 'DEL'}RT: ${errnoOf(error).message}`);
  }
}

/** The length of a prefix that is written as a mask; a host's without one. */
function lengthOf(mask: string | undefined): number {
  if (mask === undefined) return 32;
  for (let length = 0; length <= 32; length++) if (maskText(length) === mask) return length;
  throw new Usage(`bogus netmask ${mask}`);
}

const ARP_TITLE = 'Address                  HWtype  HWaddress           Flags Mask            Iface\n';

/** https://man7.org/linux/man-pages/man8/arp.8.html */
export const arp = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'anevdsi:D' });
  if (options.has('d') || options.has('s')) return yield* fail(process, 'changing the table is not supported');
  const [wanted] = options.operands;
  const all = process.neighbours();
  const shown = all.filter(({ address }) => wanted === undefined || address === wanted);
  if (wanted !== undefined && shown.length === 0) {
    yield* printError(process, notFound(flavour, wanted, all.length));
    return 1;
  }
  if (flavour === 'gnu' && !options.has('a')) {
    const rows = shown.map(({ address, mac, interfaceName }) => {
      const link =
        mac === undefined
          ? `${''.padEnd(8)}${'(incomplete)'.padEnd(26)}`
          : `${'ether'.padEnd(8)}${mac.padEnd(20)}${'C'.padEnd(6)}`;
      return `${address.padEnd(23)}  ${link}${''.padEnd(15)} ${interfaceName}\n`;
    });
    if (rows.length > 0) yield* print(process, ARP_TITLE + rows.join(''));
    return 0;
  }
  // busybox leaves room for the word `PERM`.
  const gap = flavour === 'gnu' ? ' ' : '  ';
  for (const { address, mac, interfaceName } of shown) {
    const link = mac === undefined ? '<incomplete>' : `${mac} [ether]`;
    yield* print(process, `? (${address}) at ${link}${gap}on ${interfaceName}\n`);
  }
  return 0;
});

function notFound(flavour: Flavour, address: string, entries: number): string {
  return flavour === 'gnu' ? `${address} (${address}) -- no entry\n` : `No match found in ${entries} entries\n`;
}
