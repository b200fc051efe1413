import { stringify } from 'yaml';
import type { Image } from '../../containerd/image.ts';
import { type KubeProxySurroundings, kubeProxyProgram } from '../../kube-proxy/index.ts';
import type { FileTree } from '../../linux/host.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { conntrack } from '../../linux/programs/iptables/conntrack.ts';
import { iptables, iptablesRestore, iptablesSave } from '../../linux/programs/iptables/iptables.ts';
import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { defineImage } from '../images/definition.ts';
import { componentReference } from '../images/references.ts';
import { RELEASES, type Release } from '../versions.ts';

const NAME = 'kube-proxy';
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';

/** kube-proxy and the tools it writes rules with, as each release has them. */
export function kubeProxyImages(surroundings: KubeProxySurroundings, programs: ProgramSource): readonly Image[] {
  let made: readonly FileTree[] | undefined;
  const trees = () => {
    made ??= [kubeProxyTree(surroundings, programs)];
    return made;
  };
  return RELEASES.map((release) =>
    defineImage({
      reference: componentReference(NAME, release),
      sizeBytes: 25_790_000,
      trees,
      entrypoint: ['kube-proxy'],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    }),
  );
}

function kubeProxyTree(surroundings: KubeProxySurroundings, programs: ProgramSource): FileTree {
  return {
    // Here, and not among the programs that are loaded once the learner's prompt is there: rules are written before.
    '/usr/sbin/iptables': { program: iptables('gnu'), size: 99_296 },
    '/usr/sbin/iptables-save': { program: iptablesSave('gnu'), size: 99_296 },
    '/usr/sbin/iptables-restore': { program: iptablesRestore('gnu'), size: 99_296 },
    '/usr/sbin/conntrack': { program: conntrack('gnu'), size: 81_320 },
    // What other modes need is loaded with them.
    '/usr/sbin/nft': { program: programs.program('nft', 'gnu'), size: 26_888 },
    '/usr/sbin/ipset': { program: programs.program('ipset', 'gnu'), size: 14_312 },
    '/usr/sbin/ipvsadm': { program: programs.program('ipvsadm', 'gnu'), size: 73_544 },
    '/usr/local/bin/kube-proxy': { program: kubeProxyProgram(surroundings), size: 44_000_000 },
  };
}

/**
 * What `kubeadm init phase addon kube-proxy` creates.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#proxy
 */
export function kubeProxyObjects(apiServer: string, clusterCidr: string, release: Release): readonly AddOnObject[] {
  const metadata = { name: NAME, namespace: NAMESPACE };
  const collection = (path: string) => `${path}/namespaces/${NAMESPACE}`;
  return [
    {
      path: `${collection('/api/v1')}/serviceaccounts`,
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    },
    {
      path: `/apis/${RBAC}/v1/clusterrolebindings`,
      object: {
        apiVersion: `${RBAC}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'kubeadm:node-proxier' },
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'system:node-proxier' },
        subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
      },
    },
    {
      path: `${collection('/api/v1')}/configmaps`,
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...metadata, labels: { app: NAME } },
        data: { 'config.conf': configuration(clusterCidr), 'kubeconfig.conf': kubeconfig(apiServer) },
      },
    },
    { path: `${collection('/apis/apps/v1')}/daemonsets`, object: daemonSet(release) },
  ];
}

/** Every field that kubeadm writes down; those that are empty leave it to kube-proxy's defaults. */
function configuration(clusterCIDR: string): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    bindAddress: '0.0.0.0',
    bindAddressHardFail: false,
    clientConnection: {
      acceptContentTypes: '',
      burst: 0,
      contentType: '',
      kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf',
      qps: 0,
    },
    clusterCIDR,
    configSyncPeriod: '0s',
    conntrack: {
      maxPerCore: null,
      min: null,
      tcpBeLiberal: false,
      tcpCloseWaitTimeout: null,
      tcpEstablishedTimeout: null,
      udpStreamTimeout: '0s',
      udpTimeout: '0s',
    },
    detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
    detectLocalMode: '',
    enableProfiling: false,
    healthzBindAddress: '',
    hostnameOverride: '',
    iptables: {
      localhostNodePorts: null,
      masqueradeAll: false,
      masqueradeBit: null,
      minSyncPeriod: '0s',
      syncPeriod: '0s',
    },
    ipvs: {
      excludeCIDRs: null,
      minSyncPeriod: '0s',
      scheduler: '',
      strictARP: false,
      syncPeriod: '0s',
      tcpFinTimeout: '0s',
      tcpTimeout: '0s',
      udpTimeout: '0s',
    },
    kind: 'KubeProxyConfiguration',
    metricsBindAddress: '',
    mode: '',
    nftables: { masqueradeAll: false, masqueradeBit: null, minSyncPeriod: '0s', syncPeriod: '0s' },
    nodePortAddresses: null,
    oomScoreAdj: null,
    portRange: '',
    showHiddenMetricsForVersion: '',
  });
}

function kubeconfig(server: string): string {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ cluster: { 'certificate-authority': `${account}/ca.crt`, server }, name: 'default' }],
    contexts: [{ context: { cluster: 'default', namespace: 'default', user: 'default' }, name: 'default' }],
    'current-context': 'default',
    users: [{ name: 'default', user: { tokenFile: `${account}/token` } }],
  });
}

function daemonSet(release: Release): object {
  const labels = { 'k8s-app': NAME };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-node-critical',
          containers: [
            {
              name: NAME,
              image: componentReference(NAME, release),
              imagePullPolicy: 'IfNotPresent',
              command: [
                '/usr/local/bin/kube-proxy',
                '--config=/var/lib/kube-proxy/config.conf',
                '--hostname-override=$(NODE_NAME)',
              ],
              securityContext: { privileged: true },
              volumeMounts: [
                { name: NAME, mountPath: '/var/lib/kube-proxy' },
                { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
                { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
              ],
              env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            },
          ],
          hostNetwork: true,
          serviceAccountName: NAME,
          volumes: [
            { name: NAME, configMap: { name: NAME } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
          ],
          tolerations: [{ operator: 'Exists' }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
        },
      },
    },
  };
}
