import {
  type Cluster,
  type Event,
  events,
  type KubeObject,
  resourceOfKind,
  storageKey,
  storagePrefix,
} from '@drydock/engine';
import { stringify } from 'yaml';
import { whyOf } from './causes.ts';
import type { InspectedEvent, Inspection } from './protocol.ts';
import type { Reference } from './reference.ts';

/** Looks an object up, with its events; undefined when it is gone. */
export function inspect(cluster: Cluster, reference: Reference): Inspection | undefined {
  const object = find(cluster, reference);
  if (object === undefined) return undefined;
  return {
    object: { ...object },
    yaml: yamlOf(object),
    events: eventsOf(cluster, reference),
    why: whyOf(cluster, object),
  };
}

/** As kubectl prints it: keys in order, no managedFields, and no anchors where the store shares a part of an object. */
export function yamlOf(object: KubeObject): string {
  const { managedFields: _, ...metadata } = object.metadata;
  return stringify({ ...object, metadata }, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false });
}

/** As etcd holds it, so that it can be looked at while the API server is down. */
function find(cluster: Cluster, { kind, namespace = '', name }: Reference): KubeObject | undefined {
  const resource = resourceOfKind(kind);
  if (resource === undefined) return undefined;
  const key = storageKey(storagePrefix(resource), resource.namespaced ? namespace : '', name);
  return cluster.stored(key).find((each) => each.key === key)?.value as KubeObject | undefined;
}

function eventsOf(cluster: Cluster, { kind, namespace = 'default', name }: Reference): InspectedEvent[] {
  return cluster
    .stored(`${storagePrefix(events)}${namespace}/`)
    .map(({ value }) => value as Event)
    .filter(({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === name)
    .map((event) => ({
      type: event.type ?? 'Normal',
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.series?.count ?? event.count ?? 1,
      lastSeen:
        event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
      from: event.reportingComponent ?? event.source?.component ?? '',
    }))
    .sort((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen));
}
