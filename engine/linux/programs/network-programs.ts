import type { Task } from '../../sim/index.ts';
import { fail, print, printError } from '../stdio.ts';
import type { Process, Route } from '../syscalls.ts';
import { type InterfaceState, interfacesOf, number } from './network-state.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';

export function maskText(prefixLength: number): string {
  const mask = prefixLength === 0 ? 0 : (~0 << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.');
}

function broadcast(address: string, prefixLength: number): string {
  const value = (number(address) | (prefixLength === 32 ? 0 : 2 ** (32 - prefixLength) - 1)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function linkLines({ name, title, index, mac, mtu, kind, master }: InterfaceState, flavour: Flavour): string {
  const loopback = name === 'lo';
  // A dummy carries addresses also when it is down, as kube-proxy leaves it.
  const dummy = kind === 'dummy';
  const flags = loopback ? 'LOOPBACK,UP,LOWER_UP' : dummy ? 'BROADCAST,NOARP' : 'BROADCAST,MULTICAST,UP,LOWER_UP';
  const state = loopback ? 'UNKNOWN' : dummy ? 'DOWN' : 'UP';
  const port = master === undefined ? '' : ` master ${master}`;
  const group = flavour === 'gnu' ? ' group default' : '';
  const peer = flavour === 'gnu' && kind === 'veth' ? ' link-netnsid 0' : '';
  const [link, brd] = loopback ? ['loopback', '00:00:00:00:00:00'] : ['ether', 'ff:ff:ff:ff:ff:ff'];
  return `${index}: ${title}: <${flags}> mtu ${mtu} qdisc ${dummy ? 'noop' : 'noqueue'}${port} state ${state}${group} qlen 1000\n    link/${link} ${mac} brd ${brd}${peer}\n`;
}

function addressLines({ name, kind, addresses }: InterfaceState): string {
  return addresses
    .map(({ address, prefixLength }) => {
      const brd = name === 'lo' || kind === 'dummy' ? '' : ` brd ${broadcast(address, prefixLength)}`;
      return `    inet ${address}/${prefixLength}${brd} scope ${name === 'lo' ? 'host' : 'global'} ${name}\n       valid_lft forever preferred_lft forever\n`;
    })
    .join('');
}

export const ip = program(function* (process, args, flavour) {
  const [object = '', action = 'show', ...rest] = args.filter((argument) => !argument.startsWith('-'));
  const is = (full: string) => object !== '' && full.startsWith(object);
  if (is('route') && ['add', 'del', 'delete', 'append', 'replace'].includes(action)) {
    return yield* changeRoute(process, action, rest);
  }
  if (!['show', 'list', 'ls', 'sh', 's', 'dev', 'get'].includes(action))
    return yield* fail(process, 'RTNETLINK answers: Operation not permitted', 2);
  if (is('route') && action === 'get') return yield* routeTo(process, rest[0] ?? '');
  if (object.length > 0 && 'neighbour'.startsWith(object)) {
    for (const { address, mac, interfaceName, state } of process.neighbours()) {
      yield* print(process, `${address} dev ${interfaceName}${mac === undefined ? '' : ` lladdr ${mac}`} ${state} \n`);
    }
    return 0;
  }
  if (object === 'netns') return 0;
  if (object.length > 1 && 'rule'.startsWith(object)) {
    yield* print(process, RULES);
    return 0;
  }
  if (is('route')) {
    const after = (keyword: string) => (rest.includes(keyword) ? rest[rest.indexOf(keyword) + 1] : undefined);
    const [wantedDevice, wantedProtocol] = [after('dev'), after('proto')];
    const shown = process
      .routes()
      .filter(
        ({ interfaceName, protocol }) =>
          (wantedDevice ?? interfaceName) === interfaceName && (wantedProtocol ?? protocol) === protocol,
      );
    shown.sort((one, other) => number(one.destination) - number(other.destination));
    yield* print(process, shown.map((route) => routeLine(route, flavour)).join(''));
    return 0;
  }
  if (!is('address') && !is('link'))
    throw new Usage(object === '' ? undefined : `invalid argument '${object}' to 'ip'`);
  return yield* showInterfaces(process, args, rest, { isLink: is('link'), flavour });
});

/** `ip rule`: which table is asked first. There are the three that every machine has. */
const RULES = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';

/** `ip [-br|-o|-4] address|link [show [dev] NAME | type KIND | master NAME]` */
function* showInterfaces(
  process: Process,
  args: readonly string[],
  words: readonly string[],
  { isLink, flavour }: { readonly isLink: boolean; readonly flavour: Flavour },
): Task<number> {
  const has = (...options: readonly string[]) => args.some((argument) => options.includes(argument));
  const after = (keyword: string) => (words.includes(keyword) ? words[words.indexOf(keyword) + 1] : undefined);
  const [type, master] = [after('type'), after('master')];
  const named = words.find((word, at) => !['dev', 'up', 'type', 'master'].includes(word) && words[at - 1] !== 'type');
  const device = master === undefined ? named : after('dev');
  const all = interfacesOf(process);
  if (device !== undefined && all.every(({ name }) => name !== device)) {
    yield* printError(process, `Device "${device}" does not exist.\n`);
    return 1;
  }
  const onlyIpv4 = has('-4') && !isLink;
  const shown = all.filter(
    ({ name, kind, master: bridge, addresses }) =>
      (device ?? name) === name &&
      (type === undefined || kind === type) &&
      (master === undefined || bridge === master) &&
      (!onlyIpv4 || addresses.length > 0),
  );
  for (const each of shown) {
    if (has('-br', '-brief')) yield* print(process, briefLine(each, isLink));
    else if (has('-o', '-oneline')) yield* print(process, oneLine(each, isLink, flavour));
    else {
      const [head = '', link = ''] = linkLines(each, flavour).split('\n');
      const lines = onlyIpv4 ? `${head}\n` : `${head}\n${link}\n`;
      yield* print(process, lines + (isLink ? '' : addressLines(each)));
    }
  }
  return 0;
}

function briefLine({ name, title, kind, mac, addresses }: InterfaceState, isLink: boolean): string {
  const state = name === 'lo' ? 'UNKNOWN' : kind === 'dummy' ? 'DOWN' : 'UP';
  const flags =
    name === 'lo' ? 'LOOPBACK,UP,LOWER_UP' : kind === 'dummy' ? 'BROADCAST,NOARP' : 'BROADCAST,MULTICAST,UP,LOWER_UP';
  const last = isLink
    ? `${mac} <${flags}> `
    : addresses.map(({ address, prefixLength }) => `${address}/${prefixLength} `).join('');
  return `${title.padEnd(16)} ${state.padEnd(14)} ${last}\n`;
}

/** A record a line: what would be the next line comes behind a backslash. */
function oneLine(state: InterfaceState, isLink: boolean, flavour: Flavour): string {
  if (isLink) return `${linkLines(state, flavour).trimEnd().replaceAll('\n', '\\')}\n`;
  const lines = addressLines(state).split('\n');
  const records = state.addresses.map((_, at) => `${lines[2 * at]!.trim()}\\${lines[2 * at + 1]}`);
  return records.map((record) => `${state.index}: ${state.name}    ${record}\n`).join('');
}

function routeLine(
  { destination, prefixLength, gateway, interfaceName, protocol, source }: Route,
  flavour: Flavour,
): string {
  const network = prefixLength === 0 ? 'default' : `${destination}/${prefixLength}`;
  const words = [network];
  if (gateway !== undefined) words.push(`via ${gateway}`);
  words.push(`dev ${interfaceName}`);
  if (flavour === 'gnu' && protocol !== undefined) words.push(`proto ${protocol}`);
  if (gateway === undefined && prefixLength > 0) words.push('scope link');
  if (source !== undefined) words.push(flavour === 'gnu' ? `src ${source}` : ` src ${source}`);
  return `${words.join(' ')} \n`;
}

/** `ip route add 10.9.0.0/16 via 10.0.0.1 dev eth0` */
function* changeRoute(process: Process, action: string, words: readonly string[]): Task<number> {
  const [target = ''] = words;
  const after = (keyword: string) => words[words.indexOf(keyword) + 1];
  const match = /^(\d+(?:\.\d+){3})(?:\/(\d+))?$/.exec(target);
  if (target !== 'default' && match === null)
    return yield* fail(process, `Error: inet prefix is expected rather than "${target}".`, 1);
  const destination = match?.[1] ?? '0.0.0.0';
  const prefixLength = target === 'default' ? 0 : Number(match?.[2] ?? 32);
  const gateway = words.includes('via') ? after('via') : undefined;
  const interfaceName = words.includes('dev') ? after('dev')! : interfaceTo(process, gateway);
  const protocol = words.includes('proto') ? after('proto') : undefined;
  try {
    const added = process.routes().some((route) => {
      const same = route.destination === destination && route.prefixLength === prefixLength;
      return same && route.protocol !== 'kernel';
    });
    if (action.startsWith('del') || (action === 'replace' && added)) process.deleteRoute({ destination, prefixLength });
    if (action.startsWith('del')) return 0;
    const details = { ...(gateway !== undefined && { gateway }), ...(protocol !== undefined && { protocol }) };
    process.addRoute({ destination, prefixLength, interfaceName, ...details });
    return 0;
  } catch (error) {
    const { code, message } = errnoOf(error);
    const text = code === 'ENODEV' ? `Cannot find device "${interfaceName}"` : `RTNETLINK answers: ${message}`;
    yield* printError(process, `${text}\n`);
    return code === 'ENODEV' ? 1 : 2;
  }
}

/** Where a gateway is reached, or else the first interface there is. */
export function interfaceTo(process: Process, gateway: string | undefined): string {
  const near = process
    .routes()
    .find((route) => route.protocol === 'kernel' && gateway !== undefined && leadsTo(route, gateway));
  return near?.interfaceName ?? interfacesOf(process).find(({ name }) => name !== 'lo')?.name ?? 'lo';
}

function leadsTo({ destination, prefixLength }: Route, address: string): boolean {
  const size = 2 ** (32 - prefixLength);
  return Math.floor(number(address) / size) === Math.floor(number(destination) / size);
}

/** `ip route get`: the way that a packet to the address would take. */
function* routeTo(process: Process, address: string): Task<number> {
  const best = process
    .routes()
    .filter((route) => leadsTo(route, address))
    .sort((a, b) => b.prefixLength - a.prefixLength)[0];
  if (best === undefined) {
    yield* printError(process, 'RTNETLINK answers: Network is unreachable\n');
    return 2;
  }
  const source = best.source ?? interfacesOf(process).find(({ name }) => name === best.interfaceName)?.address;
  const via = best.gateway === undefined ? '' : ` via ${best.gateway}`;
  yield* print(
    process,
    `${address}${via} dev ${best.interfaceName} src ${source ?? '0.0.0.0'} uid ${process.credentials.uid} \n    cache \n`,
  );
  return 0;
}

export const ifconfig = program(function* (process, args) {
  const wanted = args.find((argument) => !argument.startsWith('-'));
  const shown = interfacesOf(process).filter((each) => wanted === undefined || each.name === wanted);
  if (wanted !== undefined && shown.length === 0)
    return yield* fail(process, `${wanted}: error fetching interface information: Device not found`);
  for (const { name, mac, mtu, address, prefixLength } of shown) {
    const loopback = name === 'lo';
    const link = loopback ? 'Link encap:Local Loopback  ' : `Link encap:Ethernet  HWaddr ${mac.toUpperCase()}  `;
    const brd = loopback || address === undefined ? '' : `  Bcast:${broadcast(address, prefixLength)}`;
    const inet = address === undefined ? '' : `          inet addr:${address}${brd}  Mask:${maskText(prefixLength)}\n`;
    const flags = loopback ? 'UP LOOPBACK RUNNING ' : 'UP BROADCAST RUNNING MULTICAST ';
    yield* print(process, `${name.padEnd(10)}${link}\n${inet}          ${flags} MTU:${mtu}  Metric:1\n\n`);
  }
  return 0;
});
