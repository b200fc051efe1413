import { sameValue } from '../api/copy-on-write.ts';
import type { ControllerRevision, PodTemplateSpec } from '../api/kinds.ts';
import type { LabelSelectorFields } from '../api/label-selector.ts';
import type { KubeObject } from '../api/object.ts';
import { controllerRevisions, type Resource } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { ResourceClient } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { controllerReference } from './claim.ts';
import type { ControllerContext } from './controller-context.ts';
import { OwnedObjects } from './owned-objects.ts';
import { templateHash } from './template-hash.ts';

/** What of a DaemonSet or StatefulSet its history keeps. */
export interface Versioned extends KubeObject {
  readonly spec: {
    readonly template: PodTemplateSpec;
    readonly selector: LabelSelectorFields;
    readonly revisionHistoryLimit?: number;
  };
  readonly status?: { readonly collisionCount?: number };
}

/** The revisions of an object, oldest first. */
export interface History {
  /** That of the present template. */
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
  /** How often a name was taken by another template; to be kept in the status. */
  readonly collisionCount: number;
}

/**
 * Keeps the templates that an object has had as ControllerRevisions, so that a rollout can be undone.
 * https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/, after `pkg/controller/history`.
 */
export class ControllerHistory<T extends Versioned> {
  readonly #owned: OwnedObjects<T, ControllerRevision>;
  readonly #revisions: ResourceClient<ControllerRevision>;
  readonly #hashLabel: string;
  /** The last revision made for an owner, by the owner's uid, until the cache is as new as it. */
  readonly #made = new Map<string, ControllerRevision>();

  /** @param hashLabel the label under which a revision bears its template's hash. */
  constructor(context: ControllerContext, owners: Resource<T>, hashLabel: string) {
    this.#owned = new OwnedObjects(context, owners, controllerRevisions);
    this.#revisions = this.#owned.client;
    this.#hashLabel = hashLabel;
  }

  get informer(): Informer<ControllerRevision> {
    return this.#owned.informer;
  }

  /** Sees to it that the present template is the newest revision. */
  of(owner: T): History {
    const found = this.#found(owner).toSorted(byRevision);
    const data = revisionData(owner.spec.template);
    const next = (found.at(-1)?.revision ?? 0) + 1;
    const same = found.findLast((revision) => sameValue(revision.data, data));
    if (same === undefined) {
      const { revision, collisionCount } = this.#create(owner, data, next);
      this.#made.set(owner.metadata.uid, revision);
      return { current: revision, old: found, collisionCount };
    }
    // The template of an earlier revision has come back.
    const current = same === found.at(-1) ? same : this.#revisions.update({ ...same, revision: next });
    const old = found.filter((revision) => revision !== same);
    return { current, old, collisionCount: owner.status?.collisionCount ?? 0 };
  }

  /** Deletes the oldest revisions beyond `revisionHistoryLimit`; those with Pods do not count and stay. */
  removeSurplus(owner: T, { old }: History, isLive: (revision: ControllerRevision) => boolean): void {
    const idle = old.filter((revision) => !isLive(revision));
    const surplus = Math.max(0, idle.length - (owner.spec.revisionHistoryLimit ?? 10));
    for (const { metadata } of idle.slice(0, surplus)) {
      unlessGone(() => this.#revisions.delete(metadata.name, metadata.namespace));
    }
  }

  /** What the cache shows, and what it does not show yet. */
  #found(owner: T): ControllerRevision[] {
    const { uid } = owner.metadata;
    const made = this.#made.get(uid);
    const shown = this.#owned.claim(owner);
    if (made === undefined) return shown;
    if (Number(this.informer.resourceVersion) < Number(made.metadata.resourceVersion)) return [...shown, made];
    this.#made.delete(uid);
    return shown;
  }

  #create(owner: T, data: ControllerRevision['data'], revision: number) {
    let collisionCount = owner.status?.collisionCount ?? 0;
    for (;;) {
      const hash = templateHash(owner.spec.template, collisionCount);
      const { name, namespace } = owner.metadata;
      try {
        const created = this.#revisions.create({
          apiVersion: 'apps/v1',
          kind: 'ControllerRevision',
          metadata: {
            name: `${name}-${hash}`,
            namespace,
            labels: { ...owner.spec.template.metadata?.labels, [this.#hashLabel]: hash },
            annotations: owner.metadata.annotations,
            ownerReferences: [controllerReference(owner)],
          },
          data,
          revision,
        });
        return { revision: created, collisionCount };
      } catch (error) {
        if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) throw error;
        const taken = this.#revisions.get(`${name}-${hash}`, namespace);
        // The cache had not shown it yet.
        if (sameValue(taken.data, data)) return { revision: taken, collisionCount };
        collisionCount += 1;
      }
    }
  }
}

/** A strategic merge patch that puts the template back. */
function revisionData(template: PodTemplateSpec): ControllerRevision['data'] {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

/** The template that a revision keeps. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { $patch: _, ...template } = (data as { spec: { template: PodTemplateSpec & { $patch?: string } } }).spec
    .template;
  return template;
}

function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
