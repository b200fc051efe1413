import { SERVICE_NAME } from '../api/discovery/slice-service.ts';
import { formatIpv4, hostsOf } from '../api/ip-block.ts';
import type { EndpointSlice, Endpoints, Service } from '../api/kinds.ts';
import type { KubeObject, Manifest } from '../api/object.ts';
import { StatusError } from '../api/status-error.ts';
import { type EtcdClient, EtcdError } from '../etcd/index.ts';
import type { Timer } from '../sim/index.ts';
import type { ServerContext } from './context.ts';
import type { FindUpkeep } from './registry/service/address-upkeep.ts';

/** Tells the other servers of the cluster that the one at this address is there, and returns the addresses of all. */
export type Advertise = (etcd: EtcdClient, address: string) => readonly string[];

interface ServiceUpkeep {
  readonly addressUpkeep?: FindUpkeep | undefined;
  /** Says that this server is there, and tells which are; it is the only one unless told. */
  readonly advertise?: Advertise | undefined;
}

/** How often the server sees to it that its Service is right. */
const PERIOD_MS = 10_000;
const SECURE_PORT = 6443;
const NAME = 'kubernetes';
const NAMESPACE = 'default';

/**
 * The Service by which Pods reach the API server, and the endpoint that the server itself lists there: no Pod's labels
 * lead to it. Returns what stops it.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/, after `pkg/controlplane/controller/kubernetesservice`
 * and `pkg/controlplane/reconcilers`.
 *
 * @param address `--advertise-address`
 */
export function keepKubernetesService(
  server: ServerContext,
  address: string,
  { addressUpkeep, advertise = () => [address] }: ServiceUpkeep = {},
): () => void {
  const { sim } = server;
  let timer: Timer | undefined;
  const reconcile = (): void => {
    sim.trace.during({ component: 'kube-apiserver', key: `${NAMESPACE}/${NAME}` }, () => {
      try {
        addressUpkeep?.()?.defaultRange(server);
        const addresses = advertise(server.etcd, address);
        for (const [path, object] of wanted(addresses, server.addresses.range)) ensure(server, path, object);
      } catch (error) {
        // Tried again at the next turn.
        if (!(error instanceof StatusError || error instanceof EtcdError)) throw error;
      }
    });
    timer = sim.schedule(PERIOD_MS, 'kubernetes service', reconcile);
  };
  reconcile();
  return () => timer?.cancel();
}

function ensure({ resources }: ServerContext, path: string, wanted: KubeObject): void {
  const resource = resources.get(path);
  if (resource === undefined) return;
  const { store, kind } = resource;
  const current = store.find(NAMESPACE, NAME);
  const object = kind.applyDefaults?.(wanted) ?? wanted;
  if (current === undefined) store.create(NAMESPACE, object, { dryRun: false, admit: (same) => same });
  else if (!isRight(current, object)) store.write(store.key(NAMESPACE, NAME), withContent(current, object));
}

/** What the server insists on. */
type Content = Partial<Pick<Endpoints, 'subsets'> & Pick<EndpointSlice, 'endpoints' | 'ports'>>;

function contentOf({ subsets, endpoints, ports }: KubeObject & Content): string {
  return JSON.stringify([subsets, endpoints, ports]);
}

/** Of the Service only its being there matters: its ports may be changed. */
function isRight(current: KubeObject, object: KubeObject): boolean {
  return object.kind === 'Service' || contentOf(current) === contentOf(object);
}

function withContent(current: KubeObject, object: KubeObject): KubeObject {
  return { ...object, metadata: { ...current.metadata, labels: object.metadata.labels } };
}

function wanted(addresses: readonly string[], range: string): readonly (readonly [path: string, object: KubeObject])[] {
  // The first address of the range for Services.
  const clusterIP = formatIpv4(hostsOf(range).first);
  const service: Manifest<Service> = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, namespace: NAMESPACE, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: SECURE_PORT }],
    },
  };
  const endpoints: Manifest<Endpoints> = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: NAME, namespace: NAMESPACE, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [
      { addresses: addresses.map((ip) => ({ ip })), ports: [{ name: 'https', port: SECURE_PORT, protocol: 'TCP' }] },
    ],
  };
  const slice: Manifest<EndpointSlice> = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: NAME, namespace: NAMESPACE, labels: { [SERVICE_NAME]: NAME } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', port: SECURE_PORT, protocol: 'TCP' }],
  };
  return [
    ['/v1/services', service as KubeObject],
    ['/v1/endpoints', endpoints as KubeObject],
    ['discovery.k8s.io/v1/endpointslices', slice as KubeObject],
  ];
}
