import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/kinds.ts';
import { controllerOf, type Manifest } from '../../api/object.ts';
import { persistentVolumeClaims, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { claimName } from './stateful-pod.ts';

/**
 * Makes and deletes the Pods of StatefulSets, and makes their claims. After
 * `pkg/controller/statefulset/stateful_pod_control.go`.
 */
export class StatefulPodControl {
  readonly #pods: ResourceClient<Pod>;
  readonly #claims: ResourceClient<PersistentVolumeClaim>;
  readonly #recorder: EventRecorder;

  constructor(client: Client, recorder: EventRecorder) {
    this.#pods = client.resource(pods);
    this.#claims = client.resource(persistentVolumeClaims);
    this.#recorder = recorder;
  }

  /** Claims first: a Pod without its storage would only wait. */
  create(statefulSet: StatefulSet, pod: Manifest<Pod>, ordinal: number): void {
    const { name = '' } = pod.metadata;
    for (const template of statefulSet.spec.volumeClaimTemplates ?? []) {
      this.#ensureClaim(statefulSet, template, ordinal, name);
    }
    try {
      this.#pods.create(pod);
      this.#tell(
        statefulSet,
        'SuccessfulCreate',
        `create Pod ${name} in StatefulSet ${nameOf(statefulSet)} successful`,
      );
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (isNamespaceTerminating(error)) return;
      // The cache had not shown it yet.
      if (error.reason === 'AlreadyExists' && this.#isOurs(statefulSet, name)) return;
      this.#fail(statefulSet, 'FailedCreate', `create Pod ${name} in StatefulSet ${nameOf(statefulSet)} failed`, error);
    }
  }

  delete(statefulSet: StatefulSet, { metadata: { name, namespace, uid } }: Pod): void {
    try {
      this.#pods.delete(name, namespace, { preconditions: { uid } });
      this.#tell(
        statefulSet,
        'SuccessfulDelete',
        `delete Pod ${name} in StatefulSet ${nameOf(statefulSet)} successful`,
      );
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.code === 404) return;
      this.#fail(statefulSet, 'FailedDelete', `delete Pod ${name} in StatefulSet ${nameOf(statefulSet)} failed`, error);
    }
  }

  #ensureClaim(statefulSet: StatefulSet, template: ClaimTemplate, ordinal: number, pod: string): void {
    const name = claimName(statefulSet, template.metadata?.name ?? '', ordinal);
    const what = `create Claim ${name}`;
    try {
      const { namespace } = statefulSet.metadata;
      if (unlessGone(() => this.#claims.get(name, namespace)) !== undefined) return;
      const { matchLabels } = statefulSet.spec.selector;
      this.#claims.create({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name,
          namespace,
          labels: { ...template.metadata?.labels, ...matchLabels },
          annotations: template.metadata?.annotations,
        },
        spec: template.spec,
      } as Manifest<PersistentVolumeClaim>);
      this.#tell(statefulSet, 'SuccessfulCreate', `${what} Pod ${pod} in StatefulSet ${nameOf(statefulSet)} success`);
    } catch (error) {
      if (!(error instanceof StatusError) || isNamespaceTerminating(error)) throw error;
      this.#fail(
        statefulSet,
        'FailedCreate',
        `${what} for Pod ${pod} in StatefulSet ${nameOf(statefulSet)} failed`,
        error,
      );
    }
  }

  #isOurs(statefulSet: StatefulSet, name: string): boolean {
    const pod = this.#pods.get(name, statefulSet.metadata.namespace);
    return controllerOf(pod)?.uid === statefulSet.metadata.uid;
  }

  #tell(statefulSet: StatefulSet, reason: string, message: string): void {
    this.#recorder.event(statefulSet, 'Normal', reason, message);
  }

  #fail(statefulSet: StatefulSet, reason: string, what: string, error: StatusError): never {
    this.#recorder.event(statefulSet, 'Warning', reason, `${what} error: ${error.message}`);
    throw error;
  }
}

type ClaimTemplate = NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number];

function nameOf({ metadata }: StatefulSet): string {
  return metadata.name;
}
