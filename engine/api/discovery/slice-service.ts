import type { EndpointSlice } from '../kinds.ts';

/** The label by which an EndpointSlice names its Service. */
export const SERVICE_NAME = 'kubernetes.io/service-name';

/** For an index of EndpointSlices by their Service: its `namespace/name`, or none. */
export function serviceKeys({ metadata }: EndpointSlice): readonly string[] {
  const service = metadata.labels?.[SERVICE_NAME];
  return service === undefined ? [] : [`${metadata.namespace}/${service}`];
}
