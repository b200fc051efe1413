import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Who does what in a whole cluster: https://kubernetes.io/docs/reference/access-authn-authz/rbac/

const WORK = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes: [{name: keys, secret: {secretName: keys}}]
      containers:
      - {name: web, image: 'nginx:1.29', volumeMounts: [{name: keys, mountPath: /keys}], envFrom: [{configMapRef: {name: settings}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: 'nginx:1.29'}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: '* * * * *'
  jobTemplate: {spec: {ttlSecondsAfterFinished: 5, template: {spec: {restartPolicy: Never, containers: [{name: tick, image: 'busybox:1.37', command: ['true']}]}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: passing}
`;

interface Refusal {
  readonly who: string | undefined;
  readonly detail: string;
}

/** What was refused for who asked, by whom, since the cluster was up. */
function refusals({ sim }: Testbed, sinceMs: number): readonly Refusal[] {
  return sim.trace.entries
    .filter(({ kind, detail, timeMs }) => timeMs >= sinceMs && kind === 'request.refused' && /^40[13] /.test(detail))
    .map(({ activity, detail }) => ({ who: activity?.user, detail }));
}

test('every component works as itself, and has the rights it needs', () => {
  const bed = new Testbed();
  const upMs = bed.sim.nowMs;
  bed.apply(WORK);
  bed.pass(75);
  expect(bed.podViews().filter(({ ready }) => ready)).toHaveLength(4);
  bed.kubectl('delete', 'namespace', 'passing');
  bed.kubectl('delete', 'deployment', 'web');
  bed.pass(60);
  expect(refusals(bed, upMs)).toEqual([]);
  const writers = new Set(bed.sim.trace.entries.map(({ activity }) => activity?.user));
  for (const user of [
    'kubernetes-admin',
    'system:kube-scheduler',
    'system:kube-controller-manager',
    'system:node:node-1',
    'system:serviceaccount:kube-system:deployment-controller',
    'system:serviceaccount:kube-system:replicaset-controller',
    'system:serviceaccount:kube-system:daemon-set-controller',
    'system:serviceaccount:kube-system:cronjob-controller',
    'system:serviceaccount:kube-system:generic-garbage-collector',
    'system:serviceaccount:kube-system:namespace-controller',
  ]) {
    expect(writers, user).toContain(user);
  }
});

test('an administrator who loses the binding can do nothing more, and the trace says why', () => {
  const bed = new Testbed();
  const upMs = bed.sim.nowMs;
  // It is deleted, and kubectl may not see any more that it is.
  bed.kubectlAnyway('delete', 'clusterrolebinding', 'kubeadm:cluster-admins');
  const { stderr } = bed.kubectlAnyway('get', 'pods');
  expect(stderr).toContain('pods is forbidden: User "kubernetes-admin" cannot list resource "pods"');
  expect(refusals(bed, upMs).at(-1)).toMatchObject({ who: 'kubernetes-admin' });
});

test('a request from outside is about what its path says, whatever else it tells', () => {
  const { cluster } = new Testbed();
  const about = { group: '', version: 'v1', namespace: 'kube-system', resource: 'secrets', name: '', subresource: '' };
  const request = { method: 'GET', path: '/api/v1/namespaces/default/configmaps', info: about } as const;
  const answer = cluster.submit({ kind: 'api', request }) as { body: unknown };
  expect(answer.body).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'kube-root-ca.crt' } }] });
  expect(cluster.read(request).body).toMatchObject({ kind: 'ConfigMapList' });
});
