import { StatusError } from '../../api/status-error.ts';
import { isStatus } from '../../kubectl/command-error.ts';
import type { ApiResource } from '../../kubectl/discovery.ts';
import type { Invocation } from '../../kubectl/invocation.ts';
import { isBuiltIn, schemaName } from '../../kubectl/schema-name.ts';
import { jsonThreeWayPatch, strategicThreeWayPatch } from '../../kubectl/three-way-merge.ts';
import { isObject, stringAt, type Unstructured, withField } from '../../kubectl/unstructured.ts';
import type { Task } from '../../sim/index.ts';
import { HelmError } from '../helm-error.ts';
import { forRemoval, objectsIn } from './manifests.ts';

/** An object of a release and where the cluster keeps it. */
export interface ReleaseObject {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: Unstructured;
}

interface Owner {
  readonly name: string;
  readonly namespace: string;
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const RELEASE_NAME = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';
const WRITE = { fieldManager: 'helm' } as const;

/** Makes, changes and deletes what releases consist of. */
export class ReleaseObjects {
  readonly #cluster: Invocation;

  constructor(cluster: Invocation) {
    this.#cluster = cluster;
  }

  /** The objects of a manifest, in its order. @throws HelmError for kinds that the cluster does not have */
  *locate(manifest: string, namespace: string): Task<readonly ReleaseObject[]> {
    const located: ReleaseObject[] = [];
    for (const { object } of objectsIn(manifest)) located.push(yield* this.#locateOne(object, namespace));
    return located;
  }

  *#locateOne(object: Readonly<Record<string, unknown>>, namespace: string): Task<ReleaseObject> {
    const [apiVersion, kind, name] = [
      stringAt(object, 'apiVersion'),
      stringAt(object, 'kind'),
      stringAt(object, 'metadata', 'name'),
    ];
    const missing = apiVersion === '' ? 'apiVersion not set' : kind === '' ? 'kind not set' : undefined;
    if (missing !== undefined) throw new HelmError(`error validating "": error validating data: ${missing}`);
    const resource = yield* this.#cluster.patiently(() => this.#cluster.discovery.forKind(apiVersion, kind));
    if (resource === undefined) {
      throw new HelmError(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(stringAt(object, 'metadata', 'namespace'))} from "": ` +
          `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}\nensure CRDs are installed first`,
      );
    }
    const where = resource.namespaced ? stringAt(object, 'metadata', 'namespace') || namespace : undefined;
    const placed = where === undefined ? object : withField(object, ['metadata', 'namespace'], where);
    return { resource, namespace: where, name, object: placed as Unstructured };
  }

  /** @throws HelmError when the cluster has an object already that belongs to nobody, or to another release */
  *checkOwnership(objects: readonly ReleaseObject[], owner: Owner): Task<void> {
    for (const one of objects) {
      const live = yield* this.read(one);
      const problems = live === undefined ? [] : ownershipProblems(live, owner);
      if (problems.length === 0) continue;
      throw new HelmError(
        `${one.resource.kind} ${JSON.stringify(one.name)} in namespace ${JSON.stringify(one.namespace ?? '')} exists and cannot be imported ` +
          `into the current release: invalid ownership metadata; ${problems.join('; ')}`,
      );
    }
  }

  *read({ resource, name, namespace }: ReleaseObject): Task<Unstructured | undefined> {
    try {
      return yield* this.#cluster.patiently(() => this.#cluster.of(resource).get(name, namespace));
    } catch (error) {
      if (isStatus(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  *create({ resource, object }: ReleaseObject, options: { readonly dryRun?: boolean } = {}): Task<void> {
    yield* this.#cluster.patiently(() => this.#cluster.create(resource, object, { ...WRITE, ...options }));
  }

  /**
   * Brings objects from one manifest to another: what is new is made, what has changed is patched with regard to what has been
   * changed in the cluster meanwhile, what is no longer there is deleted.
   */
  *update(before: readonly ReleaseObject[], after: readonly ReleaseObject[], force: boolean): Task<void> {
    for (const target of after) {
      const live = yield* this.read(target);
      const original = before.find((one) => isSame(one, target));
      if (live === undefined) yield* this.create(target);
      else if (force) yield* this.#replace(target, live);
      else yield* this.#patch(target, original?.object ?? live, live);
    }
    const gone = before.filter((one) => !after.some((other) => isSame(one, other)));
    for (const one of gone) if (!isKept(one)) yield* this.delete(one);
  }

  *#replace({ resource, object }: ReleaseObject, live: Unstructured): Task<void> {
    const { resourceVersion } = live.metadata;
    const fresh = withField(object, ['metadata', 'resourceVersion'], resourceVersion) as Unstructured;
    yield* this.#cluster.patiently(() => this.#cluster.of(resource).update(fresh, WRITE));
  }

  *#patch(
    { resource, name, namespace, object }: ReleaseObject,
    original: Unstructured,
    live: Unstructured,
  ): Task<void> {
    const builtIn = isBuiltIn(resource);
    const patch = builtIn
      ? strategicThreeWayPatch(schemaName(resource), original, object, live)
      : jsonThreeWayPatch(original, object, live);
    if (Object.keys(patch).length === 0) return;
    const type = builtIn ? 'strategic-merge' : 'merge';
    try {
      yield* this.#cluster.patiently(() => this.#cluster.of(resource).patch(name, namespace, type, patch, WRITE));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new HelmError(`cannot patch ${JSON.stringify(name)} with kind ${resource.kind}: ${error.message}`);
    }
  }

  /** What is not there any more need not be deleted. */
  *delete({ resource, name, namespace }: ReleaseObject): Task<void> {
    try {
      yield* this.#cluster.patiently(() =>
        this.#cluster.of(resource).delete(name, namespace, { propagationPolicy: 'Background' }),
      );
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
    }
  }

  /** Deletes them in their order. @returns those that stay by their own wish */
  *deleteAll(objects: readonly ReleaseObject[]): Task<readonly ReleaseObject[]> {
    for (const one of forRemoval(objects)) if (!isKept(one)) yield* this.delete(one);
    return objects.filter(isKept);
  }
}

function isSame(one: ReleaseObject, other: ReleaseObject): boolean {
  return (
    one.resource.group === other.resource.group &&
    one.resource.kind === other.resource.kind &&
    one.namespace === other.namespace &&
    one.name === other.name
  );
}

function isKept({ object }: ReleaseObject): boolean {
  return stringAt(object, 'metadata', 'annotations', 'helm.sh/resource-policy') === 'keep';
}

/** An object with the marks of the release that it belongs to. */
export function owned(one: ReleaseObject, owner: Owner): ReleaseObject {
  const { metadata } = one.object;
  const labels = { ...metadata.labels, [MANAGED_BY]: 'Helm' };
  const annotations = { ...metadata.annotations, [RELEASE_NAME]: owner.name, [RELEASE_NAMESPACE]: owner.namespace };
  return { ...one, object: { ...one.object, metadata: { ...metadata, labels, annotations } } };
}

function ownershipProblems({ metadata }: Unstructured, owner: Owner): readonly string[] {
  const must = (what: string, values: unknown, key: string, wanted: string): readonly string[] => {
    const value = isObject(values) ? values[key] : undefined;
    if (value === wanted) return [];
    return value === undefined
      ? [`${what} validation error: missing key ${JSON.stringify(key)}: must be set to ${JSON.stringify(wanted)}`]
      : [
          `${what} validation error: key ${JSON.stringify(key)} must equal ${JSON.stringify(wanted)}: current value is ${JSON.stringify(value)}`,
        ];
  };
  return [
    ...must('label', metadata.labels, MANAGED_BY, 'Helm'),
    ...must('annotation', metadata.annotations, RELEASE_NAME, owner.name),
    ...must('annotation', metadata.annotations, RELEASE_NAMESPACE, owner.namespace),
  ];
}
