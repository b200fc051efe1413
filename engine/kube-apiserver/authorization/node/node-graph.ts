import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../api/kinds.ts';
import { objectKey } from '../../../api/object.ts';
import type { EtcdClient, KeyEvent, Watch } from '../../../etcd/index.ts';
import type { Lookup } from '../../admission/admission.ts';
import { storagePrefix } from '../../registry/storage-key.ts';
import { podReferences } from './pod-references.ts';

const PODS = storagePrefix({ plural: 'pods' });

/** Which objects the Pods of each node name: what the node may read. It follows the Pods as they are written. */
export class NodeGraph {
  readonly #lookup: Lookup;
  /** By node; within, by Pod. References are worked out when somebody first asks. */
  readonly #pods = new Map<string, Map<string, PodEntry>>();
  readonly #watch: Watch;

  constructor(etcd: EtcdClient, lookup: Lookup) {
    this.#lookup = lookup;
    for (const pod of lookup.all('pods') as readonly Pod[]) this.#put(pod);
    this.#watch = etcd.watch(PODS, etcd.revision + 1, { event: (event) => this.#follow(event), cancelled: () => {} });
  }

  /** Whether a Pod of this node names an object in its own namespace. */
  reaches(node: string, plural: string, namespace: string, name: string): boolean {
    const reference = `${plural}/${name}`;
    for (const entry of this.#pods.get(node)?.values() ?? []) {
      if (entry.pod.metadata.namespace === namespace && referencesOf(entry).has(reference)) return true;
    }
    return false;
  }

  /** Whether a Pod of this node uses the claim that a volume is bound to. */
  reachesVolume(node: string, name: string): boolean {
    const volume = this.#lookup('persistentvolumes', '', name) as PersistentVolume | undefined;
    const claim = volume?.spec?.claimRef;
    if (claim?.name === undefined || claim.namespace === undefined) return false;
    const bound = this.#lookup('persistentvolumeclaims', claim.namespace, claim.name) as
      | PersistentVolumeClaim
      | undefined;
    if (bound?.spec?.volumeName !== name) return false;
    return this.reaches(node, 'persistentvolumeclaims', claim.namespace, claim.name);
  }

  hasPod(node: string, namespace: string, name: string): boolean {
    return this.#pods.get(node)?.has(`${namespace}/${name}`) ?? false;
  }

  close(): void {
    this.#watch.cancel();
  }

  #follow({ current, previous }: KeyEvent): void {
    const before = previous?.value as Pod | undefined;
    const after = current?.value as Pod | undefined;
    if (before?.spec.nodeName !== undefined && before.spec.nodeName !== after?.spec.nodeName) {
      this.#pods.get(before.spec.nodeName)?.delete(objectKey(before));
    }
    if (after !== undefined) this.#put(after);
  }

  #put(pod: Pod): void {
    const { nodeName } = pod.spec;
    if (nodeName === undefined || nodeName === '') return;
    let ofNode = this.#pods.get(nodeName);
    if (ofNode === undefined) {
      ofNode = new Map();
      this.#pods.set(nodeName, ofNode);
    }
    const key = objectKey(pod);
    const known = ofNode.get(key);
    // Most writes of a Pod are of its status.
    if (known === undefined || !namesTheSame(known.pod, pod)) ofNode.set(key, { pod, references: undefined });
  }
}

function namesTheSame(a: Pod, b: Pod): boolean {
  return a.spec === b.spec && a.status?.resourceClaimStatuses === b.status?.resourceClaimStatuses;
}

interface PodEntry {
  readonly pod: Pod;
  references: ReadonlySet<string> | undefined;
}

function referencesOf(entry: PodEntry): ReadonlySet<string> {
  entry.references ??= podReferences(entry.pod);
  return entry.references;
}
