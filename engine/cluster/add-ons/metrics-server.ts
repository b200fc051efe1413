import type { NodeDialer } from '../../api/node-api.ts';
import type { Transport } from '../../client/transport.ts';
import type { Image } from '../../containerd/image.ts';
import type { AggregatedServer } from '../../kube-apiserver/index.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import { METRICS_KINDS, startMetricsServer } from '../../metrics-server/index.ts';
import type { Simulation } from '../../sim/index.ts';
import { componentProgram } from '../component/component-program.ts';
import { defineImage } from '../images/definition.ts';

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.8.1';
const PORT = 10250;

export interface MetricsServerSurroundings {
  readonly sim: Simulation;
  readonly dialNode: NodeDialer;
  /** The way to the API server from where the process runs, as the add-on's ServiceAccount. */
  connect(process: Process): Transport;
}

/** The add-on that serves metrics.k8s.io: its image, and whoever of its processes answers now. */
export class MetricsServerAddOn {
  readonly image: Image;
  readonly #servers = new Set<AggregatedServer>();

  constructor(surroundings: MetricsServerSurroundings) {
    this.image = defineImage({
      reference: IMAGE,
      aliases: ['registry.k8s.io/metrics-server/metrics-server:v0.8.0'],
      sizeBytes: 22_541_000,
      trees: () => [{ '/metrics-server': { program: this.#program(surroundings), size: 68_000_000 } }],
      entrypoint: ['/metrics-server'],
      user: '1000',
    });
  }

  /** What answers behind a Service, if it is this add-on's. */
  dial(namespace: string, name: string): AggregatedServer | undefined {
    if (namespace !== NAMESPACE || name !== NAME) return undefined;
    const [first] = this.#servers;
    return first;
  }

  #program({ sim, dialNode, connect }: MetricsServerSurroundings): Program {
    return componentProgram({
      healthAddress: '0.0.0.0',
      healthPort: PORT,
      tls: true,
      start: (process) => {
        const server = startMetricsServer({ sim, transport: connect(process), dialNode });
        const aggregated = { kinds: METRICS_KINDS, handle: server.handle };
        this.#servers.add(aggregated);
        return {
          stop: () => {
            this.#servers.delete(aggregated);
            server.stop();
          },
        };
      },
    });
  }
}

const labels = { 'k8s-app': NAME };
const metadata = { name: NAME, namespace: NAMESPACE, labels };

/** The objects of the project's `components.yaml`, as far as they matter here. */
export const METRICS_SERVER_OBJECTS: readonly { readonly path: string; readonly object: object }[] = [
  {
    path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `system:${NAME}`, labels },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `system:${NAME}`, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `system:${NAME}` },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
    },
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {
        name: 'system:aggregated-metrics-reader',
        labels: {
          ...labels,
          'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
          'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
          'rbac.authorization.k8s.io/aggregate-to-view': 'true',
        },
      },
      rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    },
  },
  {
    path: `/api/v1/namespaces/${NAMESPACE}/services`,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }] },
    },
  },
  { path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, object: deployment() },
  {
    path: '/apis/apiregistration.k8s.io/v1/apiservices',
    object: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io', labels },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { name: NAME, namespace: NAMESPACE },
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  },
];

function deployment(): object {
  const probe = (path: string) => ({ httpGet: { path, port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [
            {
              name: NAME,
              image: IMAGE,
              imagePullPolicy: 'IfNotPresent',
              args: [
                '--cert-dir=/tmp',
                `--secure-port=${PORT}`,
                '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
                '--kubelet-use-node-status-port',
                '--metric-resolution=15s',
              ],
              ports: [{ name: 'https', containerPort: PORT, protocol: 'TCP' }],
              livenessProbe: probe('/livez'),
              readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 20 },
              resources: { requests: { cpu: '100m', memory: '200Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 1000,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp-dir', emptyDir: {} }],
        },
      },
    },
  };
}
