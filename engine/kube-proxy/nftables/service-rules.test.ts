import { expect, test } from 'vitest';
import type { EndpointSlice, Service } from '../../api/kinds.ts';
import { chooseEndpoints } from '../endpoint-choice.ts';
import { endpointsByPort } from '../endpoints.ts';
import { servicePorts } from '../service-port.ts';
import { NftNames } from './names.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';

// Service and EndpointSlice → chains, sets and elements. The names are those that a real cluster shows.

const SETTINGS = {
  masqueradeMark: 0x4000,
  masqueradeAll: false,
  podTraffic: { is: '-s 10.0.0.0/8', isNot: '! -s 10.0.0.0/8' },
  localhostNodePorts: true,
  nodePortAddresses: ['192.168.0.2'],
  nodeIp: '192.168.0.2',
  scheduler: 'rr',
};

function rulesOf(
  name: string,
  spec: object,
  addresses: readonly string[],
  ingress: readonly string[] = [],
): ServiceRules {
  const service = {
    metadata: { name: name.split('/')[1], namespace: name.split('/')[0] },
    spec: { ...spec, ports: [{ name: 'p80', port: 80, protocol: 'TCP', ...(spec as { port?: object }).port }] },
    status: { loadBalancer: { ingress: ingress.map((ip) => ({ ip })) } },
  } as unknown as Service;
  const slice = {
    metadata: { ...service.metadata, labels: { 'kubernetes.io/service-name': service.metadata.name } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address] })),
    ports: [{ name: 'p80', port: 80, protocol: 'TCP' }],
  } as unknown as EndpointSlice;
  const [port] = servicePorts(service);
  const endpoints = endpointsByPort([slice], 'node').get(port!.name) ?? [];
  const choice = chooseEndpoints(port!, endpoints, { nodeName: 'node', zone: undefined });
  return serviceRules(port!, choice, { names: new NftNames(), settings: SETTINGS });
}

test('a cluster IP leads through a map to a draw among the endpoints', () => {
  const { chains, elements } = rulesOf('ns1/svc1', { clusterIP: '172.30.0.41' }, ['10.180.0.1']);
  const endpoint = 'endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80';
  expect([...chains]).toEqual([
    [
      'service-ULMVA6XW-ns1/svc1/tcp/p80',
      [
        'ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade',
        `numgen random mod 1 vmap { 0 : goto ${endpoint} }`,
      ],
    ],
    [endpoint, ['ip saddr 10.180.0.1 jump mark-for-masquerade', 'meta l4proto tcp dnat to 10.180.0.1:80']],
  ]);
  expect([...elements]).toEqual([
    ['cluster-ips 172.30.0.41', ''],
    ['service-ips 172.30.0.41 . tcp . 80', 'goto service-ULMVA6XW-ns1/svc1/tcp/p80'],
  ]);
});

test('with the policy Local and nobody here, outsiders are dropped, and Pods and the node still come through', () => {
  const spec = {
    clusterIP: '172.30.0.42',
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    port: { nodePort: 3001 },
  };
  const { chains, elements } = rulesOf('ns2/svc2', spec, ['10.180.0.2'], ['1.2.3.4']);
  const external = 'external-42NFTM6N-ns2/svc2/tcp/p80';
  expect(chains.get(external)).toEqual([
    'ip saddr 10.0.0.0/8 goto service-42NFTM6N-ns2/svc2/tcp/p80 comment "short-circuit pod traffic"',
    'fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"',
    'fib saddr type local goto service-42NFTM6N-ns2/svc2/tcp/p80 comment "short-circuit local traffic"',
  ]);
  expect(elements.get('no-endpoint-services 1.2.3.4 . tcp . 80 comment "ns2/svc2:p80"')).toBe('drop');
  expect(elements.get('no-endpoint-nodeports tcp . 3001 comment "ns2/svc2:p80"')).toBe('drop');
  expect(elements.get('service-nodeports tcp . 3001')).toBe(`goto ${external}`);
});

test('affinity is a set for each endpoint, and source ranges are a chain', () => {
  const spec = {
    clusterIP: '172.30.0.45',
    type: 'LoadBalancer',
    sessionAffinity: 'ClientIP',
    loadBalancerSourceRanges: [' 203.0.113.0/25'],
  };
  const { chains, affinitySets, elements } = rulesOf('ns5/svc5', spec, ['10.180.0.3'], ['5.6.7.8']);
  const base = 'GTK6MW7G-ns5/svc5/tcp/p80__10.180.0.3/80';
  expect([...affinitySets]).toEqual([[`affinity-${base}`, 10_800]]);
  expect(chains.get('service-HVFWP5L3-ns5/svc5/tcp/p80')?.[1]).toBe(`ip saddr @affinity-${base} goto endpoint-${base}`);
  expect(chains.get(`endpoint-${base}`)?.[1]).toBe(`update @affinity-${base} { ip saddr }`);
  expect(chains.get('firewall-HVFWP5L3-ns5/svc5/tcp/p80')).toEqual(['ip saddr != { 203.0.113.0/25 } drop']);
  expect(elements.get('firewall-ips 5.6.7.8 . tcp . 80')).toBe('goto firewall-HVFWP5L3-ns5/svc5/tcp/p80');
});

test('nobody at all is a refusal', () => {
  const { chains, elements } = rulesOf('ns6/svc6', { clusterIP: '172.30.0.46' }, []);
  expect(chains.size).toBe(0);
  expect(elements.get('no-endpoint-services 172.30.0.46 . tcp . 80 comment "ns6/svc6:p80"')).toBe('goto reject-chain');
});
