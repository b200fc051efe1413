import type { Service } from '../api/kinds.ts';
import type { Lookup } from './admission/admission.ts';

/** Where a connection to a Service begins, or why there is no such place. */
export type Resolved = { readonly host: string; readonly port: number } | { readonly error: string };

/**
 * The address of a Service as the API server dials it: its cluster IP, from where the rules of the machine's kube-proxy lead on.
 * After kube-aggregator `pkg/apiserver/resolvers.go` and k8s.io/apiserver `pkg/util/proxy/proxy.go` (ResolveCluster).
 */
export function resolveService(lookup: Lookup, namespace: string, name: string, port: number): Resolved {
  const service = lookup('services', namespace, name) as Service | undefined;
  if (service === undefined) return { error: `service ${JSON.stringify(name)} not found` };
  const { type = 'ClusterIP', clusterIP = '', externalName = '', ports = [] } = service.spec;
  if (type === 'ExternalName') return { host: externalName, port };
  if (clusterIP === 'None') return { error: 'cannot route to service with ClusterIP "None"' };
  if (!ports.some((each) => each.port === port))
    return { error: `no service port ${port} found for service ${JSON.stringify(name)}` };
  return { host: clusterIP, port };
}
