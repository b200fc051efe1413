import type { Node, Pod } from '../api/kinds.ts';
import { type Manifest, objectKey } from '../api/object.ts';
import { StatusError } from '../api/status-error.ts';
import type { ResourceClient } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { CONFIG_HASH, CONFIG_MIRROR } from './static-pods.ts';

export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}

/** Whether the Pod comes from a manifest on the node, not from the API server. */
export function isStaticPod(pod: Pod): boolean {
  return pod.metadata.annotations?.[CONFIG_HASH] !== undefined && !isMirror(pod);
}

/** Whether `mirror` shows this static Pod in its present version. */
function isMirrorOf(mirror: Pod, pod: Pod): boolean {
  const hash = mirror.metadata.annotations?.[CONFIG_MIRROR];
  return hash === pod.metadata.annotations?.[CONFIG_HASH] && mirror.metadata.deletionTimestamp === undefined;
}

/** The mirrors of a node's static Pods that there are, by `namespace/name`. */
export class Mirrors {
  readonly #pods: ResourceClient<Pod>;
  readonly #known = new Map<string, Pod>();

  constructor(pods: ResourceClient<Pod>) {
    this.#pods = pods;
  }

  of(pod: Pod): Pod | undefined {
    return this.#known.get(objectKey(pod));
  }

  note(mirror: Pod): void {
    this.#known.set(objectKey(mirror), mirror);
  }

  forget(mirror: Pod): void {
    if (this.of(mirror)?.metadata.uid === mirror.metadata.uid) this.#known.delete(objectKey(mirror));
  }

  /**
   * Sees to it that the static Pod is shown as it is: creates its mirror, or replaces one that shows something else. Returns the
   * mirror; undefined while the API server, which may be the very Pod, will not have it.
   */
  ensure(pod: Pod, node: Node | undefined): Pod | undefined {
    const before = this.of(pod);
    if (before !== undefined && isMirrorOf(before, pod)) return before;
    // What could not be deleted is there still, and deleted the next time.
    if (before !== undefined && !deleteMirror(this.#pods, before)) return undefined;
    this.#known.delete(objectKey(pod));
    const mirror = createMirror(this.#pods, pod, node);
    if (mirror !== undefined) this.note(mirror);
    return mirror;
  }

  remove(pod: Pod): void {
    const mirror = this.of(pod);
    if (mirror !== undefined) deleteMirror(this.#pods, mirror);
  }
}

function createMirror(pods: ResourceClient<Pod>, pod: Pod, node: Node | undefined): Pod | undefined {
  try {
    return pods.create(mirrorManifest(pod, node));
  } catch (error) {
    if (error instanceof StatusError || error instanceof ConnectionError) return undefined;
    throw error;
  }
}

/** Returns whether it is gone. */
export function deleteMirror(pods: ResourceClient<Pod>, mirror: Pod): boolean {
  const { name, namespace, uid } = mirror.metadata;
  try {
    pods.delete(name, namespace, { gracePeriodSeconds: 0, preconditions: { uid } });
    return true;
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
    return error instanceof StatusError && error.reason === 'NotFound';
  }
}

function mirrorManifest(pod: Pod, node: Node | undefined): Manifest<Pod> {
  const { name, namespace, labels, annotations = {} } = pod.metadata;
  const owner =
    node === undefined
      ? undefined
      : [{ apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid, controller: true }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      annotations: { ...annotations, [CONFIG_MIRROR]: annotations[CONFIG_HASH] ?? '' },
      ...(owner === undefined ? {} : { ownerReferences: owner }),
    },
    spec: pod.spec,
  };
}
