import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { BOUND_BY_CONTROLLER, isFullyBound, SELECTED_NODE } from '../../client/volume-binding.ts';
import type { Handle } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import type { VolumePlan, VolumePlanner } from './volume-plan.ts';

const POLL_MS = 1_000;

/**
 * Carries a plan out: gives the volumes to their claims, tells provisioners which node was chosen, and waits until the
 * controller of volumes has bound every claim. Only then may the Pod be bound.
 */
export class VolumeBinder {
  readonly #handle: Handle;
  readonly #planner: VolumePlanner;
  readonly #timeoutMs: number;
  readonly #volumes: ResourceClient<PersistentVolume>;
  readonly #claims: ResourceClient<PersistentVolumeClaim>;

  constructor(handle: Handle, planner: VolumePlanner, timeoutMs: number) {
    this.#handle = handle;
    this.#planner = planner;
    this.#timeoutMs = timeoutMs;
    this.#volumes = handle.client.resource(persistentVolumes);
    this.#claims = handle.client.resource(persistentVolumeClaims);
  }

  /** @throws StatusError or ConnectionError when a volume or a claim could not be written. */
  bind(info: PodInfo, plan: VolumePlan, nodeName: string, done: (failure?: Error) => void): void {
    if (plan.bindings.length + plan.provisions.length === 0) {
      done();
      return;
    }
    for (const { claim, volume } of plan.bindings) this.#give(volume, claim);
    for (const claim of plan.provisions) this.#selectNode(claim, nodeName);
    this.#await(info, plan, this.#handle.sim.nowMs + this.#timeoutMs, done);
  }

  #give(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { name, namespace, uid, resourceVersion } = claim.metadata;
    const { apiVersion, kind } = claim;
    const { metadata, spec } = volume;
    const claimRef = { apiVersion, kind, name, namespace, uid, resourceVersion };
    const annotations =
      spec.claimRef === undefined ? { ...metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } : metadata.annotations;
    this.#volumes.update({
      ...volume,
      metadata: { ...metadata, annotations },
      spec: { ...spec, claimRef: { ...spec.claimRef, ...claimRef } },
    });
  }

  #selectNode(claim: PersistentVolumeClaim, nodeName: string): void {
    const { metadata } = claim;
    const annotations = { ...metadata.annotations, [SELECTED_NODE]: nodeName };
    this.#claims.update({ ...claim, metadata: { ...metadata, annotations } });
  }

  #await(info: PodInfo, plan: VolumePlan, deadlineMs: number, done: (failure?: Error) => void): void {
    const { sim } = this.#handle;
    this.#handle.later(POLL_MS, 'volume binding', () => {
      const outcome = this.#look(plan);
      if (outcome === 'bound') done();
      else if (outcome instanceof Error) done(outcome);
      else if (sim.nowMs >= deadlineMs) done(new Error('binding volumes: context deadline exceeded'));
      else this.#await(info, plan, deadlineMs, done);
    });
  }

  #look(plan: VolumePlan): 'bound' | 'waiting' | Error {
    const { objects } = this.#handle;
    const claims = [...plan.bindings.map(({ claim }) => claim), ...plan.provisions];
    for (const planned of claims) {
      const { name, namespace } = planned.metadata;
      const claim = objects.claims.get(name, namespace);
      if (claim === undefined) return new Error(`binding volumes: persistentvolumeclaim "${name}" not found`);
      if (isFullyBound(claim)) continue;
      // The provisioner gives up on a node by taking the annotation away: another node must be found.
      if (plan.provisions.includes(planned) && isOlder(planned, claim) && !hasNode(claim)) {
        return new Error(`binding volumes: provisioning failed for PVC "${name}"`);
      }
      return 'waiting';
    }
    this.#planner.takeBack(plan);
    return 'bound';
  }
}

function hasNode({ metadata }: PersistentVolumeClaim): boolean {
  return (metadata.annotations?.[SELECTED_NODE] ?? '') !== '';
}

/** Whether the second is a later state than the first, so that it is not merely what the cache still shows. */
function isOlder(a: PersistentVolumeClaim, b: PersistentVolumeClaim): boolean {
  return Number(a.metadata.resourceVersion) < Number(b.metadata.resourceVersion);
}
