import { fail, print } from '../stdio.ts';
import { type InterfaceState, interfacesOf, number, routesOf, socketsOf } from './network-state.ts';
import { getOptions } from './options.ts';
import { program, Usage } from './program.ts';

function maskText(prefixLength: number): string {
  const mask = prefixLength === 0 ? 0 : (~0 << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.');
}

function broadcast(address: string, prefixLength: number): string {
  const value = (number(address) | (prefixLength === 32 ? 0 : 2 ** (32 - prefixLength) - 1)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function linkLines({ name, index, mac, mtu }: InterfaceState): string {
  const loopback = name === 'lo';
  const flags = loopback ? 'LOOPBACK,UP,LOWER_UP' : 'BROADCAST,MULTICAST,UP,LOWER_UP';
  const kind = loopback ? 'loopback' : 'ether';
  return `${index}: ${name}: <${flags}> mtu ${mtu} qdisc noqueue state ${loopback ? 'UNKNOWN' : 'UP'} qlen 1000\n    link/${kind} ${mac} brd ${loopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}\n`;
}

function addressLines({ name, address, prefixLength }: InterfaceState): string {
  if (address === undefined) return '';
  const brd = name === 'lo' ? '' : ` brd ${broadcast(address, prefixLength)}`;
  return `    inet ${address}/${prefixLength}${brd} scope ${name === 'lo' ? 'host' : 'global'} ${name}\n       valid_lft forever preferred_lft forever\n`;
}

export const ip = program(function* (process, args) {
  const brief = args.includes('-br') || args.includes('-brief');
  const [object = '', action = 'show', ...rest] = args.filter((argument) => !argument.startsWith('-'));
  const is = (full: string) => object !== '' && full.startsWith(object);
  if (!['show', 'list', 'ls', 'sh', 's', 'dev', 'get'].includes(action))
    return yield* fail(process, 'RTNETLINK answers: Operation not permitted', 2);
  const device = rest[0] === 'dev' ? rest[1] : action === 'dev' ? rest[0] : rest[0];
  if (is('route')) {
    const interfaces = interfacesOf(process);
    const text = routesOf(process).map((route) => {
      const source = interfaces.find((candidate) => candidate.name === route.name)?.address;
      const via = route.gateway === '0.0.0.0' ? '' : ` via ${route.gateway}`;
      if (route.prefixLength === 0) return `default${via} dev ${route.name}\n`;
      return `${route.destination}/${route.prefixLength}${via} dev ${route.name} scope link${source === undefined ? '' : `  src ${source}`}\n`;
    });
    yield* print(process, text.join(''));
    return 0;
  }
  if (!is('address') && !is('link'))
    throw new Usage(object === '' ? undefined : `invalid argument '${object}' to 'ip'`);
  const shown = interfacesOf(process).filter((candidate) => device === undefined || candidate.name === device);
  if (device !== undefined && shown.length === 0) return yield* fail(process, `can't find device '${device}'`);
  for (const each of shown) {
    if (brief) {
      const state = each.name === 'lo' ? 'UNKNOWN' : 'UP';
      const last = is('link')
        ? `${each.mac} `
        : each.address === undefined
          ? ''
          : `${each.address}/${each.prefixLength} `;
      yield* print(process, `${each.name.padEnd(16)} ${state.padEnd(14)} ${last}\n`);
    } else yield* print(process, linkLines(each) + (is('link') ? '' : addressLines(each)));
  }
  return 0;
});

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

export const netstat = program(function* (process, args) {
  const options = getOptions(args, { letters: 'tulnpaWre' });
  if (options.has('r')) {
    const rows = routesOf(process).map(
      (route) =>
        `${route.destination.padEnd(16)}${route.gateway.padEnd(16)}${maskText(route.prefixLength).padEnd(16)}U${route.gateway === '0.0.0.0' ? ' ' : 'G'}    0 0          0 ${route.name}\n`,
    );
    yield* print(
      process,
      `Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n${rows.join('')}`,
    );
    return 0;
  }
  const sockets = socketsOf(process).filter(({ state }) =>
    state === 'LISTEN' ? options.has('l') || options.has('a') : !options.has('l'),
  );
  const title = options.has('a') ? 'servers and established' : options.has('l') ? 'only servers' : 'w/o servers';
  const rows = sockets.map(
    ({ local, remote, state }) =>
      `tcp        0      0 ${local.padEnd(23)} ${remote.replace(/:0$/, ':*').padEnd(23)} ${state.padEnd(11)} ${options.has('p') ? '-' : ''}\n`,
  );
  yield* print(
    process,
    `Active Internet connections (${title})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${options.has('p') ? 'PID/Program name    ' : ''}\n${rows.join('')}`,
  );
  return 0;
});

export const ss = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'tulnpa4H',
    long: { listening: 'l', tcp: 't', numeric: 'n', all: 'a', processes: 'p' },
  });
  const sockets = socketsOf(process).filter(({ state }) =>
    state === 'LISTEN' ? options.has('l') || options.has('a') : !options.has('l'),
  );
  const names: Readonly<Record<string, string>> = {
    ESTABLISHED: 'ESTAB',
    CLOSE_WAIT: 'CLOSE-WAIT',
    FIN_WAIT2: 'FIN-WAIT-2',
    TIME_WAIT: 'TIME-WAIT',
  };
  const rows = sockets.map(
    ({ local, remote, state }) =>
      `${(names[state] ?? state).padEnd(11)}0      ${(state === 'LISTEN' ? '4096' : '0').padEnd(7)}${local.padStart(20)} ${remote.replace(/:0$/, ':*').padStart(20)}\n`,
  );
  const head = options.has('H')
    ? ''
    : `State      Recv-Q Send-Q ${'Local Address:Port'.padStart(20)} ${'Peer Address:Port'.padStart(20)}\n`;
  yield* print(process, head + rows.join(''));
  return 0;
});
