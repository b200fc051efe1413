import { expect, test } from 'vitest';
import type { EndpointSlice, Endpoints, Pod, Service } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { endpointSlices, endpoints, pods, services } from '../../api/resources.ts';
import { createCluster } from '../../index.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { ControlPlane } from '../../kube-controller-manager/testing/control-plane.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

function setUp() {
  const controlPlane = new ControlPlane('endpoints');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  sim.runFor(1_000);
  const slicesOf = (name: string): readonly EndpointSlice[] =>
    client
      .resource(endpointSlices)
      .list({ namespace: 'default' })
      .items.filter(({ metadata }) => metadata.labels?.[SERVICE_NAME] === name);
  const findEndpoints = (name: string): Endpoints | undefined =>
    client
      .resource(endpoints)
      .list({ namespace: 'default' })
      .items.find(({ metadata }) => metadata.name === name);
  return { controlPlane, sim, client, slicesOf, findEndpoints };
}

function serviceNamed(name: string, spec: Service['spec']): Manifest<Service> {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

test('EndpointSlice API (create and delete for a Service with a selector)', () => {
  const { controlPlane, sim, client, slicesOf, findEndpoints } = setUp();
  const ports = [{ name: 'http', port: 80 }];
  controlPlane.apply(serviceNamed('empty', { selector: { 'does-not-match': 'endpoints' }, ports }));
  sim.runFor(5_000);
  expect(slicesOf('empty')).toHaveLength(1);
  expect(slicesOf('empty')[0]!.endpoints ?? []).toEqual([]);
  expect(findEndpoints('empty')!.subsets ?? []).toEqual([]);
  client.resource(services).delete('empty', 'default');
  sim.runFor(5_000);
  expect(slicesOf('empty')).toEqual([]);
  expect(findEndpoints('empty')).toBeUndefined();
});

function runPod(
  { client, controlPlane }: ReturnType<typeof setUp>,
  name: string,
  ip: string,
  labels: Record<string, string>,
): Pod {
  const container = { name: 'c', image: 'nginx:1.29', ports: [{ name: 'example-name', containerPort: 3000 }] };
  controlPlane.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [container] },
  });
  const status = {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  return client.resource(pods).patch(name, 'default', 'merge', { status }, { subresource: 'status' });
}

test('EndpointSlice API (create Endpoints and EndpointSlices for Pods matching a Service)', () => {
  const server = setUp();
  const { controlPlane, sim, slicesOf, findEndpoints } = server;
  runPod(server, 'pod1', '10.1.0.1', { foo: 'bar', shared: 'yes' });
  runPod(server, 'pod2', '10.1.0.2', { shared: 'yes' });
  const ports = [{ name: 'example', port: 80, targetPort: 3000, protocol: 'TCP' as const }];
  controlPlane.apply(serviceNamed('one', { selector: { foo: 'bar' }, ports }));
  const named = [{ name: 'named', port: 80, targetPort: 'example-name', protocol: 'TCP' as const }];
  controlPlane.apply(serviceNamed('both', { selector: { shared: 'yes' }, ports: named }));
  sim.runFor(5_000);
  const addresses = (name: string) =>
    slicesOf(name)
      .flatMap((slice) => slice.endpoints ?? [])
      .flatMap((endpoint) => endpoint.addresses)
      .sort();
  expect(addresses('one')).toEqual(['10.1.0.1']);
  expect(addresses('both')).toEqual(['10.1.0.1', '10.1.0.2']);
  expect(slicesOf('both')[0]!.ports).toEqual([{ name: 'named', port: 3000, protocol: 'TCP' as const }]);
  expect(findEndpoints('one')!.subsets).toMatchObject([{ addresses: [{ ip: '10.1.0.1' }], ports: [{ port: 3000 }] }]);
  expect(findEndpoints('both')!.subsets![0]!.addresses).toHaveLength(2);
});

test('EndpointSlice Mirroring', () => {
  const { controlPlane, sim, client, slicesOf } = setUp();
  controlPlane.apply(serviceNamed('custom', { ports: [{ name: 'example', port: 80 }] }));
  const subsets = [
    { addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'example', port: 80, protocol: 'TCP' as const }] },
  ];
  const metadata = { name: 'custom' };
  controlPlane.apply<Endpoints>({ apiVersion: 'v1', kind: 'Endpoints', metadata, subsets });
  const mirrored = () => {
    sim.runFor(5_000);
    return slicesOf('custom').map((slice) => (slice.endpoints ?? []).map((endpoint) => endpoint.addresses));
  };
  expect(mirrored()).toEqual([[['10.1.2.3']]]);
  const changed = [{ ...subsets[0], addresses: [{ ip: '10.2.3.4' }] }];
  client.resource(endpoints).patch('custom', 'default', 'merge', { subsets: changed });
  expect(mirrored()).toEqual([[['10.2.3.4']]]);
  client.resource(endpoints).delete('custom', 'default');
  expect(mirrored()).toEqual([]);
});

const { client } = createCluster();

test('Kubernetes Service', () => {
  const { spec } = client.resource(services).get('kubernetes', 'default');
  expect(spec.ports).toEqual([expect.objectContaining({ name: 'https', port: 443, protocol: 'TCP' })]);
});

test('Find Kubernetes Service in default Namespace', () => {
  const { items } = client.resource(services).list();
  const found = items.filter(({ metadata }) => metadata.name === 'kubernetes');
  expect(found.map(({ metadata }) => metadata.namespace)).toEqual(['default']);
});

test('EndpointSlice API (pointing to API Server)', () => {
  expect(client.resource(services).get('kubernetes', 'default').spec.type).toBe('ClusterIP');
  const addresses = client
    .resource(endpoints)
    .get('kubernetes', 'default')
    .subsets!.flatMap((subset) => subset.addresses ?? []);
  expect(addresses.length).toBeGreaterThan(0);
  const slices = client.resource(endpointSlices).list({ namespace: 'default' }).items;
  const own = slices.filter(({ metadata }) => metadata.labels?.[SERVICE_NAME] === 'kubernetes');
  const inSlices = own.flatMap((slice) => slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
  expect(inSlices).toEqual(addresses.map(({ ip }) => ip));
});
