import { stringify } from 'yaml';
import { type AddOnObject, JOINING } from './bootstrap/kubeadm.ts';
import { CLUSTER_CIDR } from './bootstrap/static-pods.ts';
import { KUBELET_CONFIG } from './machines/machine-files.ts';
import { CLUSTER_DOMAIN, type Release } from './versions.ts';

const RBAC = 'rbac.authorization.k8s.io';
const GROUPS = ['system:nodes', JOINING].map((name) => ({ apiGroup: RBAC, kind: 'Group', name }));
const ANYBODY = [{ apiGroup: RBAC, kind: 'User', name: 'system:anonymous' }];

/**
 * What `kubeadm init` leaves in the cluster for whoever joins it, and for itself.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#upload-kubeadm-config
 *
 * @param server `https://10.0.0.10:6443`
 * @param rootCa PEM
 * @param endpoint where a balancer stands before the control plane
 */
export function joiningObjects(
  server: string,
  rootCa: string,
  release: Release,
  endpoint?: string,
): readonly AddOnObject[] {
  return [
    {
      path: `/apis/${RBAC}/v1/clusterroles`,
      object: {
        apiVersion: `${RBAC}/v1`,
        kind: 'ClusterRole',
        metadata: { name: 'kubeadm:get-nodes' },
        rules: [{ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }],
      },
    },
    ...readable('kube-system', 'kubeadm-config', 'kubeadm:nodes-kubeadm-config', GROUPS, {
      ClusterConfiguration: stringify(clusterConfiguration(release, endpoint)),
    }),
    ...readable('kube-system', 'kubelet-config', 'kubeadm:kubelet-config', GROUPS, { kubelet: KUBELET_CONFIG }),
    ...readable('kube-public', 'cluster-info', 'kubeadm:bootstrap-signer-clusterinfo', ANYBODY, {
      kubeconfig: clusterInfo(server, rootCa),
    }),
  ];
}

/** A ConfigMap, and the right to read it. */
function readable(
  namespace: string,
  name: string,
  role: string,
  subjects: readonly object[],
  data: Readonly<Record<string, string>>,
): readonly AddOnObject[] {
  const rbac = `/apis/${RBAC}/v1/namespaces/${namespace}`;
  const named = { apiVersion: `${RBAC}/v1`, metadata: { name: role, namespace } };
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: [name] }];
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: role };
  return [
    {
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
    },
    { path: `${rbac}/roles`, object: { ...named, kind: 'Role', rules } },
    { path: `${rbac}/rolebindings`, object: { ...named, kind: 'RoleBinding', roleRef, subjects } },
  ];
}

/** A kubeconfig that says where the cluster is, and whom to believe, but not who asks. */
function clusterInfo(server: string, rootCa: string): string {
  return stringify(
    {
      apiVersion: 'v1',
      clusters: [{ cluster: { 'certificate-authority-data': btoa(rootCa), server }, name: '' }],
      contexts: null,
      'current-context': '',
      kind: 'Config',
      preferences: {},
      users: null,
    },
    { lineWidth: 0 },
  );
}

/** What `kubeadm init` was told, and what `kubeadm upgrade apply` makes of it. */
export function clusterConfiguration(release: Release, endpoint?: string): Readonly<Record<string, unknown>> {
  return {
    apiServer: {},
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: '87600h0m0s',
    certificateValidityPeriod: '8760h0m0s',
    certificatesDir: '/etc/kubernetes/pki',
    clusterName: 'kubernetes',
    ...(endpoint === undefined ? {} : { controlPlaneEndpoint: endpoint }),
    controllerManager: {},
    dns: {},
    encryptionAlgorithm: 'RSA-2048',
    etcd: { local: { dataDir: '/var/lib/etcd' } },
    imageRepository: 'registry.k8s.io',
    kind: 'ClusterConfiguration',
    kubernetesVersion: release,
    networking: { dnsDomain: CLUSTER_DOMAIN, podSubnet: CLUSTER_CIDR, serviceSubnet: '10.96.0.0/12' },
    proxy: {},
    scheduler: {},
  };
}
