import type { Deployment, Pod, ReplicaSet } from '../../api/kinds.ts';
import { controllerOf, type KubeObject, type OwnerReference } from '../../api/object.ts';
import { deployments, replicaSets } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { ScaleClient } from '../scale.ts';

/** The controllers' wishes cannot be found out; a reason of an event goes with it. */
export class UnknownScale extends Error {
  readonly reason: string | undefined;

  constructor(message: string, reason?: string) {
    super(message);
    this.reason = reason;
  }
}

export interface ExpectedScale {
  readonly replicas: number;
  /** Names of Pods that nobody controls. */
  readonly unmanaged: readonly string[];
}

interface Scaled {
  readonly uid: string;
  readonly replicas: number;
}

/** How many Pods their controllers want: the sum over all that control one of them. */
export class ExpectedScales {
  readonly #replicaSets: Informer<ReplicaSet>;
  readonly #deployments: Informer<Deployment>;
  readonly #scales: ScaleClient;

  constructor({ client, informers, discovery }: ControllerContext) {
    this.#replicaSets = informers.for(replicaSets);
    this.#deployments = informers.for(deployments);
    this.#scales = new ScaleClient(client, discovery);
  }

  get informers() {
    return [this.#replicaSets, this.#deployments];
  }

  /** @throws UnknownScale */
  of(pods: readonly Pod[]): ExpectedScale {
    const replicas = new Map<string, number>();
    const seen = new Set<string>();
    const unmanaged: string[] = [];
    for (const pod of pods) {
      const reference = controllerOf(pod);
      if (reference === undefined) {
        unmanaged.push(pod.metadata.name);
      } else if (!seen.has(reference.uid)) {
        seen.add(reference.uid);
        const found = this.#scaleOf(reference, pod);
        if (found === undefined) {
          throw new UnknownScale(`found no controllers for pod "${pod.metadata.name}"`, 'NoControllers');
        }
        replicas.set(found.uid, found.replicas);
      }
    }
    return { replicas: [...replicas.values()].reduce((sum, each) => sum + each, 0), unmanaged };
  }

  #scaleOf(reference: OwnerReference, pod: Pod): Scaled | undefined {
    const { namespace } = pod.metadata;
    if (reference.kind !== 'ReplicaSet') return this.#scaleOfAny(reference, namespace);
    const replicaSet = this.#replicaSets.lister.get(reference.name, namespace);
    if (replicaSet?.metadata.uid !== reference.uid) return undefined;
    const owner = controllerOf(replicaSet);
    if (owner?.kind !== 'Deployment') return scaled(replicaSet, replicaSet.spec.replicas);
    const deployment = this.#deployments.lister.get(owner.name, namespace);
    return deployment?.metadata.uid === owner.uid ? scaled(deployment, deployment.spec.replicas) : undefined;
  }

  #scaleOfAny(reference: OwnerReference, namespace: string | undefined): Scaled | undefined {
    const resource = this.#scales.resourceOf(reference);
    if (resource === undefined) return undefined;
    if (!resource.subresources.includes('scale')) {
      const { plural, group } = resource;
      throw new UnknownScale(`${plural}${group === '' ? '' : `.${group}`} does not implement the scale subresource`);
    }
    const scale = this.#scales.find(resource, namespace, reference.name);
    return scale?.metadata.uid === reference.uid ? scaled(scale, scale.spec.replicas ?? 0) : undefined;
  }
}

function scaled({ metadata }: KubeObject, replicas = 1): Scaled {
  return { uid: metadata.uid, replicas };
}
