import { print } from '../stdio.ts';
import type { Process, SocketInfo } from '../syscalls.ts';
import { maskText } from './network-programs.ts';
import { routesOf } from './network-state.ts';
import { getOptions, type Options } from './options.ts';
import { listProcesses } from './process-list.ts';
import { errnoOf, program } from './program.ts';

// netstat and ss.

/** Without -t and -u both protocols count; without -l and -a only what is connected. */
function chosen(process: Process, options: Options): SocketInfo[] {
  const both = options.has('t') === options.has('u');
  return process.sockets().filter(({ protocol, state }) => {
    if (!both && !options.has(protocol === 'tcp' ? 't' : 'u')) return false;
    const waiting = state === 'LISTEN' || state === 'UNCONN';
    return waiting ? options.has('l') || options.has('a') : !options.has('l');
  });
}

interface Owner {
  readonly pid: number;
  readonly name: string;
  readonly fd: string;
}

/** Which process has which socket, as far as the caller may look. */
function ownersOf(process: Process): ReadonlyMap<number, Owner> {
  const owners = new Map<number, Owner>();
  for (const { pid, name } of listProcesses(process)) {
    try {
      for (const { name: fd } of process.readdir(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(process.readlink(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode !== undefined && !owners.has(Number(inode))) owners.set(Number(inode), { pid, name, fd });
      }
    } catch (error) {
      errnoOf(error);
    }
  }
  return owners;
}

const text = (end: { address: string; port: number } | undefined) =>
  end === undefined ? '0.0.0.0:*' : `${end.address}:${end.port}`;

const NETSTAT_STATES: Readonly<Record<SocketInfo['state'], string>> = {
  LISTEN: 'LISTEN',
  ESTAB: 'ESTABLISHED',
  'FIN-WAIT': 'FIN_WAIT2',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  UNCONN: '',
};

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
  const owners = options.has('p') ? ownersOf(process) : undefined;
  const title = options.has('a') ? 'servers and established' : options.has('l') ? 'only servers' : 'w/o servers';
  const rows = chosen(process, options).map(({ protocol, local, remote, state, inode }) => {
    const owner = owners?.get(inode);
    const program = owners === undefined ? '' : owner === undefined ? '-' : `${owner.pid}/${owner.name}`;
    return `${protocol.padEnd(11)}0      0 ${text(local).padEnd(23)} ${text(remote).padEnd(23)} ${NETSTAT_STATES[state].padEnd(11)} ${program}\n`;
  });
  yield* print(
    process,
    `Active Internet connections (${title})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${options.has('p') ? 'PID/Program name    ' : ''}\n${rows.join('')}`,
  );
  return 0;
});

export const ss = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'tulnpa4Hoies',
    long: { listening: 'l', tcp: 't', udp: 'u', numeric: 'n', all: 'a', processes: 'p', 'no-header': 'H' },
  });
  const owners = options.has('p') ? ownersOf(process) : undefined;
  const mixed = options.has('t') === options.has('u');
  const rows = chosen(process, options).map(({ protocol, local, remote, state, inode }) => {
    const owner = owners?.get(inode);
    const users = owner === undefined ? '' : ` users:(("${owner.name}",pid=${owner.pid},fd=${owner.fd}))`;
    const name = mixed ? `${protocol.padEnd(6)}` : '';
    const queue = state === 'LISTEN' ? '4096' : '0';
    return `${name}${state.padEnd(11)}0      ${queue.padEnd(7)}${text(local).padStart(20)} ${text(remote).padStart(20)}${users}\n`;
  });
  const head = options.has('H')
    ? ''
    : `${mixed ? 'Netid ' : ''}State      Recv-Q Send-Q ${'Local Address:Port'.padStart(20)} ${'Peer Address:Port'.padStart(20)}${options.has('p') ? ' Process' : ''}\n`;
  yield* print(process, head + rows.join(''));
  return 0;
});
