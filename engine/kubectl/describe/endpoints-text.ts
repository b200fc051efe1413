import { SERVICE_NAME } from '../../api/discovery/slice-service.ts';
import type { EndpointSlice } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';

/** More endpoints than this are only counted. */
const MAX_ENDPOINTS = 3;

export function slicesOf(invocation: Invocation, service: string, namespace = 'default'): readonly EndpointSlice[] {
  const resource = invocation.discovery.find('endpointslices.discovery.k8s.io');
  if (resource === undefined) return [];
  const labelSelector = `${SERVICE_NAME}=${service}`;
  return invocation.list(resource, { namespace, labelSelector }) as unknown as readonly EndpointSlice[];
}

/** `10.244.1.2:80,10.244.2.3:80`: the ready endpoints behind a port of the Service. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  const addresses = slices.flatMap(({ ports = [], endpoints }) =>
    ports
      .filter(({ name = '' }) => name === portName)
      .flatMap(({ port }) =>
        endpoints
          .filter(({ conditions }) => conditions?.ready !== false)
          .flatMap((endpoint) => endpoint.addresses.map((address) => `${hostText(address)}:${port ?? 0}`)),
      ),
  );
  if (addresses.length === 0) return '<none>';
  const text = addresses.slice(0, MAX_ENDPOINTS).join(',');
  return addresses.length > MAX_ENDPOINTS ? `${text} + ${addresses.length - MAX_ENDPOINTS} more...` : text;
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
