import type { KindDescriptor } from '../api/descriptor.ts';

/** Whose names clients see first, and how the versions within a group rank. */
interface Priority {
  readonly group: number;
  readonly version: number;
}

const GROUPS: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'admissionregistration.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
  'resource.k8s.io': 15900,
};
/** Where a version does not rank as most do. */
const VERSIONS: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
};
const USUAL_VERSION = 15;

function priorityOf(group: string, version: string): Priority | undefined {
  const own = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
  return own === undefined ? undefined : { group: own, version: VERSIONS[`${group}/${version}`] ?? USUAL_VERSION };
}

/**
 * The APIServices by which the server says what it serves itself, one for each version of a built-in group.
 * After kubernetes/kubernetes pkg/controlplane/apiserver/aggregator.go, whose own group, too, has none.
 */
export function localApiServices(kinds: readonly KindDescriptor[]): readonly object[] {
  const services = new Map<string, object>();
  for (const { group, version } of kinds) {
    const priority = priorityOf(group, version);
    if (priority === undefined) continue;
    const name = `${version}.${group}`;
    services.set(name, {
      metadata: { name, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group, version, groupPriorityMinimum: priority.group, versionPriority: priority.version },
    });
  }
  return [...services.values()];
}
