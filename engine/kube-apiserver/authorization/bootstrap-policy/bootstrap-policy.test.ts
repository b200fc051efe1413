import { expect, test } from 'vitest';
import { RBAC, startRbacServer } from '../../testing/rbac-server.ts';
import { MERGE } from '../../testing/test-server.ts';

/** The default roles of a 1.20 cluster; all of them are still there. */
const SINCE_1_20 = `admin cluster-admin edit system:aggregate-to-admin system:aggregate-to-edit system:aggregate-to-view
system:auth-delegator system:basic-user system:certificates.k8s.io:certificatesigningrequests:nodeclient
system:certificates.k8s.io:certificatesigningrequests:selfnodeclient
system:certificates.k8s.io:kube-apiserver-client-approver
system:certificates.k8s.io:kube-apiserver-client-kubelet-approver system:certificates.k8s.io:kubelet-serving-approver
system:certificates.k8s.io:legacy-unknown-approver system:controller:attachdetach-controller
system:controller:certificate-controller system:controller:clusterrole-aggregation-controller
system:controller:cronjob-controller system:controller:daemon-set-controller system:controller:deployment-controller
system:controller:disruption-controller system:controller:endpoint-controller
system:controller:endpointslice-controller system:controller:endpointslicemirroring-controller
system:controller:expand-controller system:controller:generic-garbage-collector
system:controller:horizontal-pod-autoscaler system:controller:job-controller system:controller:namespace-controller
system:controller:node-controller system:controller:persistent-volume-binder
system:controller:pod-garbage-collector system:controller:pv-protection-controller
system:controller:pvc-protection-controller system:controller:replicaset-controller
system:controller:replication-controller system:controller:resourcequota-controller
system:controller:root-ca-cert-publisher system:controller:route-controller
system:controller:service-account-controller system:controller:service-controller
system:controller:statefulset-controller system:controller:ttl-controller system:discovery system:heapster
system:kube-aggregator system:kube-controller-manager system:kube-dns system:kube-scheduler
system:kubelet-api-admin system:monitoring system:node system:node-bootstrapper system:node-problem-detector
system:node-proxier system:persistent-volume-provisioner system:public-info-viewer
system:service-account-issuer-discovery system:volume-scheduler view`.split(/\s+/);

interface Named {
  readonly metadata: { readonly name: string };
}

test('a cluster has the default roles, and nothing is lost when the server starts again', () => {
  const { root, etcd } = startRbacServer();
  const names = root('GET', `${RBAC}/clusterroles`).body.items.map(({ metadata }: Named) => metadata.name);
  expect(SINCE_1_20.filter((name) => !names.includes(name))).toEqual([]);
  const view = root('GET', `${RBAC}/clusterroles/view`).body;
  expect(view.metadata).toMatchObject({
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  });
  const again = startRbacServer({ etcd });
  expect(again.root('GET', `${RBAC}/clusterroles/view`).body).toEqual(view);
});

test('what a default lacks is restored at the next start, unless it is to be left alone', () => {
  const { root, etcd } = startRbacServer();
  const path = (name: string) => `${RBAC}/clusterroles/${name}`;
  const own = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  root('PATCH', path('system:kube-dns'), { rules: [own] }, MERGE);
  root('PATCH', `${RBAC}/clusterrolebindings/system:kube-dns`, { subjects: null }, MERGE);
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
  root('PATCH', path('system:heapster'), { metadata: { annotations }, rules: [] }, MERGE);
  root('DELETE', path('system:monitoring'));
  const again = startRbacServer({ etcd }).root;
  expect(again('GET', path('system:kube-dns')).body.rules).toEqual([
    own,
    { apiGroups: [''], resources: ['endpoints', 'services'], verbs: ['list', 'watch'] },
  ]);
  expect(again('GET', `${RBAC}/clusterrolebindings/system:kube-dns`).body.subjects).toHaveLength(1);
  expect(again('GET', path('system:heapster')).body.rules).toEqual([]);
  expect(again('GET', path('system:monitoring')).status).toBe(200);
});
