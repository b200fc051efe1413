import { expect, test } from 'vitest';
import type { Deployment, EndpointSlice, Endpoints, Pod, Service } from '../../api/kinds.ts';
import { endpointSlices, endpoints, events, nodes, pods, services } from '../../api/resources.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp(): ControlPlane {
  const controlPlane = new ControlPlane('endpoints');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  sim.runFor(1_000);
  return controlPlane;
}

function service(spec: object = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
  } as unknown as Service;
}

function pod(name: string, nodeName = 'node-1', spec: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: {
      nodeName,
      containers: [{ name: 'c', image: 'nginx', ports: [{ name: 'http', containerPort: 8080 }] }],
      ...spec,
    },
  } as unknown as Pod;
}

const NINE = '2026-01-12T09:00:00Z';

function setStatus(
  { client, sim }: ControlPlane,
  name: string,
  podIP: string,
  ready: boolean,
  phase = 'Running',
  lastTransitionTime = NINE,
) {
  const condition = { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime };
  const current = client.resource(pods).get(name, 'default');
  const podIPs = [{ ip: podIP }];
  client.resource(pods).updateStatus({
    ...current,
    status: { phase, podIP, podIPs, conditions: [condition] } as Pod['status'],
  });
  sim.runFor(100);
}

function subsets({ client }: ControlPlane): Endpoints['subsets'] {
  return client.resource(endpoints).get('web', 'default').subsets;
}

function slices({ client }: ControlPlane): readonly EndpointSlice[] {
  return client
    .resource(endpointSlices)
    .list({ namespace: 'default' })
    .items.filter(({ metadata }) => metadata.name.startsWith('web-'));
}

/** `10.0.0.1 ready` of all slices. */
function listed(controlPlane: ControlPlane): string[] {
  const word = (endpoint: EndpointSlice['endpoints'][number]) => {
    const { ready, serving, terminating } = endpoint.conditions ?? {};
    const words = [ready && 'ready', serving && 'serving', terminating && 'terminating'];
    return [...endpoint.addresses, ...words.filter(Boolean)].join(' ');
  };
  return slices(controlPlane).flatMap((slice) => (slice.endpoints ?? []).map(word));
}

test('ready Pods are listed with their own port number, others apart', () => {
  const controlPlane = setUp();
  controlPlane.apply<Service>(service());
  controlPlane.sim.runFor(100);
  expect(subsets(controlPlane)).toBeUndefined();
  expect(slices(controlPlane)).toMatchObject([{ endpoints: [], ports: [] }]);

  controlPlane.apply<Pod>(pod('a'));
  controlPlane.apply<Pod>(pod('b', 'node-2'));
  setStatus(controlPlane, 'a', '10.244.1.2', true);
  setStatus(controlPlane, 'b', '10.244.2.2', false);
  const { uid } = controlPlane.client.resource(pods).get('a', 'default').metadata;
  const targetRef = { kind: 'Pod', name: 'a', namespace: 'default', uid };
  expect(subsets(controlPlane)).toMatchObject([
    {
      addresses: [{ ip: '10.244.1.2', nodeName: 'node-1', targetRef }],
      notReadyAddresses: [{ ip: '10.244.2.2', nodeName: 'node-2' }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    },
  ]);
  const [slice] = slices(controlPlane);
  expect(slice).toMatchObject({
    addressType: 'IPv4',
    metadata: {
      generateName: 'web-',
      labels: {
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true }],
    },
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  });
  expect(listed(controlPlane)).toEqual(['10.244.1.2 ready serving', '10.244.2.2']);
});

test('a Pod on its way out leaves Endpoints at once and stays in its slice until it is gone', () => {
  const controlPlane = setUp();
  controlPlane.apply<Service>(service());
  controlPlane.apply<Pod>(pod('a'));
  setStatus(controlPlane, 'a', '10.244.1.2', true);
  controlPlane.client.resource(pods).delete('a', 'default');
  controlPlane.sim.runFor(100);
  expect(subsets(controlPlane)).toBeUndefined();
  expect(listed(controlPlane)).toEqual(['10.244.1.2 serving terminating']);
  controlPlane.client.resource(pods).delete('a', 'default', { gracePeriodSeconds: 0 });
  controlPlane.sim.runFor(100);
  expect(listed(controlPlane)).toEqual([]);
});

test('an ended Pod is no endpoint, nor is one whose labels have changed', () => {
  const controlPlane = setUp();
  controlPlane.apply<Service>(service());
  for (const name of ['a', 'b']) controlPlane.apply<Pod>(pod(name));
  setStatus(controlPlane, 'a', '10.244.1.2', true);
  setStatus(controlPlane, 'b', '10.244.1.3', true);
  setStatus(controlPlane, 'a', '10.244.1.2', false, 'Succeeded');
  expect(listed(controlPlane)).toEqual(['10.244.1.3 ready serving']);
  controlPlane.client.resource(pods).patch('b', 'default', 'merge', { metadata: { labels: { app: 'other' } } });
  controlPlane.sim.runFor(100);
  expect(listed(controlPlane)).toEqual([]);
  expect(subsets(controlPlane)).toBeUndefined();
});

test('publishNotReadyAddresses calls all ready; a headless Service says so', () => {
  const controlPlane = setUp();
  controlPlane.apply<Service>(service({ clusterIP: 'None', publishNotReadyAddresses: true }));
  controlPlane.apply<Pod>(pod('a', 'node-1', { hostname: 'first', subdomain: 'web' }));
  setStatus(controlPlane, 'a', '10.244.1.2', false);
  expect(listed(controlPlane)).toEqual(['10.244.1.2 ready']);
  expect(subsets(controlPlane)).toMatchObject([{ addresses: [{ ip: '10.244.1.2', hostname: 'first' }] }]);
  expect(slices(controlPlane)[0]?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
});

test('a hundred fill a slice; one change is one write', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  controlPlane.apply<Service>(service());
  for (let i = 1; i <= 120; i++) {
    controlPlane.apply<Pod>(pod(`p${i}`));
    setStatus(controlPlane, `p${i}`, `10.244.1.${i}`, true);
  }
  expect(
    slices(controlPlane)
      .map((slice) => slice.endpoints.length)
      .sort(),
  ).toEqual([100, 20]);
  const before = slices(controlPlane).map(({ metadata }) => metadata.resourceVersion);
  client.resource(pods).delete('p5', 'default', { gracePeriodSeconds: 0 });
  sim.runFor(100);
  const after = slices(controlPlane).map(({ metadata }) => metadata.resourceVersion);
  expect(after.filter((version, i) => version !== before[i])).toHaveLength(1);
  expect(listed(controlPlane)).toHaveLength(119);
});

test('what is written tells since when it could have been: the first of the changes that it makes up for', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  const told = () =>
    [client.resource(endpoints).get('web', 'default'), ...slices(controlPlane)].map(
      ({ metadata }) => metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'],
    );
  const { creationTimestamp } = controlPlane.apply<Service>(service()).metadata;
  sim.runFor(100);
  expect(told()).toEqual([creationTimestamp, creationTimestamp]);
  controlPlane.apply<Pod>(pod('a'));
  setStatus(controlPlane, 'a', '10.244.1.2', true, 'Running', '2026-01-12T09:00:05Z');
  expect(told()).toEqual(['2026-01-12T09:00:05Z', '2026-01-12T09:00:05Z']);
  setStatus(controlPlane, 'a', '10.244.1.2', false, 'Running', '2026-01-12T09:00:09Z');
  expect(told()).toEqual(['2026-01-12T09:00:09Z', '2026-01-12T09:00:09Z']);
  // Nobody knows when a Pod went.
  client.resource(pods).delete('a', 'default', { gracePeriodSeconds: 0 });
  sim.runFor(100);
  expect(told()).toEqual([undefined, undefined]);
});

test('traffic distribution gives each endpoint to its own zone', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  client.resource(nodes).patch('node-1', undefined, 'merge', {
    metadata: { labels: { 'topology.kubernetes.io/zone': 'east' } },
  });
  controlPlane.apply<Service>(service({ trafficDistribution: 'PreferSameZone' }));
  controlPlane.apply<Pod>(pod('a'));
  setStatus(controlPlane, 'a', '10.244.1.2', true);
  expect(slices(controlPlane)[0]?.endpoints).toMatchObject([{ zone: 'east', hints: { forZones: [{ name: 'east' }] } }]);
  client.resource(services).patch('web', 'default', 'merge', { spec: { trafficDistribution: null } });
  sim.runFor(100);
  expect(slices(controlPlane)[0]?.endpoints[0]?.hints).toBeUndefined();
});

test('Endpoints written by hand are mirrored; with a selector or a skip label they are not', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  controlPlane.apply<Service>(service({ selector: undefined }));
  controlPlane.apply<Endpoints>({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: 'web',
      annotations: { owner: 'ann', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    },
    subsets: [{ addresses: [{ ip: '192.0.2.1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: [{ port: 5432 }] }],
  });
  sim.runFor(100);
  expect(slices(controlPlane)).toMatchObject([
    {
      metadata: {
        labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
        annotations: { owner: 'ann' },
        ownerReferences: [{ kind: 'Endpoints', name: 'web' }],
      },
      endpoints: [
        { addresses: ['192.0.2.1'], conditions: { ready: true } },
        { addresses: ['192.0.2.2'], conditions: { ready: false } },
      ],
      ports: [{ port: 5432, protocol: 'TCP' }],
    },
  ]);
  expect(Object.keys(slices(controlPlane)[0]?.metadata.annotations ?? {})).toEqual(['owner']);
  client.resource(endpoints).patch('web', 'default', 'merge', { metadata: { annotations: { owner: 'bob' } } });
  sim.runFor(100);
  expect(slices(controlPlane)[0]?.metadata.annotations).toEqual({ owner: 'bob' });
  client.resource(endpoints).patch('web', 'default', 'merge', {
    metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  });
  sim.runFor(100);
  expect(slices(controlPlane)).toEqual([]);
});

test('of more addresses than a slice holds the rest is skipped, and told of', () => {
  const controlPlane = setUp();
  controlPlane.apply<Service>(service({ selector: undefined }));
  const addresses = Array.from({ length: 1_003 }, (_, index) => ({ ip: `192.0.${2 + (index >> 8)}.${index & 255}` }));
  controlPlane.apply<Endpoints>({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web' },
    subsets: [{ addresses, ports: [{ port: 80 }] }],
  });
  controlPlane.sim.runFor(1_000);
  expect(slices(controlPlane).map((slice) => slice.endpoints.length)).toEqual([1_000]);
  const told = controlPlane.client.resource(events).list({ namespace: 'default' }).items;
  expect(told.map(({ reason, message, type }) => `${type} ${reason}: ${message}`)).toEqual([
    'Warning TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 3 addresses were skipped',
  ]);
});

test('a deleted Service takes Endpoints and slices along', () => {
  const controlPlane = setUp();
  const { client, sim } = controlPlane;
  controlPlane.apply<Service>(service());
  sim.runFor(1_000);
  client.resource(services).delete('web', 'default');
  sim.runFor(2_000);
  expect(slices(controlPlane)).toEqual([]);
  expect(() => client.resource(endpoints).get('web', 'default')).toThrow('not found');
});

test('a Service of many Pods at rest is left alone', () => {
  const controlPlane = setUp();
  const { sim } = controlPlane;
  controlPlane.apply<Service>(service());
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  controlPlane.apply<Deployment>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template },
  });
  sim.runFor(5_000);
  const writes = () =>
    sim.trace.entries.filter(({ kind, subject }) => kind === 'etcd.put' && subject.includes('endpoint'));
  const before = writes().length;
  sim.runFor(60_000);
  expect(writes().length).toBe(before);
});
