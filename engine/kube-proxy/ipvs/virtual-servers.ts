import type { EndpointChoice } from '../endpoint-choice.ts';
import type { ServicePort } from '../service-port.ts';

/** A virtual server as kube-proxy wants it. */
export interface WantedServer {
  /** `-t 10.96.0.1:443` */
  readonly service: string;
  /** `-s rr -p 10800` */
  readonly scheduling: string;
  /** Real servers by `address:port`. */
  readonly reals: ReadonlySet<string>;
}

/** The virtual servers of one Service port: its addresses, and its node port on each of the node's. */
export function wantedServers(
  service: ServicePort,
  choice: EndpointChoice,
  nodeAddresses: readonly string[],
  scheduler: string,
): readonly WantedServer[] {
  const { protocol, port, nodePort, clusterIp, externalIps, loadBalancerIps, affinitySeconds } = service;
  if (protocol === 'sctp') return [];
  const option = protocol === 'tcp' ? '-t' : '-u';
  const scheduling = `-s ${scheduler}${affinitySeconds === undefined ? '' : ` -p ${affinitySeconds}`}`;
  const realsOf = (isLocal: boolean) => new Set((isLocal ? choice.local : choice.cluster).map(({ text }) => text));
  const internal = realsOf(service.internalLocal);
  const external = realsOf(service.externalLocal);
  const at = (address: string, number: number, reals: ReadonlySet<string>): WantedServer => ({
    service: `${option} ${address}:${number}`,
    scheduling,
    reals,
  });
  return [
    at(clusterIp, port, internal),
    ...[...externalIps, ...loadBalancerIps].map((address) => at(address, port, external)),
    ...(nodePort === 0 ? [] : nodeAddresses.map((address) => at(address, nodePort, external))),
  ];
}

/** What `ipvsadm -Sn` tells of a virtual server. */
export interface FoundServer {
  readonly scheduling: string;
  /** Weights by `address:port`. */
  readonly reals: ReadonlyMap<string, number>;
}

/** Reads `ipvsadm -Sn`, by service. */
export function readServers(text: string): ReadonlyMap<string, FoundServer> {
  const found = new Map<string, { scheduling: string; reals: Map<string, number> }>();
  for (const line of text.split('\n')) {
    const [, command, service = '', rest = ''] = /^-([Aa]) (-[tu] \S+) (.*)$/.exec(line) ?? [];
    if (command === 'A') found.set(service, { scheduling: rest, reals: new Map() });
    else if (command === 'a') {
      const [, real = '', weight = '1'] = /^-r (\S+) -m -w (\d+)$/.exec(rest) ?? [];
      found.get(service)?.reals.set(real, Number(weight));
    }
  }
  return found;
}

export interface ServerChanges {
  /** For `ipvsadm -R`. */
  readonly lines: readonly string[];
  /** Real servers that get nothing new and may finish what they have: `-t 10.96.0.1:443 -r 10.244.1.2:80`. */
  readonly leaving: readonly string[];
  /** Those that are wanted again. */
  readonly returning: readonly string[];
}

/** What leads from what is there to what is wanted. A server of TCP that is not wanted any more leaves in its own time. */
export function serverChanges(
  found: ReadonlyMap<string, FoundServer>,
  wanted: ReadonlyMap<string, WantedServer>,
): ServerChanges {
  const lines: string[] = [];
  const leaving: string[] = [];
  const returning: string[] = [];
  for (const { service, scheduling, reals } of wanted.values()) {
    const old = found.get(service);
    if (old === undefined) lines.push(`-A ${service} ${scheduling}`);
    else if (old.scheduling !== scheduling) lines.push(`-E ${service} ${scheduling}`);
    for (const real of reals) {
      const weight = old?.reals.get(real);
      if (weight === undefined) lines.push(`-a ${service} -r ${real} -m -w 1`);
      else if (weight === 0) {
        lines.push(`-e ${service} -r ${real} -m -w 1`);
        returning.push(`${service} -r ${real}`);
      }
    }
    for (const [real, weight] of old?.reals ?? []) {
      if (reals.has(real) || weight === 0) continue;
      if (service.startsWith('-u')) lines.push(`-d ${service} -r ${real}`);
      else {
        lines.push(`-e ${service} -r ${real} -m -w 0`);
        leaving.push(`${service} -r ${real}`);
      }
    }
  }
  for (const service of found.keys()) if (!wanted.has(service)) lines.push(`-D ${service}`);
  return { lines, leaving, returning };
}

/** Of `ipvsadm -Ln`: the connections of each real server, by `-t service -r real`. */
export function connectionCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let service = '';
  for (const line of text.split('\n')) {
    const [, protocol, virtual] = /^(TCP|UDP) +(\S+) /.exec(line) ?? [];
    if (protocol !== undefined) service = `${protocol === 'TCP' ? '-t' : '-u'} ${virtual}`;
    const [, real, active, inactive] = /^ {2}-> (\S+) +Masq +\d+ +(\d+) +(\d+)/.exec(line) ?? [];
    if (real !== undefined) counts.set(`${service} -r ${real}`, Number(active) + Number(inactive));
  }
  return counts;
}
