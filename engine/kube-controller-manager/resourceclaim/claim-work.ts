import type { ResourceClaim, ResourceClaimTemplate } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { controllerOf, type Manifest, objectKey } from '../../api/object.ts';
import {
  ALLOCATED,
  canBeReserved,
  claimOf,
  isReservedFor,
  notOwned,
  type PodResourceClaim,
  withConsumer,
} from '../../api/resource/pod-claims.ts';
import { pods, resourceClaims, resourceClaimTemplates } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { controllerReference } from '../claim.ts';
import { claimStep, willNotRun } from './claim-step.ts';
import type { ClaimWork, ClaimWorkplace } from './claim-workplace.ts';

/** For which entry of its Pod a claim was made. */
const POD_CLAIM_NAME = 'resource.kubernetes.io/pod-claim-name';
const FIELD_MANAGER = 'ResourceClaimController';
/** Leaves room for a hyphen and five characters. */
const MAX_BASE = 57;
const BY_CLAIM = 'resource-claim';
const BY_OWNER = 'resource-claim-owner';

export const claimWork: ClaimWork = (workplace) => new Work(workplace);

/** Keys are `pod:NAMESPACE/NAME` and `claim:NAMESPACE/NAME`. */
class Work {
  readonly #place: ClaimWorkplace;
  readonly #client: ResourceClient<ResourceClaim>;
  readonly #podClient: ResourceClient<Pod>;
  readonly #templates: Informer<ResourceClaimTemplate>;
  readonly #recorder: EventRecorder;
  /** Claims that were made, until the cache shows them, by their owners. */
  readonly #made = new Map<string, ResourceClaim[]>();

  constructor(place: ClaimWorkplace) {
    this.#place = place;
    this.#client = place.client.resource(resourceClaims);
    this.#podClient = place.client.resource(pods);
    this.#templates = place.informers.for(resourceClaimTemplates);
    this.#recorder = place.recorder('resource_claim');
    place.pods.addIndex(BY_CLAIM, claimKeysOf);
    place.claims.addIndex(BY_OWNER, (claim) => [controllerOf(claim)?.uid ?? '']);
    const pod = (each: Pod) => this.#lookAtPod(each, false);
    place.pods.addHandlers({ add: pod, update: (_, each) => pod(each), delete: (each) => this.#lookAtPod(each, true) });
    const claim = (each: ResourceClaim) => this.#lookAtClaim(each);
    place.claims.addHandlers({ add: claim, update: (_, each) => claim(each), delete: claim });
  }

  reconcile(key: string): void {
    const [kind, name] = key.split(':') as [string, string];
    if (kind === 'claim') this.#syncClaim(name);
    else if (this.#templates.hasSynced) this.#syncPod(name);
    else this.#templates.whenSynced(() => this.#place.controller.enqueueKey(key));
  }

  #lookAtPod(pod: Pod, isGone: boolean): void {
    if (pod.spec.resourceClaims === undefined) return;
    if (isGone) this.#made.delete(pod.metadata.uid);
    if (isGone || willNotRun(pod)) {
      for (const key of claimKeysOf(pod)) this.#place.controller.enqueueKey(`claim:${key}`, pod);
    }
    if (!isGone) this.#place.controller.enqueueKey(`pod:${objectKey(pod)}`, pod);
  }

  #lookAtClaim(claim: ResourceClaim): void {
    const owner = controllerOf(claim)?.uid ?? '';
    const ahead = this.#made.get(owner)?.filter(({ metadata }) => metadata.uid !== claim.metadata.uid) ?? [];
    if (ahead.length > 0) this.#made.set(owner, ahead);
    else this.#made.delete(owner);
    const key = objectKey(claim);
    this.#place.controller.enqueueKey(`claim:${key}`, claim);
    for (const pod of this.#place.pods.lister.byIndex(BY_CLAIM, key)) this.#lookAtPod(pod, false);
  }

  #syncPod(key: string): void {
    const pod = this.#place.pods.lister.byKey(key);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || willNotRun(pod)) return;
    const made: { name: string; resourceClaimName: string }[] = [];
    for (const podClaim of pod.spec.resourceClaims ?? []) {
      const claim = this.#provide(pod, podClaim);
      if (claim !== undefined) made.push({ name: podClaim.name, resourceClaimName: claim.metadata.name });
    }
    if (made.length > 0) this.#noteClaims(pod, made);
    // Of others, the scheduler takes care.
    if ((pod.spec.nodeName ?? '') !== '') this.#reserve(pod);
  }

  /** A claim of which the Pod does not know yet. */
  #provide(pod: Pod, podClaim: PodResourceClaim): ResourceClaim | undefined {
    const template = podClaim.resourceClaimTemplateName;
    if (template === undefined) return undefined;
    const known = claimOf(pod, podClaim);
    if (known !== undefined) {
      if (known.name === undefined) return undefined;
      const claim = this.#place.claims.lister.get(known.name, pod.metadata.namespace);
      if (claim !== undefined && notOwned(pod, claim) === undefined) return undefined;
    }
    try {
      return this.#claimMadeFor(pod, podClaim) ?? this.#make(pod, podClaim, template);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const message = `PodResourceClaim ${podClaim.name}: ${error.message}`;
      this.#recorder.event(pod, 'Warning', 'FailedResourceClaimCreation', message);
      throw error;
    }
  }

  /** One that was made before the Pod could be told of it. */
  #claimMadeFor({ metadata: { uid } }: Pod, { name }: PodResourceClaim): ResourceClaim | undefined {
    const cached = this.#place.claims.lister.byIndex(BY_OWNER, uid);
    const ahead = this.#made.get(uid) ?? [];
    return [...cached, ...ahead].find(({ metadata }) => metadata.annotations?.[POD_CLAIM_NAME] === name);
  }

  #make(pod: Pod, podClaim: PodResourceClaim, templateName: string): ResourceClaim {
    const template = this.#templates.lister.get(templateName, pod.metadata.namespace);
    if (template === undefined) throw noTemplate(templateName);
    try {
      const claim = this.#client.create(claimFrom(template, pod, podClaim));
      const { uid } = pod.metadata;
      this.#made.set(uid, [...(this.#made.get(uid) ?? []), claim]);
      return claim;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new StatusError({ ...error.status, message: `create ResourceClaim : ${error.message}` });
    }
  }

  #noteClaims({ metadata: { name, namespace, uid }, status }: Pod, made: readonly { name: string }[]): void {
    const kept = (status?.resourceClaimStatuses ?? []).filter(
      (each) => !made.some(({ name: own }) => own === each.name),
    );
    const resourceClaimStatuses = [...kept, ...made].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, uid },
      status: { resourceClaimStatuses },
    };
    const options = { subresource: 'status', fieldManager: FIELD_MANAGER, force: true };
    this.#podClient.patch(name, namespace, 'apply', pod, options);
  }

  /** For Pods that got their node past the scheduler. */
  #reserve(pod: Pod): void {
    for (const podClaim of pod.spec.resourceClaims ?? []) {
      const { name, own } = claimOf(pod, podClaim) ?? {};
      const claim = name === undefined ? undefined : this.#place.claims.lister.get(name, pod.metadata.namespace);
      if (claim?.status?.allocation === undefined) continue;
      if (own === true && notOwned(pod, claim) !== undefined) continue;
      if (!isReservedFor(pod, claim) && canBeReserved(claim)) this.#client.updateStatus(withConsumer(claim, pod));
    }
  }

  #syncClaim(key: string): void {
    let claim = this.#place.claims.lister.byKey(key);
    if (claim === undefined) return;
    const { namespace, name } = claim.metadata;
    const step = claimStep(claim, (pod) => this.#podOf(pod, namespace));
    if (step.reservedFor !== undefined || step.deallocate) {
      const { allocation, reservedFor = [], ...rest } = claim.status ?? {};
      const left = step.reservedFor ?? reservedFor;
      const status = {
        ...rest,
        ...(allocation !== undefined && !step.deallocate && { allocation }),
        ...(left.length > 0 && { reservedFor: left }),
      };
      claim = this.#client.updateStatus({ ...claim, status });
    }
    if (step.unprotect) {
      const finalizers = claim.metadata.finalizers?.filter((each) => each !== ALLOCATED);
      this.#client.update({ ...claim, metadata: { ...claim.metadata, finalizers } });
    }
    if (step.remove) this.#remove(name, namespace);
  }

  /** A Pod that the cache does not show may be a new one: only the server knows. */
  #podOf(name: string, namespace: string | undefined): Pod | undefined {
    const cached = this.#place.pods.lister.get(name, namespace);
    if (cached !== undefined) return cached;
    try {
      return this.#podClient.get(name, namespace);
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  #remove(name: string, namespace: string | undefined): void {
    try {
      this.#client.delete(name, namespace);
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error;
    }
  }
}

/** The claims that a Pod knows of, as keys. */
function claimKeysOf(pod: Pod): readonly string[] {
  const names = (pod.spec.resourceClaims ?? []).flatMap((podClaim) => claimOf(pod, podClaim)?.name ?? []);
  return names.map((name) => `${pod.metadata.namespace}/${name}`);
}

function noTemplate(name: string): StatusError {
  const message = `resource claim template "${name}": resourceclaimtemplate.resource.k8s.io "${name}" not found`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NotFound',
    code: 404,
  });
}

function claimFrom({ spec }: ResourceClaimTemplate, pod: Pod, { name }: PodResourceClaim): Manifest<ResourceClaim> {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      generateName: generateName(pod.metadata.name, name),
      namespace: pod.metadata.namespace,
      ...(spec?.metadata?.labels && { labels: spec.metadata.labels }),
      annotations: { ...spec?.metadata?.annotations, [POD_CLAIM_NAME]: name },
      ownerReferences: [controllerReference(pod)],
    },
    spec: spec?.spec,
  } as Manifest<ResourceClaim>;
}

/** `POD-CLAIM-`; where that is too long, both are shortened in proportion. */
function generateName(pod: string, claim: string): string {
  const whole = `${pod}-${claim}-`;
  if (whole.length <= MAX_BASE) return whole;
  const cut = (text: string) => text.slice(0, Math.floor((text.length * MAX_BASE) / whole.length));
  return `${cut(pod)}-${cut(claim)}`;
}
