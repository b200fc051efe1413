import { SERVICE_NAME } from '../api/discovery/slice-service.ts';
import type { EndpointSlice } from '../api/kinds.ts';
import { servicePortName } from './service-port.ts';

/** One endpoint of one port. */
export interface ProxyEndpoint {
  readonly ip: string;
  readonly port: number;
  /** `ip:port` */
  readonly text: string;
  /** On this proxy's node. */
  readonly local: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

const HEADLESS = 'service.kubernetes.io/headless';

type PortEndpoints = ReadonlyMap<string, readonly ProxyEndpoint[]>;

/** The endpoints of every port, by `namespace/service:port`, in the order of their addresses. */
export function endpointsByPort(slices: Iterable<EndpointSlice>, nodeName: string): PortEndpoints {
  return new EndpointTable(nodeName).update(slices);
}

/** The endpoints of every port, kept: those of a Service whose slices have not changed are the same lists as before. */
export class EndpointTable {
  readonly #nodeName: string;
  #services = new Map<string, { readonly slices: readonly EndpointSlice[]; readonly ports: PortEndpoints }>();

  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /** By `namespace/service:port`. */
  update(slices: Iterable<EndpointSlice>): PortEndpoints {
    const groups = new Map<string, EndpointSlice[]>();
    for (const slice of slices) {
      const { metadata, addressType } = slice;
      const service = metadata.labels?.[SERVICE_NAME];
      if (service === undefined || metadata.labels?.[HEADLESS] !== undefined || addressType !== 'IPv4') continue;
      const key = servicePortName(metadata.namespace ?? 'default', service, undefined);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [slice]);
      else group.push(slice);
    }
    const before = this.#services;
    this.#services = new Map();
    const all = new Map<string, readonly ProxyEndpoint[]>();
    for (const [key, group] of groups) {
      const known = before.get(key);
      const same = known?.slices.length === group.length && known.slices.every((slice, at) => slice === group[at]);
      const entry = same ? known : { slices: group, ports: portsOf(key, group, this.#nodeName) };
      this.#services.set(key, entry);
      for (const [port, endpoints] of entry.ports) all.set(port, endpoints);
    }
    return all;
  }
}

/** An endpoint that several slices name (as happens while it moves from one to another) is there once. */
function portsOf(service: string, slices: readonly EndpointSlice[], nodeName: string): PortEndpoints {
  const found = new Map<string, Map<string, ProxyEndpoint>>();
  for (const { endpoints, ports = [] } of slices) {
    for (const { name, port } of ports) {
      if (port === undefined) continue;
      const key = name === undefined || name === '' ? service : `${service}:${name}`;
      let known = found.get(key);
      if (known === undefined) {
        known = new Map();
        found.set(key, known);
      }
      for (const endpoint of endpoints) {
        const [ip] = endpoint.addresses;
        if (ip !== undefined) known.set(`${ip}:${port}`, proxyEndpoint(endpoint, ip, port, nodeName));
      }
    }
  }
  return new Map([...found].map(([key, known]) => [key, [...known.values()].sort(byText)]));
}

function proxyEndpoint(
  { conditions, nodeName, hints }: EndpointSlice['endpoints'][number],
  ip: string,
  port: number,
  ownNode: string,
): ProxyEndpoint {
  return {
    ip,
    port,
    text: `${ip}:${port}`,
    local: nodeName === ownNode,
    // What is not told counts as ready: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? conditions?.ready ?? true,
    terminating: conditions?.terminating ?? false,
    zoneHints: (hints?.forZones ?? []).map(({ name }) => name),
    nodeHints: (hints?.forNodes ?? []).map(({ name }) => name),
  };
}

function byText(one: ProxyEndpoint, other: ProxyEndpoint): number {
  return one.text < other.text ? -1 : one.text > other.text ? 1 : 0;
}
