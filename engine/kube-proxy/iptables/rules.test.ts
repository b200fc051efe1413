import { expect, test } from 'vitest';
import type { EndpointSlice, Service } from '../../api/kinds.ts';
import { EndpointTable, endpointsByPort } from '../endpoints.ts';
import { servicePorts } from '../service-port.ts';
import { ChainNames } from './chain-names.ts';
import type { RuleSettings } from './rule-settings.ts';
import { iptablesRules } from './rules.ts';

// Service and EndpointSlice → lines for iptables-restore. The names of chains are those that a real cluster shows.

const SETTINGS: RuleSettings = {
  masqueradeMark: 0x4000,
  masqueradeAll: false,
  podTraffic: { is: '-s 10.244.0.0/16', isNot: '! -s 10.244.0.0/16' },
  localhostNodePorts: true,
  nodePortAddresses: undefined,
  nodeIp: '10.0.0.11',
  scheduler: 'rr',
};

type Endpoint = EndpointSlice['endpoints'][number];

function service(spec: object, status: object = {}, name = 'svc1', namespace = 'ns1'): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec, status } as unknown as Service;
}

function slice(endpoints: readonly Partial<Endpoint>[], name = 'svc1', namespace = 'ns1', port = 80): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-x`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'p80', port, protocol: 'TCP' }],
  } as unknown as EndpointSlice;
}

function rules(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  settings: Partial<RuleSettings> = {},
  oldChains: readonly string[] = [],
) {
  return iptablesRules({
    services: services.flatMap(servicePorts),
    endpoints: endpointsByPort(slices, 'node-1'),
    topology: { nodeName: 'node-1', zone: 'a' },
    settings: { ...SETTINGS, ...settings },
    names: new ChainNames(),
    oldChains,
  });
}

/** The lines that mention it. */
function about(text: string, ...words: readonly string[]): string[] {
  return text.split('\n').filter((line) => words.some((word) => line.includes(word)) && !line.startsWith(':'));
}

const PORTS = [{ name: 'p80', protocol: 'TCP', port: 80 }];
const CLUSTER_IP = { type: 'ClusterIP', clusterIP: '10.96.0.41', ports: PORTS };

test('without Services there are only the chains that every packet passes', () => {
  expect(rules([], []).text).toBe(`*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-FIREWALL - [0:0]
-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x004000/0x004000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A KUBE-POSTROUTING -m mark ! --mark 0x004000/0x004000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x004000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x004000
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
`);
});

test('a cluster IP leads to its endpoints, each with the same chance', () => {
  const endpoints = [{ addresses: ['10.180.0.1'] }, { addresses: ['10.180.0.3'] }, { addresses: ['10.180.0.2'] }];
  const { text } = rules([service(CLUSTER_IP)], [slice(endpoints)]);
  expect(about(text, 'ns1/svc1')).toEqual([
    '-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 10.96.0.41 --dport 80 -j KUBE-SVC-XPGD46QRK7WJZT7O',
    '-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 10.96.0.41 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ',
    '-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-SXIVWICOYRO3J4NJ',
    expect.stringMatching(
      /"ns1\/svc1:p80 -> 10\.180\.0\.2:80" -m statistic --mode random --probability 0\.5000000000 -j KUBE-SEP-/,
    ),
    expect.stringMatching(/"ns1\/svc1:p80 -> 10\.180\.0\.3:80" -j KUBE-SEP-[A-Z2-7]{16}$/),
    '-A KUBE-SEP-SXIVWICOYRO3J4NJ -m comment --comment ns1/svc1:p80 -s 10.180.0.1 -j KUBE-MARK-MASQ',
    '-A KUBE-SEP-SXIVWICOYRO3J4NJ -m comment --comment ns1/svc1:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80',
    expect.stringContaining('-s 10.180.0.2 -j KUBE-MARK-MASQ'),
    expect.stringContaining('--to-destination 10.180.0.2:80'),
    expect.stringContaining('-s 10.180.0.3 -j KUBE-MARK-MASQ'),
    expect.stringContaining('--to-destination 10.180.0.3:80'),
  ]);
});

test('chains have the names that every cluster has', () => {
  const names = new ChainNames();
  expect(names.cluster('default/kubernetes:https', 'tcp')).toBe('KUBE-SVC-NPX46M4PTMTKRN6Y');
  expect(names.cluster('kube-system/kube-dns:dns', 'udp')).toBe('KUBE-SVC-TCOU7JCQXEZGVUNU');
  expect(names.cluster('kube-system/kube-dns:dns-tcp', 'tcp')).toBe('KUBE-SVC-ERIFXISQEP7F7OF4');
  expect(names.endpoint('ns4/svc4:p80', 'tcp', '10.180.0.5:80')).toBe('KUBE-SEP-C6EBXVWJJZMIWKLZ');
});

test('a Service without endpoints is refused wherever it could be asked', () => {
  const spec = {
    ...CLUSTER_IP,
    type: 'NodePort',
    ports: [{ ...PORTS[0], nodePort: 30_080 }],
    externalIPs: ['192.0.2.7'],
  };
  const { text, chains } = rules([service(spec)], []);
  expect(about(text, 'svc1')).toEqual([
    '-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 10.96.0.41 --dport 80 -j REJECT',
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 192.0.2.7 --dport 80 -j REJECT',
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j REJECT',
  ]);
  expect([...chains]).toEqual([]);
});

test('session affinity looks for a client that was here before it throws the dice', () => {
  const spec = {
    ...CLUSTER_IP,
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
  };
  const { text } = rules([service(spec)], [slice([{ addresses: ['10.180.0.1'] }, { addresses: ['10.180.0.2'] }])]);
  const shared = about(text, '-A KUBE-SVC').map((line) => line.replace(/.*comment "[^"]*" /, '').replace(/-j .*/, ''));
  expect(shared.slice(1)).toEqual([
    '-m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --rcheck --seconds 60 --reap ',
    expect.stringContaining('--rcheck --seconds 60 --reap '),
    '-m statistic --mode random --probability 0.5000000000 ',
    expect.stringMatching(/^-A KUBE-SVC|^$/),
  ]);
  expect(about(text, 'DNAT --to-destination 10.180.0.1:80')).toEqual([
    '-A KUBE-SEP-SXIVWICOYRO3J4NJ -m comment --comment ns1/svc1:p80 -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80',
  ]);
});

const BALANCED = {
  type: 'LoadBalancer',
  clusterIP: '10.96.0.42',
  ports: [{ ...PORTS[0], nodePort: 30_001 }],
  externalTrafficPolicy: 'Local',
  healthCheckNodePort: 30_002,
};
const INGRESS = { loadBalancer: { ingress: [{ ip: '10.0.0.200', ipMode: 'VIP' }] } };

test('the external policy Local keeps to this node, but lets Pods and the node itself use all endpoints', () => {
  const endpoints = [
    { addresses: ['10.180.0.1'], nodeName: 'node-1' },
    { addresses: ['10.180.0.2'], nodeName: 'node-2' },
  ];
  const { text } = rules([service(BALANCED, INGRESS)], [slice(endpoints)]);
  expect(about(text, '30001', '10.0.0.200', '30002', '-A KUBE-EXT-', '-A KUBE-SVL-')).toEqual([
    '-A KUBE-NODEPORTS -m comment --comment "ns1/svc1:p80 health check node port" -m tcp -p tcp --dport 30002 -j ACCEPT',
    '-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 loadbalancer IP" -m tcp -p tcp -d 10.0.0.200 --dport 80 -j KUBE-EXT-XPGD46QRK7WJZT7O',
    '-A KUBE-NODEPORTS -m comment --comment ns1/svc1:p80 -m tcp -p tcp --dport 30001 -j KUBE-EXT-XPGD46QRK7WJZT7O',
    '-A KUBE-EXT-XPGD46QRK7WJZT7O -m comment --comment "pod traffic for ns1/svc1:p80 external destinations" -s 10.244.0.0/16 -j KUBE-SVC-XPGD46QRK7WJZT7O',
    '-A KUBE-EXT-XPGD46QRK7WJZT7O -m comment --comment "masquerade LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ',
    '-A KUBE-EXT-XPGD46QRK7WJZT7O -m comment --comment "route LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-XPGD46QRK7WJZT7O',
    '-A KUBE-EXT-XPGD46QRK7WJZT7O -j KUBE-SVL-XPGD46QRK7WJZT7O',
    '-A KUBE-SVL-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -j KUBE-SEP-SXIVWICOYRO3J4NJ',
  ]);
});

test('with the policy Local and endpoints elsewhere only, traffic from outside is dropped and not refused', () => {
  const { text } = rules([service(BALANCED, INGRESS)], [slice([{ addresses: ['10.180.0.2'], nodeName: 'node-2' }])]);
  expect(about(text, 'has no local endpoints')).toEqual([
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no local endpoints" -m tcp -p tcp -d 10.0.0.200 --dport 80 -j DROP',
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30001 -j DROP',
  ]);
  expect(about(text, '-A KUBE-SVL-', '-j KUBE-SVL-')).toEqual([]);
});

test('a load balancer lets in only its source ranges', () => {
  const spec = { ...BALANCED, externalTrafficPolicy: 'Cluster', loadBalancerSourceRanges: ['203.0.113.0/25'] };
  const { text } = rules([service(spec, INGRESS)], [slice([{ addresses: ['10.180.0.1'] }])]);
  expect(about(text, 'KUBE-FW-')).toEqual([
    '-A KUBE-PROXY-FIREWALL -m comment --comment "ns1/svc1:p80 traffic not accepted by KUBE-FW-XPGD46QRK7WJZT7O" -m tcp -p tcp -d 10.0.0.200 --dport 80 -j DROP',
    '-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 loadbalancer IP" -m tcp -p tcp -d 10.0.0.200 --dport 80 -j KUBE-FW-XPGD46QRK7WJZT7O',
    '-A KUBE-FW-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 loadbalancer IP" -s 203.0.113.0/25 -j KUBE-EXT-XPGD46QRK7WJZT7O',
    '-A KUBE-FW-XPGD46QRK7WJZT7O -m comment --comment "other traffic to ns1/svc1:p80 will be dropped by KUBE-PROXY-FIREWALL"',
  ]);
  expect(about(text, '"masquerade traffic')).toHaveLength(1);
});

test('a balancer whose mode is Proxy delivers to node ports only', () => {
  const status = { loadBalancer: { ingress: [{ ip: '10.0.0.200', ipMode: 'Proxy' }] } };
  expect(about(rules([service(BALANCED, status)], []).text, '10.0.0.200')).toEqual([]);
});

test.each<[string, readonly Partial<Endpoint>[], readonly string[]]>([
  [
    'ready ones before those that end',
    [
      { addresses: ['10.1.0.1'], conditions: { ready: true, serving: true, terminating: false } },
      { addresses: ['10.1.0.2'], conditions: { ready: false, serving: true, terminating: true } },
      { addresses: ['10.1.0.3'], conditions: { ready: false, serving: false, terminating: false } },
    ],
    ['10.1.0.1:80'],
  ],
  [
    'those that end but still serve when there is nobody else',
    [
      { addresses: ['10.1.0.2'], conditions: { ready: false, serving: true, terminating: true } },
      { addresses: ['10.1.0.3'], conditions: { ready: false, serving: false, terminating: true } },
    ],
    ['10.1.0.2:80'],
  ],
  [
    'those of this zone when every endpoint has hints',
    [
      { addresses: ['10.1.0.1'], hints: { forZones: [{ name: 'a' }] } },
      { addresses: ['10.1.0.2'], hints: { forZones: [{ name: 'b' }] } },
    ],
    ['10.1.0.1:80'],
  ],
  [
    'all when one has no hints',
    [{ addresses: ['10.1.0.1'], hints: { forZones: [{ name: 'a' }] } }, { addresses: ['10.1.0.2'] }],
    ['10.1.0.1:80', '10.1.0.2:80'],
  ],
  [
    'all when no hint is for this zone',
    [{ addresses: ['10.1.0.1'], hints: { forZones: [{ name: 'c' }] } }],
    ['10.1.0.1:80'],
  ],
  [
    'those of this node before those of the zone',
    [
      { addresses: ['10.1.0.1'], hints: { forNodes: [{ name: 'node-1' }], forZones: [{ name: 'a' }] } },
      { addresses: ['10.1.0.2'], hints: { forNodes: [{ name: 'node-2' }], forZones: [{ name: 'a' }] } },
    ],
    ['10.1.0.1:80'],
  ],
])('traffic goes to %s', (_, endpoints, expected) => {
  const { text } = rules([service(CLUSTER_IP)], [slice(endpoints)]);
  expect(about(text, 'DNAT --to-').map((line) => line.split('--to-destination ')[1])).toEqual(expected);
});

test('the internal policy Local drops what has no endpoint here', () => {
  const spec = { ...CLUSTER_IP, internalTrafficPolicy: 'Local' };
  const { text } = rules([service(spec)], [slice([{ addresses: ['10.180.0.2'], nodeName: 'node-2' }])]);
  expect(about(text, 'svc1')).toEqual([
    '-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 has no local endpoints" -m tcp -p tcp -d 10.96.0.41 --dport 80 -j DROP',
  ]);
});

test('settings: masqueradeAll, no known range of Pods, node ports on some addresses, none on localhost', () => {
  const masqueraded = (settings: Partial<RuleSettings>) =>
    about(rules([service(CLUSTER_IP)], [slice([{ addresses: ['10.180.0.1'] }])], settings).text, 'KUBE-MARK-MASQ')
      .filter((line) => line.startsWith('-A KUBE-SVC'))
      .map((line) => line.split('--dport 80 ')[1]);
  expect(masqueraded({ masqueradeAll: true })).toEqual(['-j KUBE-MARK-MASQ']);
  expect(masqueraded({ podTraffic: undefined })).toEqual([]);
  const nodePorts = (settings: Partial<RuleSettings>) =>
    about(rules([], [], settings).text, '-j KUBE-NODEPORTS').map((line) => line.split('in this chain" ')[1]);
  expect(nodePorts({ nodePortAddresses: ['10.0.0.11'] })).toEqual(['-d 10.0.0.11 -j KUBE-NODEPORTS']);
  expect(nodePorts({ localhostNodePorts: false })).toEqual([
    '! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
  ]);
});

test("headless, ExternalName and other proxies' Services have no rules", () => {
  const others = [
    service({ ...CLUSTER_IP, clusterIP: 'None' }),
    service({ type: 'ExternalName', externalName: 'example.org' }),
    {
      ...service(CLUSTER_IP),
      metadata: { name: 'svc1', labels: { 'service.kubernetes.io/service-proxy-name': 'other' } },
    },
  ];
  expect(rules(others as Service[], []).text).toBe(rules([], []).text);
});

test('chains that nobody needs any more are taken away', () => {
  const { text, chains } = rules([], [], {}, ['KUBE-SVC-XPGD46QRK7WJZT7O']);
  expect(text).toContain(':KUBE-SVC-XPGD46QRK7WJZT7O - [0:0]\n');
  expect(text).toMatch(/\n-X KUBE-SVC-XPGD46QRK7WJZT7O\nCOMMIT\n$/);
  expect(chains.size).toBe(0);
});

test('a later sync leaves out the chains of Services that have not changed, but not the ways to them', () => {
  const other = service({ ...CLUSTER_IP, clusterIP: '10.96.0.42' }, {}, 'svc2');
  const services = [service(CLUSTER_IP), other].flatMap(servicePorts);
  const table = new EndpointTable('node-1');
  const slices = [slice([{ addresses: ['10.180.0.1'] }]), slice([{ addresses: ['10.180.0.2'] }], 'svc2')];
  const input = {
    services,
    topology: { nodeName: 'node-1', zone: 'a' },
    settings: SETTINGS,
    names: new ChainNames(),
    oldChains: [],
  };
  const first = iptablesRules({ ...input, endpoints: table.update(slices) });
  const changed = [slices[0]!, slice([{ addresses: ['10.180.0.3'] }], 'svc2')];
  const later = { ...input, oldChains: first.chains, written: first.written };
  const second = iptablesRules({ ...later, endpoints: table.update(changed) });
  expect(about(second.text, 'ns1/svc1')).toEqual([expect.stringMatching(/^-A KUBE-SERVICES .* -j KUBE-SVC-/)]);
  expect(about(second.text, 'DNAT --to-').map((line) => line.split('--to-destination ')[1])).toEqual(['10.180.0.3:80']);
  expect(second.text.match(/^-X KUBE-SEP-/gm)).toHaveLength(1);
  expect(second.counts).toEqual({ last: { filter: 4, nat: 11 }, total: { filter: 4, nat: 15 } });
  expect(first.counts.total).toEqual(second.counts.total);
});
