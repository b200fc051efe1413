import type { EndpointSlice } from '../api/kinds.ts';
import type { EndpointPort } from './selected-pods.ts';

export type Endpoint = EndpointSlice['endpoints'][number];

/** Endpoints that have the same ports, and so share slices. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** Tells sets of ports apart, whatever their order. */
export function portsKey(ports: EndpointSlice['ports'] = []): string {
  const texts = (ports as readonly Partial<EndpointPort>[]).map(({ name = '', port, protocol, appProtocol }) =>
    JSON.stringify([name, port, protocol, appProtocol]),
  );
  return texts.sort().join();
}
