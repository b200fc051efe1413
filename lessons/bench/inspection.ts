import { type Cluster, events, nodes, pods } from '@drydock/engine';
import { stringify } from 'yaml';
import type { InspectedEvent, Inspection, Reference } from './protocol.ts';

/** Looks an object up, with its events; undefined when it is gone. */
export function inspect(cluster: Cluster, reference: Reference): Inspection | undefined {
  const object = find(cluster, reference);
  if (object === undefined) return undefined;
  const { managedFields: _, ...metadata } = object.metadata;
  const shown = { ...object, metadata };
  // As kubectl prints it: keys in order, and no anchors where the store shares a part of an object.
  const yaml = stringify(shown, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false });
  return { object: { ...shown }, yaml, events: eventsOf(cluster, reference) };
}

function find(cluster: Cluster, { kind, namespace, name }: Reference) {
  // A list tells "gone" from "cannot be reached" without an error for the former.
  const fieldSelector = `metadata.name=${name}`;
  if (kind === 'Node') return cluster.client.resource(nodes).list({ fieldSelector }).items[0];
  return cluster.client.resource(pods).list({ namespace, fieldSelector }).items[0];
}

function eventsOf(cluster: Cluster, { kind, namespace, name }: Reference): InspectedEvent[] {
  const { items } = cluster.client
    .resource(events)
    .list({ namespace, fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` });
  return items
    .map((event) => ({
      type: event.type ?? 'Normal',
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.series?.count ?? event.count ?? 1,
      lastSeen:
        event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp,
      from: event.reportingComponent ?? event.source?.component ?? '',
    }))
    .sort((a, b) => a.lastSeen.localeCompare(b.lastSeen));
}
