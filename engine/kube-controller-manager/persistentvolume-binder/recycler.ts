import type { PersistentVolume, Pod } from '../../api/kinds.ts';
import { numericValue } from '../../api/quantity.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { Lister } from '../../client/lister.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import { storageCapacity } from '../../client/volume-binding.ts';

const NAMESPACE = 'default';
const PREFIX = 'recycler-for-';
const IMAGE = 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6';
const SCRIPT = 'test -e /scrub && find /scrub -mindepth 1 -delete && test -z "$(ls -A /scrub)" || exit 1';

/** The least time for a volume of each kind; each Gi gives it half a minute. */
const MINIMUM_SECONDS = { hostPath: 60, nfs: 300 } as const;
const SECONDS_PER_GI = 30;

export type RecycleOutcome = 'working' | 'done' | { readonly failure: string };

/** Whether volumes of this kind can be emptied. */
export function canRecycle({ spec }: PersistentVolume): boolean {
  return spec.hostPath !== undefined || spec.nfs !== undefined;
}

/** The volume that a Pod is there to empty; undefined for other Pods. */
export function recycledVolume({ metadata }: Pod): string | undefined {
  const isRecycler = metadata.namespace === NAMESPACE && metadata.name.startsWith(PREFIX);
  return isRecycler ? metadata.name.slice(PREFIX.length) : undefined;
}

/**
 * Empties volumes, each by a Pod that has it mounted: wherever that Pod comes to run, which is what makes recycling a
 * hostPath on several nodes a bad idea. After `pkg/volume/util/recyclerclient`; what happens to the Pod is not told again
 * as events of the volume. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recycle
 */
export class Recycler {
  readonly #client: ResourceClient<Pod>;
  readonly #pods: Lister<Pod>;

  constructor(client: ResourceClient<Pod>, pods: Lister<Pod>) {
    this.#client = client;
    this.#pods = pods;
  }

  /** The next step. A Pod that has ended is taken away, and its end is the outcome. */
  recycle(volume: PersistentVolume): RecycleOutcome {
    const name = `${PREFIX}${volume.metadata.name}`;
    const pod = this.#pods.get(name, NAMESPACE) ?? unlessGone(() => this.#client.get(name, NAMESPACE));
    if (pod === undefined) {
      this.#client.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NAMESPACE },
        spec: specOf(volume),
      });
      return 'working';
    }
    const { phase, message } = pod.status ?? {};
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'working';
    unlessGone(() => this.#client.delete(name, NAMESPACE));
    return phase === 'Succeeded' ? 'done' : { failure: message ?? 'pod failed, pod.Status.Message unknown' };
  }
}

function specOf(volume: PersistentVolume): Pod['spec'] {
  const { hostPath, nfs } = volume.spec;
  const source = hostPath === undefined ? { nfs } : { hostPath: { path: hostPath.path } };
  const minimum = hostPath === undefined ? MINIMUM_SECONDS.nfs : MINIMUM_SECONDS.hostPath;
  const bySize = Math.floor(numericValue(storageCapacity(volume)) / 2 ** 30) * SECONDS_PER_GI;
  const command = { command: ['/bin/sh'], args: ['-c', SCRIPT] };
  return {
    activeDeadlineSeconds: Math.max(minimum, bySize),
    restartPolicy: 'Never',
    volumes: [{ name: 'vol', ...source }],
    containers: [
      { name: 'pv-recycler', image: IMAGE, ...command, volumeMounts: [{ name: 'vol', mountPath: '/scrub' }] },
    ],
  };
}
