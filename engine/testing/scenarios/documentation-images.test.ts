import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Pages of https://kubernetes.io/docs/ that are followed with an image of their own.

const AUTOSCALER = `apiVersion: v1
kind: ServiceAccount
metadata: {name: kube-dns-autoscaler, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: 'system:kube-dns-autoscaler'}
rules:
- {apiGroups: [''], resources: [nodes], verbs: [list, watch]}
- {apiGroups: [apps], resources: [deployments/scale], verbs: [get, update]}
- {apiGroups: [''], resources: [configmaps], verbs: [get, create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: 'system:kube-dns-autoscaler'}
subjects: [{kind: ServiceAccount, name: kube-dns-autoscaler, namespace: kube-system}]
roleRef: {kind: ClusterRole, name: 'system:kube-dns-autoscaler', apiGroup: rbac.authorization.k8s.io}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: kube-dns-autoscaler, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: kube-dns-autoscaler}}
  template:
    metadata: {labels: {k8s-app: kube-dns-autoscaler}}
    spec:
      serviceAccountName: kube-dns-autoscaler
      containers:
      - name: autoscaler
        image: registry.k8s.io/cpa/cluster-proportional-autoscaler:1.8.4
        command:
        - /cluster-proportional-autoscaler
        - --namespace=kube-system
        - --configmap=kube-dns-autoscaler
        - --target=Deployment/coredns
        - --default-params={"linear":{"coresPerReplica":256,"nodesPerReplica":16,"preventSinglePointFailure":true}}
        - --logtostderr=true
        - --v=2
`;

// https://kubernetes.io/docs/tasks/administer-cluster/dns-horizontal-autoscaling/
test('the DNS servers are as many as the ConfigMap wants, which comes by itself', () => {
  const bed = new Testbed();
  bed.apply(AUTOSCALER);
  const system = ['-n', 'kube-system'] as const;
  const data = () => bed.kubectlAnyway('get', 'cm', 'kube-dns-autoscaler', ...system, '-o', 'jsonpath={.data}').stdout;
  const defaults = { linear: '{"coresPerReplica":256,"nodesPerReplica":16,"preventSinglePointFailure":true}' };
  bed.until('the ConfigMap is there', () => data() !== '');
  expect(JSON.parse(data())).toEqual(defaults);
  const patch = JSON.stringify({ data: { linear: '{"coresPerReplica":2,"nodesPerReplica":16,"min":1}' } });
  bed.kubectl('patch', 'cm', 'kube-dns-autoscaler', ...system, '-p', patch);
  const replicas = () => bed.kubectl('get', 'deploy', 'coredns', ...system, '-o', 'jsonpath={.spec.replicas}');
  bed.until('there are more', () => replicas() === '3');
  expect(bed.kubectl('logs', 'deploy/kube-dns-autoscaler', ...system)).toMatch(
    /ConfigMap not found: configmaps "kube-dns-autoscaler" not found, will create one with default params\n.*Created ConfigMap[\s\S]*Replicas are not as expected : updating replicas from 2 to 3\n/,
  );
  bed.kubectl('delete', 'cm', 'kube-dns-autoscaler', ...system);
  bed.until('it comes again', () => data() !== '');
});

// https://kubernetes.io/docs/tasks/administer-cluster/namespaces-walkthrough/
test('serve_hostname says in which Pod it runs', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'deployment', 'snowflake', '--image=registry.k8s.io/serve_hostname');
  bed.kubectl('rollout', 'status', 'deployment/snowflake');
  const [pod] = bed.podViews();
  const { stdout } = bed.sh(`kubectl get --raw /api/v1/namespaces/default/pods/${pod!.name}:9376/proxy/`);
  expect(stdout).toBe(pod!.name);
});
