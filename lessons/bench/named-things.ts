import { type Cluster, type KubeObject, nodes, pods, RESOURCES, type Resource, storagePrefix } from '@drydock/engine';
import { findAll, parsePath } from '@drydock/graders';
import type { Reference } from './reference.ts';

/**
 * What a lesson calls things: a kind in any case, singular or plural, and a name, e.g. `pod harbour`, `Deployment web`,
 * `node node-1`, `service kube-system/kube-dns`. A name stands for all that begin with it, since the names of Pods that
 * controllers make have endings of their own.
 */
interface NamedThing {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** Reads such words; undefined for a kind that nobody serves. */
function readThing(words: string): NamedThing | undefined {
  const [kind = '', path = ''] = words.trim().split(/\s+/);
  const resource = resourceCalled(kind);
  if (resource === undefined) return undefined;
  const [first = '', second] = path.split('/');
  return { resource, namespace: second === undefined ? 'default' : first, name: second ?? first };
}

function resourceCalled(kind: string): Resource | undefined {
  const wanted = kind.toLowerCase();
  if (wanted === 'pod') return pods;
  if (wanted === 'node') return nodes;
  return RESOURCES.find((resource) => resource.kind.toLowerCase() === wanted || resource.plural === wanted);
}

/** The object with this very name, else the first whose name begins with it. Reads etcd, so an API server that is down does not matter. */
export function findThing(cluster: Cluster, words: string): KubeObject | undefined {
  const thing = readThing(words);
  if (thing === undefined) return undefined;
  const prefix = storagePrefix(thing.resource) + (thing.resource.namespaced ? `${thing.namespace}/` : '');
  const stored = cluster.stored(prefix + thing.name);
  return (stored.find(({ key }) => key === prefix + thing.name) ?? stored[0])?.value as KubeObject | undefined;
}

export function referenceTo({ kind, metadata }: KubeObject): Reference {
  return { kind: kind ?? '', namespace: metadata.namespace, name: metadata.name };
}

/** A field of a thing, as text; several values with commas between them. Undefined when there is no such thing or field. */
export function fieldOf(cluster: Cluster, words: string, path: string): string | undefined {
  const found = findAll(findThing(cluster, words), parsePath(path)).map(({ value }) => value);
  if (found.length === 0) return undefined;
  return found.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join(', ');
}
