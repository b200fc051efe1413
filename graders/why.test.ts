import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import type { ObjectQuery } from './exercise.ts';
import { findObjects } from './observe.ts';
import { explain } from './why.ts';

/** A Deployment and a Service `quay`, each with something of its own. */
const quay = ({ label = 'quay', targetPort = 'http', path = '/' }) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: quay}
spec:
  replicas: 2
  selector: {matchLabels: {app: quay}}
  template:
    metadata: {labels: {app: quay}}
    spec:
      containers:
      - name: web
        image: nginx:1.29
        ports: [{name: http, containerPort: 80}]
        readinessProbe: {httpGet: {path: ${path}, port: 80}, periodSeconds: 2}
---
apiVersion: v1
kind: Service
metadata: {name: quay}
spec: {selector: {app: ${label}}, ports: [{port: 80, targetPort: ${targetPort}}]}
`;

const SLICE: ObjectQuery = { kind: 'EndpointSlice', selector: 'kubernetes.io/service-name=quay' };
const DEPLOYMENT: ObjectQuery = { kind: 'Deployment', name: 'quay' };

function explained(manifest: string, query: ObjectQuery): readonly string[] {
  const cluster = createCluster({ workers: [{ name: 'node-1' }], files: { 'quay.yaml': manifest } });
  cluster.run('workstation', ['kubectl', 'apply', '-f', 'quay.yaml'], 30_000);
  cluster.sim.runFor(20_000);
  return explain(cluster, findObjects(cluster, query));
}

test('endpoints that are missing are explained by their Service', () => {
  expect(explained(quay({}), SLICE)).toEqual([]);
  expect(explained(quay({ label: 'key' }), SLICE)).toEqual([
    'the Service "quay" looks for Pods with app=key, and there is none',
  ]);
  expect(explained(quay({ targetPort: 'web' }), SLICE)).toEqual([
    'the Service "quay" leads to the port "web" of its Pods, which have "http"',
  ]);
});

test('what is not ready is explained by its first Pod that is not', () => {
  const manifest = quay({ path: '/open' });
  const probe = 'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404';
  expect(explained(manifest, SLICE)).toEqual(
    expect.arrayContaining(['no Pod with app=quay is ready, so the Service "quay" leads to none', probe]),
  );
  expect(explained(manifest, DEPLOYMENT)).toContain(probe);
});

test('a workload whose Pods are refused says by whom', () => {
  const namespace =
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {pod-security.kubernetes.io/enforce: restricted}}\n';
  expect(explained(`${namespace}---${quay({})}`, DEPLOYMENT)).toContainEqual(
    expect.stringMatching(
      /^condition ReplicaFailure is True: FailedCreate: pods "quay-.*" is forbidden: violates PodSecurity "restricted:latest": /,
    ),
  );
});

test('a Pod that waits for a volume is explained by its claim', () => {
  const manifest = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: log}
spec: {storageClassName: standart, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: keeper}
spec:
  containers: [{name: keeper, image: 'busybox:1.37'}]
  volumes: [{name: log, persistentVolumeClaim: {claimName: log}}]
`;
  expect(explained(manifest, { kind: 'Pod', name: 'keeper' })).toEqual([
    expect.stringMatching(
      /^condition PodScheduled is False: Unschedulable: .* unbound immediate PersistentVolumeClaims/,
    ),
    'ProvisioningFailed: storageclass.storage.k8s.io "standart" not found',
  ]);
});

test('what a waiting container says already no event says again', () => {
  const manifest =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx:none}]}\n';
  const causes = explained(manifest, { kind: 'Pod', name: 'web' });
  expect(causes).toContainEqual(expect.stringMatching(/^container "web" waits: (ImagePullBackOff|ErrImagePull)/));
  expect(causes.filter((cause) => /^Failed: Error: /.test(cause))).toEqual([]);
});
