import { sameValue } from '../../api/copy-on-write.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import { controllerOf, type Manifest, objectKey } from '../../api/object.ts';
import { deployments, replicaSets } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Simulation } from '../../sim/index.ts';
import { WrittenVersions } from '../written-versions.ts';
import { newestAnnotations, REVISION, withSize } from './annotations.ts';
import { conditionOf, hasProgressDeadline, withCondition } from './conditions.ts';
import { newReplicaSet } from './new-replica-set.ts';
import {
  desiredReplicas,
  newestRevision,
  type Revisions,
  replicasOf,
  rollingLimits,
  sameTemplate,
} from './revisions.ts';
import type { Scaling } from './rolling-update.ts';

/** A Deployment and its ReplicaSets as they are after what was written. */
export interface Written {
  readonly deployment: Deployment;
  readonly revisions: Revisions;
}

/** Writes ReplicaSets, and keeps the Deployment's note of its revision. After `pkg/controller/deployment/sync.go`. */
export class RevisionWriter {
  readonly #sim: Simulation;
  readonly #deployments: ResourceClient<Deployment>;
  readonly #replicaSets: ResourceClient<ReplicaSet>;
  readonly #recorder: EventRecorder;
  /**
   * A cache that is behind would have us make a ReplicaSet too many, or too large, or write a status that is refused. (The real
   * controller of 1.36, alone among those of workloads, is refused and tries again, which ends the same.)
   */
  readonly written: WrittenVersions;

  constructor(sim: Simulation, client: Client, recorder: EventRecorder) {
    this.#sim = sim;
    this.#deployments = client.resource(deployments);
    this.#replicaSets = client.resource(replicaSets);
    this.#recorder = recorder;
    this.written = new WrittenVersions(sim);
  }

  /** Sees to it that the present template has its ReplicaSet, with the number of the newest revision. */
  ensureNewest(deployment: Deployment, revisions: Revisions): Written {
    if (revisions.newest !== undefined) return this.noteNewest(deployment, revisions);
    const revision = newestRevision(revisions.old) + 1;
    const { replicaSet, isNew } = this.#create(deployment, newReplicaSet(deployment, revisions.old, revision));
    const replicas = replicasOf(replicaSet);
    if (isNew && replicas > 0) {
      const message = `Scaled up replica set ${replicaSet.metadata.name} from 0 to ${replicas}`;
      this.#recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
    }
    const reason = 'NewReplicaSetCreated';
    const note = isNew ? { reason, message: `Created new replica set "${replicaSet.metadata.name}"` } : undefined;
    return {
      deployment: this.#noteRevision(deployment, replicaSet, note),
      revisions: { newest: replicaSet, old: revisions.old },
    };
  }

  /** Brings the annotations of the present template's ReplicaSet, if there is one, up to date; creates none. */
  noteNewest(deployment: Deployment, revisions: Revisions): Written {
    const { newest, old } = revisions;
    if (newest === undefined) return { deployment, revisions };
    const revision = newestRevision(old) + 1;
    const annotations = newestAnnotations(deployment, newest.metadata.annotations, revision);
    const { minReadySeconds } = deployment.spec;
    const isCurrent =
      sameValue(annotations, newest.metadata.annotations ?? {}) &&
      (newest.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
    const updated = isCurrent
      ? newest
      : this.#update(deployment, {
          ...newest,
          metadata: { ...newest.metadata, annotations },
          spec: { ...newest.spec, minReadySeconds },
        });
    const isNoted = conditionOf(deployment.status, 'Progressing') !== undefined;
    const message = `Found new replica set "${newest.metadata.name}"`;
    const note = isNoted ? undefined : { reason: 'FoundNewReplicaSet', message };
    return {
      deployment: this.#noteRevision(deployment, updated, note),
      revisions: { newest: updated, old },
    };
  }

  scale(deployment: Deployment, { replicaSet, replicas }: Scaling): ReplicaSet {
    const desired = desiredReplicas(deployment);
    const before = replicasOf(replicaSet);
    const max = desired + rollingLimits(deployment).maxSurge;
    const annotations = withSize(replicaSet.metadata.annotations ?? {}, desired, max);
    if (before === replicas && sameValue(annotations, replicaSet.metadata.annotations)) return replicaSet;
    const scaled = this.#update(deployment, {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      spec: { ...replicaSet.spec, replicas },
    });
    if (before !== replicas) {
      const direction = before < replicas ? 'up' : 'down';
      const message = `Scaled ${direction} replica set ${scaled.metadata.name} from ${before} to ${replicas}`;
      this.#recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
    }
    return scaled;
  }

  #updateStatus(deployment: Deployment): Deployment {
    const updated = this.#deployments.updateStatus(deployment);
    this.written.note(objectKey(deployment), updated);
    return updated;
  }

  #update(deployment: Deployment, replicaSet: ReplicaSet): ReplicaSet {
    const updated = this.#replicaSets.update(replicaSet);
    this.written.note(objectKey(deployment), updated);
    return updated;
  }

  #create(
    deployment: Deployment,
    manifest: Manifest<ReplicaSet>,
  ): { readonly replicaSet: ReplicaSet; readonly isNew: boolean } {
    try {
      const replicaSet = this.#replicaSets.create(manifest);
      this.written.note(objectKey(deployment), replicaSet);
      return { replicaSet, isNew: true };
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason === 'AlreadyExists')
        return { replicaSet: this.#existing(deployment, manifest, error), isNew: false };
      this.#noteFailure(deployment, manifest.metadata.name!, error);
      throw error;
    }
  }

  /** Either the cache was behind and it is ours, or another template has the same hash: then count the collision. */
  #existing(deployment: Deployment, manifest: Manifest<ReplicaSet>, error: StatusError): ReplicaSet {
    const found = this.#replicaSets.get(manifest.metadata.name!, manifest.metadata.namespace);
    const isOurs = controllerOf(found)?.uid === deployment.metadata.uid;
    if (isOurs && sameTemplate(deployment.spec.template, found.spec.template!)) return found;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    this.#updateStatus({ ...deployment, status: { ...deployment.status, collisionCount } });
    throw error;
  }

  #noteFailure(deployment: Deployment, name: string, error: StatusError): void {
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    if (hasProgressDeadline(deployment)) {
      const condition = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message };
      const conditions = withCondition(deployment.status?.conditions ?? [], condition, this.#sim.wallMs);
      this.#updateStatus({ ...deployment, status: { ...deployment.status, conditions } });
    }
    this.#recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
  }

  /** The Deployment's own revision annotation, and what its Progressing condition should say. */
  #noteRevision(
    deployment: Deployment,
    newest: ReplicaSet,
    note: { readonly reason: string; readonly message: string } | undefined,
  ): Deployment {
    const revision = newest.metadata.annotations?.[REVISION] ?? '0';
    const conditions = deployment.status?.conditions ?? [];
    const condition =
      note === undefined || !hasProgressDeadline(deployment)
        ? conditions
        : withCondition(conditions, { type: 'Progressing', status: 'True', ...note }, this.#sim.wallMs);
    if (deployment.metadata.annotations?.[REVISION] === revision && sameValue(condition, conditions)) return deployment;
    return this.#updateStatus({
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [REVISION]: revision } },
      status: { ...deployment.status, conditions: condition },
    });
  }
}
