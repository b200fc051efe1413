import { parseAddress } from '../../net/address.ts';
import type { NetNamespace } from '../../net/network-namespace.ts';
import type { SocketAddress } from '../../syscalls.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { directoryOf, GeneratedInode } from '../../vfs/generated.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { TaskStruct } from '../kernel.ts';

/** /proc/<pid>/net */
export function networkDirectory(fs: FileSystem, task: TaskStruct): Inode {
  const network = task.namespaces.net as NetNamespace;
  const file = (generate: () => string) => () => new GeneratedInode(fs, generate);
  return directoryOf(fs, {
    dev: file(() => deviceText(network)),
    arp: file(() => arpText(network)),
    tcp: file(() => tcpText(network)),
    udp: file(() => datagramText(network)),
    tcp6: file(() => ''),
    unix: file(() => 'Num       RefCount Protocol Flags    Type St Inode Path\n'),
    route: file(() => routeText(network)),
  });
}

function deviceText(network: NetNamespace): string {
  const lines = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  ];
  const zeros = Array.from({ length: 16 }, () => '0').join(' ');
  for (const { name } of network.interfaces) lines.push(`${name.padStart(6)}: ${zeros}`);
  return `${lines.join('\n')}\n`;
}

/** https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
const TCP_STATES = { ESTAB: '01', 'FIN-WAIT': '05', 'CLOSE-WAIT': '08', LISTEN: '0A' } as const;

function tcpText(network: NetNamespace): string {
  const lines = ['  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'];
  const nowhere = { address: '0.0.0.0', port: 0 };
  const add = (local: SocketAddress, remote: SocketAddress, state: keyof typeof TCP_STATES, inode: number) => {
    const number = String(lines.length - 1).padStart(4);
    lines.push(
      `${number}: ${hexAddress(local)} ${hexAddress(remote)} ${TCP_STATES[state]} 00000000:00000000 00:00000000 00000000     0        0 ${inode}`,
    );
  };
  for (const listener of network.listeners) {
    add({ address: listener.address, port: listener.port }, nowhere, 'LISTEN', listener.stat().inode);
  }
  for (const socket of network.sockets) add(socket.local, socket.remote, socket.state, socket.stat().inode);
  return `${lines.join('\n')}\n`;
}

function routeText(network: NetNamespace): string {
  const lines = ['Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'];
  for (const { interfaceName, destination, prefixLength, gateway } of network.routes) {
    const mask = prefixLength === 0 ? 0 : (2 ** 32 - 2 ** (32 - prefixLength)) >>> 0;
    const hex = (address: string | undefined) => littleEndian(parseAddress(address ?? '0.0.0.0') ?? 0);
    const flags = gateway === undefined ? '0001' : '0003';
    lines.push(
      `${interfaceName}\t${hex(destination)}\t${hex(gateway)}\t${flags}\t0\t0\t0\t${littleEndian(mask)}\t0\t0\t0`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function arpText(network: NetNamespace): string {
  const lines = ['IP address       HW type     Flags       HW address            Mask     Device'];
  for (const { address, mac, interfaceName } of network.neighbours) {
    const [flags, hardware] = mac === undefined ? ['0x0', '00:00:00:00:00:00'] : ['0x2', mac];
    lines.push(`${address.padEnd(16)} 0x1         ${flags}         ${hardware}     *        ${interfaceName}`);
  }
  return `${lines.join('\n')}\n`;
}

function datagramText(network: NetNamespace): string {
  const lines = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
  ];
  network.datagrams.forEach((socket, index) => {
    const local = hexAddress({ address: socket.address, port: socket.port });
    lines.push(
      `${String(index).padStart(5)}: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${socket.stat().inode} 2 0000000000000000 0`,
    );
  });
  return `${lines.join('\n')}\n`;
}

function hexAddress({ address, port }: SocketAddress): string {
  return `${littleEndian(parseAddress(address) ?? 0)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

function littleEndian(value: number): string {
  const bytes = [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}
