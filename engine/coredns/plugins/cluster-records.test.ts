import { expect, test } from 'vitest';
import type { EndpointSlice, Service } from '../../api/kinds.ts';
import { type ClusterObjects, namesOfAddress, type RecordOptions, targetsOf } from './cluster-records.ts';

// The tables of https://github.com/kubernetes/dns/blob/master/docs/specification.md

const service = (name: string, spec: Partial<Service['spec']>): Service =>
  ({ metadata: { name, namespace: 'default' }, spec }) as Service;

const web = service('web', {
  clusterIP: '10.96.7.7',
  clusterIPs: ['10.96.7.7'],
  ports: [
    { name: 'http', port: 80, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ],
});
const headless = service('db', { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'sql', port: 5432 }] });
const empty = service('nobody', { clusterIP: 'None', clusterIPs: ['None'] });
const external = service('away', { type: 'ExternalName', externalName: 'www.example.org.' });

const slice = {
  metadata: { name: 'db-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'db' } },
  addressType: 'IPv4',
  endpoints: [
    { addresses: ['10.244.1.5'], conditions: { ready: true }, hostname: 'db-0' },
    { addresses: ['10.244.2.6'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'db-x' } },
    { addresses: ['10.244.2.7'], conditions: { ready: false } },
  ],
  ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
} as unknown as EndpointSlice;

const all = [web, headless, empty, external];
const cluster: ClusterObjects = {
  hasNamespace: (name) => name === 'default',
  service: (namespace, name) => all.find((each) => namespace === 'default' && each.metadata.name === name),
  slices: (_, name) => (name === 'db' ? [slice] : []),
  servicesWithAddress: (address) => all.filter(({ spec }) => spec.clusterIP === address),
  slicesWithAddress: (address) => (slice.endpoints.some(({ addresses }) => addresses.includes(address)) ? [slice] : []),
  hasPod: (namespace, address) => namespace === 'default' && address === '10.244.1.5',
};
const options: RecordOptions = { pods: 'insecure', endpointPodNames: false, namespaces: undefined };

const hosts = (name: string, with_: Partial<RecordOptions> = {}) =>
  targetsOf(name, cluster, { ...options, ...with_ })?.map(({ host }) => host);

test.each([
  ['web.default.svc', ['10.96.7.7', '10.96.7.7']],
  ['_http._tcp.web.default.svc', ['10.96.7.7']],
  ['_http._udp.web.default.svc', undefined],
  ['_nothing._tcp.web.default.svc', undefined],
  ['db.default.svc', ['10.244.1.5', '10.244.2.6']],
  ['db-0.db.default.svc', ['10.244.1.5']],
  ['10-244-2-6.db.default.svc', ['10.244.2.6']],
  ['10-244-2-7.db.default.svc', undefined],
  ['nobody.default.svc', undefined],
  ['away.default.svc', ['www.example.org']],
  ['nothing.default.svc', undefined],
  ['web.other.svc', undefined],
  ['other.svc', undefined],
  ['default.svc', []],
  ['svc', []],
  ['', []],
  ['nonsense', undefined],
  ['a.b.c.web.default.svc', undefined],
  ['10-244-1-5.default.pod', ['10.244.1.5']],
  ['10-244-1-999.default.pod', undefined],
  ['web-0.default.pod', undefined],
])('%s leads to %j', (name, expected) => {
  expect(hosts(name)).toEqual(expected);
});

test('verified Pods must be there, disabled ones have no names', () => {
  expect(hosts('10-244-1-5.default.pod', { pods: 'verified' })).toEqual(['10.244.1.5']);
  expect(hosts('10-244-9-9.default.pod', { pods: 'verified' })).toBeUndefined();
  expect(hosts('10-244-1-5.default.pod', { pods: 'disabled' })).toBeUndefined();
});

test('endpoint_pod_names names endpoints by their Pods', () => {
  expect(hosts('db-x.db.default.svc')).toBeUndefined();
  expect(hosts('db-x.db.default.svc', { endpointPodNames: true })).toEqual(['10.244.2.6']);
});

test('addresses have the names of their Service, or of their endpoint', () => {
  expect(namesOfAddress('10.96.7.7', cluster, options)).toEqual(['web.default.svc']);
  expect(namesOfAddress('10.244.1.5', cluster, options)).toEqual(['db-0.db.default.svc']);
  expect(namesOfAddress('10.244.2.6', cluster, options)).toEqual(['10-244-2-6.db.default.svc']);
  expect(namesOfAddress('10.244.2.7', cluster, options)).toEqual([]);
});
