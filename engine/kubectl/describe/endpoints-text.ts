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

/**
 * `10.244.1.2:80,10.244.2.3:80`: the ready endpoints behind a port of the Service. Nothing where there are slices but no
 * ready endpoint, as behind a selector that no Pod has: only without any slice does the real command say `<none>`.
 */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const shown: string[] = [];
  let ready = 0;
  let hasMore = false;
  for (const { endpoint, port } of slices.flatMap((slice) => behind(slice, portName))) {
    // Looked at before readiness is, so that there may be "0 more" (kubernetes/kubernetes#142209).
    if (shown.length === MAX_ENDPOINTS) hasMore = true;
    if (endpoint.conditions?.ready === false) continue;
    ready++;
    if (!hasMore) shown.push(`${hostText(endpoint.addresses[0] ?? '')}${port === undefined ? '' : `:${port}`}`);
  }
  const text = shown.join(',');
  return hasMore ? `${text} + ${ready - MAX_ENDPOINTS} more...` : text;
}

interface Behind {
  readonly endpoint: EndpointSlice['endpoints'][number];
  readonly port: number | undefined;
}

/** A headless Service may have no ports: its endpoints are behind every name. */
function behind({ ports = [], endpoints }: EndpointSlice, portName: string): readonly Behind[] {
  if (ports.length === 0) return endpoints.map((endpoint) => ({ endpoint, port: undefined }));
  return ports
    .filter(({ name = '' }) => name === portName)
    .flatMap(({ port = 0 }) => endpoints.map((endpoint) => ({ endpoint, port })));
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
