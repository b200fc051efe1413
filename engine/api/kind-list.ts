import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { lease } from './coordination/lease.ts';
import { configMap } from './core/config-map.ts';
import { event } from './core/event.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node.ts';
import { pod } from './core/pod.ts';
import { serviceAccount } from './core/service-account.ts';
import type { KindDescriptor } from './descriptor.ts';
import type { KubeObject } from './object.ts';

/** A descriptor of any kind: the server hands each only objects of its own kind. */
function anyKind<T extends KubeObject>(descriptor: KindDescriptor<T>): KindDescriptor {
  return descriptor as unknown as KindDescriptor;
}

/** Every kind the API server serves, in the order discovery lists them. To serve one more, add its descriptor here. */
export const KINDS: readonly KindDescriptor[] = [
  anyKind(configMap),
  anyKind(event),
  anyKind(namespace),
  anyKind(node),
  anyKind(pod),
  anyKind(serviceAccount),
  anyKind(deployment),
  anyKind(replicaSet),
  anyKind(lease),
];
