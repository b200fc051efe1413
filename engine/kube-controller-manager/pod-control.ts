import type { Pod, PodTemplateSpec } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { StatusError } from '../api/status-error.ts';
import type { ResourceClient } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { controllerReference } from './claim.ts';

/** Makes and deletes Pods for their controller, and tells of it. After `pkg/controller/controller_utils.go` (RealPodControl). */
export class PodControl {
  readonly #pods: ResourceClient<Pod>;
  readonly #recorder: EventRecorder;

  constructor(pods: ResourceClient<Pod>, recorder: EventRecorder) {
    this.#pods = pods;
    this.#recorder = recorder;
  }

  /** @param generateName the Pod's name but for the five letters that the server adds. */
  create(owner: KubeObject, { metadata, spec }: PodTemplateSpec, generateName = `${owner.metadata.name}-`): Pod {
    try {
      const pod = this.#pods.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          generateName,
          namespace: owner.metadata.namespace,
          labels: metadata?.labels,
          annotations: metadata?.annotations,
          finalizers: metadata?.finalizers,
          ownerReferences: [controllerReference(owner)],
        },
        spec: spec!,
      });
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      return pod;
    } catch (error) {
      if (error instanceof StatusError && !isNamespaceTerminating(error)) {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
      throw error;
    }
  }

  /** Returns false for one that has gone already. */
  delete(owner: KubeObject, pod: Pod): boolean {
    const { name, namespace, uid } = pod.metadata;
    try {
      this.#pods.delete(name, namespace, { preconditions: { uid } });
      this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.code === 404) return false;
      this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
      throw error;
    }
  }
}

/** A Namespace that is going away takes no new objects, and whoever wants to create some will go with it. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true
  );
}

export interface BatchOutcome {
  readonly done: number;
  /** Why it stopped short. */
  readonly error?: unknown;
}

/**
 * Calls `act` for 0, 1, 2 … below `count` in batches of 1, 2, 4 …, and stops after a batch in which one failed: if the
 * first Pod is refused (a quota, say), hundreds of others need not be tried.
 */
export function inGrowingBatches(count: number, act: (index: number) => void): BatchOutcome {
  let next = 0;
  let done = 0;
  for (let size = 1; next < count; size = Math.min(2 * size, count - next)) {
    const end = next + size;
    let error: unknown;
    for (; next < end; next++) {
      try {
        act(next);
        done += 1;
      } catch (caught) {
        error = caught;
      }
    }
    if (error !== undefined) return { done, error };
  }
  return { done };
}
