import { pluginFiles } from '../../cni/index.ts';
import type { Image } from '../../containerd/image.ts';
import { cniInstall, type KubeRouterSurroundings, kubeRouterProgram } from '../../kube-router/index.ts';
import { ipset } from '../../linux/programs/iptables/ipset.ts';
import { iptables, iptablesRestore, iptablesSave } from '../../linux/programs/iptables/iptables.ts';
import { ip } from '../../linux/programs/network-programs.ts';
import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { defineImage } from '../images/definition.ts';
import { KUBE_ROUTER_IMAGE } from '../images/references.ts';

const NAME = 'kube-router';
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';
const CONFIGURATION = 'kube-router-cfg';
const LABELS = { 'k8s-app': NAME, tier: 'node' };

/** kube-router and the tools it writes rules with. */
export function kubeRouterImage(surroundings: KubeRouterSurroundings): Image {
  return defineImage({
    reference: KUBE_ROUTER_IMAGE,
    sizeBytes: 54_200_000,
    trees: () => [
      {
        ...pluginFiles('/usr/libexec/cni'),
        '/usr/local/bin/cni-install': { program: cniInstall, size: 2_100_000 },
        '/usr/sbin/ip': { program: ip('gnu'), size: 764_664 },
        '/usr/sbin/ipset': { program: ipset('gnu'), size: 14_312 },
        '/usr/sbin/iptables': { program: iptables('gnu'), size: 99_296 },
        '/usr/sbin/iptables-save': { program: iptablesSave('gnu'), size: 99_296 },
        '/usr/sbin/iptables-restore': { program: iptablesRestore('gnu'), size: 99_296 },
        '/usr/local/bin/kube-router': { program: kubeRouterProgram(surroundings), size: 49_000_000 },
      },
    ],
    entrypoint: ['/usr/local/bin/kube-router'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  });
}

/**
 * The objects of kube-router's own manifest, daemonset/generic-kuberouter.yaml, without what its containers ask for:
 * machines are small here.
 * https://github.com/cloudnativelabs/kube-router/tree/master/daemonset
 */
export const KUBE_ROUTER_OBJECTS: readonly AddOnObject[] = [
  {
    path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
  },
  {
    path: `/apis/${RBAC}/v1/clusterroles`,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: NAME },
      rules: [
        {
          apiGroups: [''],
          resources: ['namespaces', 'pods', 'services', 'nodes', 'endpoints'],
          verbs: ['list', 'get', 'watch'],
        },
        { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['list', 'get', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
      ],
    },
  },
  {
    path: `/apis/${RBAC}/v1/clusterrolebindings`,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
    },
  },
  {
    path: `/api/v1/namespaces/${NAMESPACE}/configmaps`,
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CONFIGURATION, namespace: NAMESPACE, labels: LABELS },
      data: { 'cni-conf.json': cniConfiguration() },
    },
  },
  { path: `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`, object: daemonSet() },
];

/** kube-router adds the range of the node's Pods to it. */
function cniConfiguration(): string {
  const bridge = { name: 'kubernetes', type: 'bridge', bridge: 'kube-bridge', isDefaultGateway: true };
  const plugins = [
    { ...bridge, mtu: 1500, ipam: { type: 'host-local' } },
    { type: 'portmap', capabilities: { portMappings: true, snat: true } },
  ];
  return `${JSON.stringify({ cniVersion: '0.3.0', name: 'mynet', plugins }, undefined, 2)}\n`;
}

function daemonSet(): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          priorityClassName: 'system-node-critical',
          serviceAccountName: NAME,
          initContainers: [
            {
              name: 'install-cni',
              image: KUBE_ROUTER_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              command: ['/usr/local/bin/cni-install'],
              volumeMounts: [
                { name: 'cni-conf-dir', mountPath: '/etc/cni/net.d' },
                { name: 'cni-bin-dir', mountPath: '/opt/cni/bin' },
                { name: CONFIGURATION, mountPath: '/etc/kube-router' },
              ],
            },
          ],
          containers: [
            {
              name: NAME,
              image: KUBE_ROUTER_IMAGE,
              imagePullPolicy: 'IfNotPresent',
              args: [
                '--run-router=true',
                '--run-firewall=true',
                '--run-service-proxy=false',
                '--service-cluster-ip-range=10.96.0.0/12',
              ],
              env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
              securityContext: { privileged: true },
              volumeMounts: [
                { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
                { name: 'cni-conf-dir', mountPath: '/etc/cni/net.d' },
                { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
              ],
            },
          ],
          hostNetwork: true,
          tolerations: [
            { effect: 'NoSchedule', operator: 'Exists' },
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            { effect: 'NoExecute', operator: 'Exists' },
          ],
          volumes: [
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
            { name: 'cni-conf-dir', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
            { name: 'cni-bin-dir', hostPath: { path: '/opt/cni/bin', type: 'DirectoryOrCreate' } },
            { name: CONFIGURATION, configMap: { name: CONFIGURATION } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    },
  };
}
