import type { Deployment, Pod, ReplicaSet } from '../../api/kinds.ts';

const meta = { namespace: 'default', resourceVersion: '1', creationTimestamp: '2026-01-12T09:00:00Z' };

export function storedDeployment(
  spec: Partial<Deployment['spec']> = {},
  status: Deployment['status'] = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...meta, name: 'web', uid: 'uid of web', generation: 1 },
    spec: {
      replicas: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
    status,
  };
}

/** @param available how many of the replicas are available; all unless told. */
export function storedReplicaSet(
  name: string,
  replicas: number,
  available = replicas,
  annotations: Readonly<Record<string, string>> = {},
): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...meta, name, uid: `uid of ${name}`, generation: 1, annotations },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: name }] } },
    },
    status: { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

export function storedPod(name: string, spec: Partial<Pod['spec']> = {}, status: Pod['status'] = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta, name, uid: `uid of ${name}` },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    status,
  };
}

/** The status of a Pod that has been ready since then. */
export function readySince(time: string): Pod['status'] {
  return { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }] };
}
