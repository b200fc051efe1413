import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/kinds.ts';
import { controllerOf, type Manifest } from '../../api/object.ts';
import { persistentVolumeClaims, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { belongsToEarlierPod, claimOwners } from './claim-retention.ts';
import { claimName, podName } from './stateful-pod.ts';

/**
 * Makes and deletes the Pods of StatefulSets, and makes their claims. After
 * `pkg/controller/statefulset/stateful_pod_control.go`.
 */
export class StatefulPodControl {
  readonly #pods: ResourceClient<Pod>;
  readonly #claims: ResourceClient<PersistentVolumeClaim>;
  readonly #recorder: EventRecorder;
  /** The cache of claims. */
  readonly claims: Informer<PersistentVolumeClaim>;

  constructor({ client, informers }: ControllerContext, recorder: EventRecorder) {
    this.#pods = client.resource(pods);
    this.#claims = client.resource(persistentVolumeClaims);
    this.claims = informers.for(persistentVolumeClaims);
    this.#recorder = recorder;
  }

  /** Claims an earlier Pod takes along must go before the next Pod comes: it would lose them. */
  mustWaitForClaims(statefulSet: StatefulSet, ordinal: number): boolean {
    return this.#claimsOf(statefulSet, ordinal).some((claim) =>
      belongsToEarlierPod(claim, podName(statefulSet, ordinal)),
    );
  }

  /** Makes claims that a waiting Pod lacks, and has all depend on what they shall not outlive. */
  tendClaims(statefulSet: StatefulSet, pod: Pod, ordinal: number, isCondemned: boolean): void {
    if ((statefulSet.spec.volumeClaimTemplates ?? []).length === 0) return;
    if (pod.status?.phase === 'Pending') this.#ensureClaims(statefulSet, ordinal);
    for (const claim of this.#claimsOf(statefulSet, ordinal)) {
      const owners = claimOwners(claim, statefulSet, pod, isCondemned);
      if (owners === undefined) continue;
      this.#claims.update({ ...claim, metadata: { ...claim.metadata, ownerReferences: owners } });
    }
  }

  #claimsOf(statefulSet: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
    const names = (statefulSet.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
    return names
      .map((name) => this.claims.lister.get(claimName(statefulSet, name, ordinal), statefulSet.metadata.namespace))
      .filter((claim) => claim !== undefined);
  }

  #ensureClaims(statefulSet: StatefulSet, ordinal: number): void {
    for (const template of statefulSet.spec.volumeClaimTemplates ?? []) {
      this.#ensureClaim(statefulSet, template, ordinal, podName(statefulSet, ordinal));
    }
  }

  /** Claims first: a Pod without its storage would only wait. Returns the Pod, unless there can or need be no new one. */
  create(statefulSet: StatefulSet, pod: Manifest<Pod>, ordinal: number): Pod | undefined {
    const { name = '' } = pod.metadata;
    this.#ensureClaims(statefulSet, ordinal);
    try {
      const created = this.#pods.create(pod);
      this.#tell(
        statefulSet,
        'SuccessfulCreate',
        `create Pod ${name} in StatefulSet ${nameOf(statefulSet)} successful`,
      );
      return created;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (isNamespaceTerminating(error)) return undefined;
      // The cache had not shown it yet.
      if (error.reason === 'AlreadyExists' && this.#isOurs(statefulSet, name)) return undefined;
      return this.#fail(
        statefulSet,
        'FailedCreate',
        `create Pod ${name} in StatefulSet ${nameOf(statefulSet)} failed`,
        error,
      );
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
      if (this.claims.lister.get(name, namespace) !== undefined) return;
      // The cache may not show it yet.
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
