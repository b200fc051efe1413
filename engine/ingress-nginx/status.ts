import { sameValue } from '../api/copy-on-write.ts';
import type { Ingress, Pod, Service } from '../api/kinds.ts';
import { ingresses, pods, services } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { nameOf, type WatchedCluster } from './watched-cluster.ts';

type Addresses = readonly { readonly ip?: string; readonly hostname?: string }[];

interface Identity {
  readonly namespace: string;
  readonly pod: string;
  /** `namespace/name` of the Service whose addresses Ingresses bear; else those of the controller's nodes. */
  readonly publishService: string | undefined;
}

/** Writes into the Ingresses where they can be reached. Returns what it says about that. */
export function publishStatus(client: Client, cluster: WatchedCluster, identity: Identity): readonly string[] {
  const said: string[] = [];
  try {
    const addresses = addressesOf(client, identity);
    for (const ingress of cluster.ingresses()) {
      const now = ingress.status?.loadBalancer?.ingress ?? [];
      if (sameValue(now, addresses)) continue;
      said.push(
        `"updating Ingress status" namespace="${ingress.metadata.namespace}" ingress="${ingress.metadata.name}" currentValue=${JSON.stringify(now.length === 0 ? null : now)} newValue=${JSON.stringify(addresses)}`,
      );
      write(client, ingress, addresses, said);
    }
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof StatusError)) throw error;
    said.push(`"error obtaining running IP address" err="${error.message}"`);
  }
  return said;
}

function write(client: Client, ingress: Ingress, addresses: Addresses, said: string[]): void {
  const { name, namespace } = ingress.metadata;
  try {
    const status = { loadBalancer: { ingress: addresses } };
    client.resource<Ingress>(ingresses).updateStatus({ ...ingress, status } as Ingress);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.reason !== 'NotFound' && error.reason !== 'Conflict')
      said.push(
        `"error updating ingress rule" ingress="${nameOf({ ...ingress, metadata: { ...ingress.metadata, name, namespace } })}" err="${error.message}"`,
      );
  }
}

function addressesOf(client: Client, { namespace, pod, publishService }: Identity): Addresses {
  if (publishService !== undefined) {
    const [ofNamespace = '', name = ''] = publishService.split('/');
    return serviceAddresses(client.resource<Service>(services).get(name, ofNamespace));
  }
  const own = client.resource<Pod>(pods).get(pod, namespace);
  return own.status?.hostIP === undefined ? [] : [{ ip: own.status.hostIP }];
}

function serviceAddresses({ spec, status }: Service): Addresses {
  if (spec.type === 'ExternalName') return [{ hostname: spec.externalName! }];
  const external = (spec.externalIPs ?? []).map((ip) => ({ ip }));
  if (spec.type !== 'LoadBalancer') return external.length > 0 ? external : [{ ip: spec.clusterIP! }];
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) =>
    ip !== undefined ? { ip } : { hostname: hostname! },
  );
  return [...given, ...external];
}
