import { stringify } from 'yaml';
import { GATEWAY_API_CRDS } from './gateway-api/index.ts';

const NAME = 'nginx-gateway';
const VERSION = '1.6.2';
const RBAC = 'rbac.authorization.k8s.io';
const GATEWAY_GROUP = 'gateway.networking.k8s.io';

const selector = { 'app.kubernetes.io/instance': NAME, 'app.kubernetes.io/name': NAME };
const labels = { ...selector, 'app.kubernetes.io/version': VERSION };
const metadata = { name: NAME, namespace: NAME, labels };
const watched = ['list', 'watch'];

/** What the project's documentation has `kubectl apply -f` fetch, with one container where the real one has two. */
function gatewayFabricObjects(serviceType: 'LoadBalancer' | 'NodePort'): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: NAME, labels },
      rules: [
        { apiGroups: [''], resources: ['namespaces', 'services', 'secrets', 'configmaps'], verbs: ['get', ...watched] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: watched },
        {
          apiGroups: [GATEWAY_GROUP],
          resources: ['gatewayclasses', 'gateways', 'httproutes', 'referencegrants'],
          verbs: watched,
        },
        {
          apiGroups: [GATEWAY_GROUP],
          resources: ['httproutes/status', 'gateways/status', 'gatewayclasses/status'],
          verbs: ['update'],
        },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update'] },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME, labels },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAME }],
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        ...(serviceType === 'LoadBalancer' ? { externalTrafficPolicy: 'Local' } : {}),
        ports: [
          { name: 'http', port: 80, protocol: 'TCP', targetPort: 80 },
          { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 },
        ],
        selector,
        type: serviceType,
      },
    },
    deployment(),
    {
      apiVersion: `${GATEWAY_GROUP}/v1`,
      kind: 'GatewayClass',
      metadata: { name: 'nginx', labels },
      spec: { controllerName: 'gateway.nginx.org/nginx-gateway-controller' },
    },
  ];
}

function deployment(): object {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector },
        spec: {
          containers: [
            {
              args: [
                'static-mode',
                '--gateway-ctlr-name=gateway.nginx.org/nginx-gateway-controller',
                '--gatewayclass=nginx',
                '--service=nginx-gateway',
                '--leader-election-lock-name=nginx-gateway-leader-election',
              ],
              env: [field('POD_NAMESPACE', 'metadata.namespace'), field('POD_NAME', 'metadata.name')],
              image: `ghcr.io/nginx/nginx-gateway-fabric:${VERSION}`,
              imagePullPolicy: 'Always',
              name: NAME,
              ports: [
                { containerPort: 8081, name: 'health' },
                { containerPort: 80, name: 'http' },
                { containerPort: 443, name: 'https' },
              ],
              readinessProbe: {
                httpGet: { path: '/readyz', port: 'health' },
                initialDelaySeconds: 3,
                periodSeconds: 1,
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
                runAsGroup: 1001,
                runAsUser: 101,
                seccompProfile: { type: 'RuntimeDefault' },
              },
            },
          ],
          serviceAccountName: NAME,
          terminationGracePeriodSeconds: 30,
        },
      },
    },
  };
}

const CRDS =
  /^https:\/\/github\.com\/kubernetes-sigs\/gateway-api\/releases\/(?:download\/v1\.\d+\.\d+|latest\/download)\/standard-install\.yaml$/;
const DEPLOY =
  /^https:\/\/raw\.githubusercontent\.com\/nginx(?:inc)?\/nginx-gateway-fabric\/(?:v1\.[\d.]+|main)\/deploy\/(default|nodeport)\/deploy\.yaml$/;

/** The manifests of the Gateway API and of NGINX Gateway Fabric by their URLs. */
export function nginxGatewayManifest(url: string): string | undefined {
  if (CRDS.test(url)) return yaml(GATEWAY_API_CRDS);
  const match = DEPLOY.exec(url);
  if (match !== null) return yaml(gatewayFabricObjects(match[1] === 'nodeport' ? 'NodePort' : 'LoadBalancer'));
  return undefined;
}

function yaml(objects: readonly object[]): string {
  return objects.map((each) => stringify(each, { aliasDuplicateObjects: false })).join('---\n');
}
