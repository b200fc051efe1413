import { type RealServer, serverKey, type Traffic, type VirtualServer } from '../../net/ipvs/virtual-server.ts';
import { TIMEOUTS_MS, type VirtualConnection } from '../../net/ipvs/virtual-servers.ts';

// What ipvsadm prints.

const TITLE = 'IP Virtual Server version 1.2.1 (size=4096)\n';

const seconds = (ms: number) => ms / 1000;

export const TIMEOUT_LISTING = `Timeout (tcp tcpfin udp): ${seconds(TIMEOUTS_MS.tcp)} ${seconds(TIMEOUTS_MS.tcpFin)} ${seconds(TIMEOUTS_MS.udp)}\n`;

function nameOf({ address, port }: Pick<RealServer, 'address' | 'port'>): string {
  return `${address}:${port}`;
}

/** `ipvsadm -Ln` */
export function serverListing(servers: readonly VirtualServer[]): string {
  const lines = servers.map((server) => {
    const persistent = server.persistence === undefined ? '' : ` persistent ${server.persistence}`;
    const reals = server.reals.map((real) => {
      const { weight, activeConnections, inactiveConnections } = real;
      const counts = `${String(activeConnections).padEnd(10)} ${String(inactiveConnections).padEnd(10)}`;
      return `  -> ${nameOf(real).padEnd(28)} Masq    ${String(weight).padEnd(6)} ${counts}\n`;
    });
    return `${titleOf(server)} ${server.scheduler}${persistent}\n${reals.join('')}`;
  });
  const head =
    'Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n';
  return `${TITLE}${head}${lines.join('')}`;
}

function titleOf(server: VirtualServer): string {
  return serverKey(server).replace(' ', '  ');
}

/** `ipvsadm -Ln --stats`. Only a connection's first packet is counted here, and answers are not. */
export function statisticsListing(servers: readonly VirtualServer[]): string {
  const figures = ({ connections, packets, bytes }: Traffic) =>
    [connections, packets, 0, bytes, 0].map((figure) => ` ${largeNumber(figure).padStart(8)}`).join('');
  const lines = servers.map((server) => {
    const reals = server.reals.map((real) => `  -> ${nameOf(real).padEnd(28)}${figures(real.traffic)}\n`);
    return `${titleOf(server).padEnd(33)}${figures(server.traffic)}\n${reals.join('')}`;
  });
  const head =
    'Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\n';
  return `${TITLE}${head}${lines.join('')}`;
}

/** Eight characters hold it: `12345K` */
function largeNumber(figure: number): string {
  if (figure < 100_000_000) return String(figure);
  return figure < 100_000_000_000 ? `${Math.floor(figure / 1000)}K` : `${Math.floor(figure / 1_000_000)}M`;
}

/** `ipvsadm -Lnc` */
export function connectionListing(connections: readonly VirtualConnection[], nowMs: number): string {
  const lines = connections.map(({ protocol, client, virtual, real, state, expiresMs }) => {
    const left = Math.max(0, Math.ceil((expiresMs - nowMs) / 1000));
    const expire = `${String(Math.floor(left / 60)).padStart(2, '0')}:${String(left % 60).padStart(2, '0')}`;
    const ends = `${nameOf(client).padEnd(18)} ${nameOf(virtual).padEnd(18)} ${nameOf(real)}`;
    return `${protocol.toUpperCase()} ${expire}  ${state.padEnd(11)} ${ends}\n`;
  });
  return `IPVS connection entries\npro expire state       source             virtual            destination\n${lines.join('')}`;
}

/** `ipvsadm -Sn`: what `ipvsadm -R` takes. */
export function saveText(servers: readonly VirtualServer[]): string {
  return servers
    .map((server) => {
      const service = `${server.protocol === 'tcp' ? '-t' : '-u'} ${nameOf(server)}`;
      const persistent = server.persistence === undefined ? '' : ` -p ${server.persistence}`;
      const reals = server.reals.map((real) => `-a ${service} -r ${nameOf(real)} -m -w ${real.weight}\n`);
      return `-A ${service} -s ${server.scheduler}${persistent}\n${reals.join('')}`;
    })
    .join('');
}
