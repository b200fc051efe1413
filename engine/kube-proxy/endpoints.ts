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

const SERVICE_NAME = 'kubernetes.io/service-name';
const HEADLESS = 'service.kubernetes.io/headless';

/**
 * The endpoints of every port, by `namespace/service:port`, in the order of their addresses. One that several slices
 * name (as happens while it moves from one to another) is there once.
 */
export function endpointsByPort(
  slices: Iterable<EndpointSlice>,
  nodeName: string,
): ReadonlyMap<string, readonly ProxyEndpoint[]> {
  const found = new Map<string, Map<string, ProxyEndpoint>>();
  for (const { metadata, addressType, endpoints, ports = [] } of slices) {
    const service = metadata.labels?.[SERVICE_NAME];
    if (service === undefined || metadata.labels?.[HEADLESS] !== undefined || addressType !== 'IPv4') continue;
    for (const { name, port } of ports) {
      if (port === undefined) continue;
      const key = servicePortName(metadata.namespace ?? 'default', service, name);
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
