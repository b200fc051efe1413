import { afterEach, beforeAll, expect, test } from 'vitest';
import { type PodName, pairs, ReachabilityBed } from './reachability.ts';

// Upstream's NetworkPolicy tests, under their titles: test/e2e/network/netpol/network_policy.go

let bed: ReachabilityBed;

beforeAll(() => {
  bed = new ReachabilityBed();
});

afterEach(() => {
  bed.removePolicies();
});

const inNamespace = (pod: PodName, ...namespaces: readonly string[]) => namespaces.includes(pod.split('/')[0]!);
const isPod = (pod: PodName, ...names: readonly string[]) => names.includes(pod.split('/')[1]!);

const ALL = { podSelector: {} };
const POD_A = { podSelector: { matchLabels: { pod: 'a' } } };
const namespaceIs = (ns: string) => ({ namespaceSelector: { matchLabels: { ns } } });
const podIs = (pod: string) => ({ podSelector: { matchLabels: { pod } } });
const portIs = (port: number | string, protocol = 'TCP') => ({ port, protocol });

interface Case {
  readonly title: string;
  readonly namespace?: string;
  readonly specs: readonly object[];
  /** Which pairs are blocked. */
  readonly blocked: (from: PodName, to: PodName) => boolean;
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp';
}

const toX = (_: PodName, to: PodName) => inNamespace(to, 'x');
const toXa = (to: PodName) => to === 'x/a';

const CASES: readonly Case[] = [
  {
    title: "should support a 'default-deny-ingress' policy",
    specs: [{ ...ALL, policyTypes: ['Ingress'] }],
    blocked: toX,
  },
  {
    title: "should support a 'default-deny-all' policy",
    specs: [{ ...ALL, policyTypes: ['Ingress', 'Egress'] }],
    blocked: (from, to) => inNamespace(to, 'x') || inNamespace(from, 'x'),
  },
  {
    title: 'should enforce policy to allow traffic from pods within server namespace based on PodSelector',
    specs: [{ ...POD_A, ingress: [{ from: [podIs('b')] }] }],
    blocked: (from, to) => toXa(to) && from !== 'x/b',
  },
  {
    title: 'should enforce policy to allow ingress traffic for a target',
    specs: [
      { ...ALL, policyTypes: ['Ingress'] },
      { ...POD_A, ingress: [{ from: [podIs('b')] }] },
    ],
    blocked: (from, to) => inNamespace(to, 'x') && !(toXa(to) && from === 'x/b'),
  },
  {
    title: 'should enforce policy to allow ingress traffic from pods in all namespaces',
    specs: [{ ...POD_A, ingress: [{ from: [{ namespaceSelector: {} }] }] }],
    blocked: () => false,
  },
  {
    title: 'should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector',
    specs: [{ ...POD_A, ingress: [{ from: [namespaceIs('y')] }] }],
    blocked: (from, to) => toXa(to) && !inNamespace(from, 'y'),
  },
  {
    title: 'should enforce policy based on PodSelector with MatchExpressions',
    specs: [
      {
        ...POD_A,
        ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b'] }] } }] }],
      },
    ],
    blocked: (from, to) => toXa(to) && from !== 'x/b',
  },
  {
    title: 'should enforce policy based on NamespaceSelector with MatchExpressions',
    specs: [
      {
        ...POD_A,
        ingress: [
          {
            from: [{ namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'NotIn', values: ['z', 'x'] }] } }],
          },
        ],
      },
    ],
    blocked: (from, to) => toXa(to) && !inNamespace(from, 'y'),
  },
  {
    title: 'should enforce policy based on PodSelector or NamespaceSelector',
    specs: [{ ...POD_A, ingress: [{ from: [podIs('b'), namespaceIs('y')] }] }],
    blocked: (from, to) => toXa(to) && from !== 'x/b' && !inNamespace(from, 'y'),
  },
  {
    title: 'should enforce policy based on PodSelector and NamespaceSelector',
    specs: [{ ...POD_A, ingress: [{ from: [{ ...podIs('b'), ...namespaceIs('y') }] }] }],
    blocked: (from, to) => toXa(to) && from !== 'y/b',
  },
  {
    title: 'should enforce policy based on Multiple PodSelectors and NamespaceSelectors',
    specs: [
      {
        ...POD_A,
        ingress: [
          {
            from: [
              {
                podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b', 'c'] }] },
                namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'NotIn', values: ['x'] }] },
              },
            ],
          },
        ],
      },
    ],
    blocked: (from, to) => toXa(to) && (inNamespace(from, 'x') || isPod(from, 'a')),
  },
  {
    title: 'should enforce policy based on any PodSelectors',
    specs: [{ ...POD_A, ingress: [{ from: ['b', 'c'].map((pod) => ({ ...podIs(pod), namespaceSelector: {} })) }] }],
    blocked: (from, to) => toXa(to) && isPod(from, 'a'),
  },
  {
    title: 'should enforce policy based on Ports',
    specs: [{ ...POD_A, ingress: [{ from: [namespaceIs('y')], ports: [portIs(81)] }] }],
    blocked: (_, to) => toXa(to),
  },
  {
    title: 'should enforce policy based on Ports (the port that is allowed)',
    specs: [{ ...POD_A, ingress: [{ from: [namespaceIs('y')], ports: [portIs(81)] }] }],
    port: 81,
    blocked: (from, to) => toXa(to) && !inNamespace(from, 'y'),
  },
  {
    title: 'should enforce multiple, stacked policies with overlapping podSelectors',
    specs: [
      { ...POD_A, ingress: [{ from: [namespaceIs('y')], ports: [portIs(81)] }] },
      { ...POD_A, ingress: [{ from: [namespaceIs('y')], ports: [portIs(80)] }] },
    ],
    blocked: (from, to) => toXa(to) && !inNamespace(from, 'y'),
  },
  {
    title: 'should support allow-all policy',
    specs: [
      { ...ALL, policyTypes: ['Ingress'] },
      { ...ALL, ingress: [{}] },
    ],
    blocked: () => false,
  },
  {
    title: 'should allow ingress access on one named port',
    specs: [{ ...ALL, ingress: [{ ports: [portIs('serve-81-tcp')] }] }],
    blocked: toX,
  },
  {
    title: 'should allow ingress access on one named port (that one)',
    specs: [{ ...ALL, ingress: [{ ports: [portIs('serve-81-tcp')] }] }],
    port: 81,
    blocked: () => false,
  },
  {
    title: 'should allow ingress access from namespace on one named port',
    specs: [{ ...ALL, ingress: [{ from: [namespaceIs('y')], ports: [portIs('serve-80-tcp')] }] }],
    blocked: (from, to) => inNamespace(to, 'x') && !inNamespace(from, 'y'),
  },
  {
    title: 'should allow egress access on one named port',
    specs: [{ ...ALL, policyTypes: ['Egress'], egress: [{ ports: [portIs('serve-80-tcp')] }] }],
    blocked: () => false,
  },
  {
    title: 'should allow egress access on one named port (another port)',
    specs: [{ ...ALL, policyTypes: ['Egress'], egress: [{ ports: [portIs('serve-80-tcp')] }] }],
    port: 81,
    blocked: (from) => inNamespace(from, 'x'),
  },
  {
    title: 'should deny egress from pods based on PodSelector',
    specs: [{ ...POD_A, policyTypes: ['Egress'] }],
    blocked: (from) => from === 'x/a',
  },
  {
    title: 'should deny egress from all pods in a namespace',
    specs: [{ ...ALL, policyTypes: ['Egress'] }],
    blocked: (from) => inNamespace(from, 'x'),
  },
  {
    title: 'should work with Ingress, Egress specified together',
    specs: [
      {
        ...POD_A,
        ingress: [{ from: [podIs('b')] }],
        egress: [{ ports: [portIs(80)] }],
        policyTypes: ['Ingress', 'Egress'],
      },
    ],
    blocked: (from, to) => toXa(to) && from !== 'x/b',
  },
  {
    title: 'should work with Ingress, Egress specified together (a port that egress does not allow)',
    specs: [{ ...POD_A, ingress: [{ from: [podIs('b')] }], egress: [{ ports: [portIs(80)] }] }],
    port: 81,
    blocked: (from, to) => (toXa(to) && from !== 'x/b') || from === 'x/a',
  },
  {
    title: 'should enforce egress policy allowing traffic to a server in a different namespace',
    specs: [{ ...POD_A, policyTypes: ['Egress'], egress: [{ to: [{ ...podIs('a'), ...namespaceIs('y') }] }] }],
    blocked: (from, to) => from === 'x/a' && to !== 'y/a',
  },
  {
    title: 'should enforce multiple ingress policies with ingress allow-all policy taking precedence',
    specs: [
      { ...ALL, ingress: [{ ports: [portIs(81)] }] },
      { ...ALL, ingress: [{}] },
    ],
    blocked: () => false,
  },
  {
    title: 'should enforce multiple egress policies with egress allow-all policy taking precedence',
    specs: [
      { ...ALL, policyTypes: ['Egress'], egress: [{ ports: [portIs(81)] }] },
      { ...ALL, policyTypes: ['Egress'], egress: [{}] },
    ],
    blocked: () => false,
  },
  {
    title: 'should enforce policies to check ingress and egress policies can be controlled independently',
    specs: [
      { ...POD_A, policyTypes: ['Ingress'], ingress: [{}] },
      { ...POD_A, policyTypes: ['Egress'] },
    ],
    blocked: (from) => from === 'x/a',
  },
  {
    title: 'should not allow access by TCP when a policy specifies only UDP',
    specs: [{ ...ALL, ingress: [{ ports: [portIs(81, 'UDP')] }] }],
    port: 81,
    blocked: toX,
  },
  {
    title: 'should support a deny-ingress policy [UDP]',
    specs: [{ ...ALL, policyTypes: ['Ingress'] }],
    protocol: 'udp',
    blocked: toX,
  },
  {
    title: 'should enforce policy based on Ports [UDP]',
    specs: [{ ...POD_A, ingress: [{ from: [namespaceIs('y')], ports: [portIs(81, 'UDP')] }] }],
    port: 81,
    protocol: 'udp',
    blocked: (from, to) => toXa(to) && !inNamespace(from, 'y'),
  },
  {
    title: "should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP'",
    specs: [{ ...ALL, ingress: [{ ports: [portIs(80, 'SCTP')] }] }],
    blocked: toX,
  },
  {
    title: 'should validate endPort: a range that holds the port',
    specs: [{ ...ALL, ingress: [{ ports: [{ protocol: 'TCP', port: 80, endPort: 90 }] }] }],
    port: 81,
    blocked: () => false,
  },
  {
    title: 'should validate endPort: a range that does not',
    specs: [{ ...ALL, ingress: [{ ports: [{ protocol: 'TCP', port: 81, endPort: 90 }] }] }],
    blocked: toX,
  },
  {
    title: 'without policyTypes ingress is denied, and egress only where it is written down',
    specs: [POD_A],
    blocked: (_, to) => toXa(to),
  },
];

test.each(CASES)('$title', ({ namespace = 'x', specs, blocked, port, protocol }) => {
  bed.policies(...specs.map((spec, index) => ({ namespace, name: `policy-${index}`, spec })));
  const probe = { ...(port !== undefined && { port }), ...(protocol !== undefined && { protocol }) };
  expect(bed.blocked(probe)).toEqual(pairs(blocked));
});

test('should allow egress access to server in CIDR block, and its except clause', () => {
  const [server, other] = [bed.address('y/b'), bed.address('y/a')];
  const egress = (ipBlock: object) => ({ ...POD_A, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock }] }] });
  bed.policies({ namespace: 'x', name: 'cidr', spec: egress({ cidr: `${server}/32` }) });
  expect(bed.blocked()).toEqual(pairs((from, to) => from === 'x/a' && to !== 'y/b'));
  bed.policies({ namespace: 'x', name: 'cidr', spec: egress({ cidr: '10.244.0.0/16', except: [`${server}/32`] }) });
  expect(bed.blocked()).toEqual(pairs((from, to) => from === 'x/a' && to === 'y/b'));
  // What one policy excepts another may still allow.
  bed.policies({ namespace: 'x', name: 'more', spec: egress({ cidr: `${server}/32` }) });
  expect(bed.blocked()).toEqual([]);
  bed.policies({ namespace: 'x', name: 'cidr', spec: egress({ cidr: '0.0.0.0/0', except: [`${other}/32`] }) });
  expect(bed.blocked()).toEqual(pairs((from, to) => from === 'x/a' && to === 'y/a'));
});

test('should enforce updated policies, and stop enforcing them after they are deleted', () => {
  bed.policies({ namespace: 'x', name: 'p', spec: { ...ALL, ingress: [{ from: [namespaceIs('y')] }] } });
  expect(bed.blocked()).toEqual(pairs((from, to) => inNamespace(to, 'x') && !inNamespace(from, 'y')));
  bed.policies({ namespace: 'x', name: 'p', spec: { ...ALL, ingress: [{ from: [namespaceIs('z')] }] } });
  expect(bed.blocked()).toEqual(pairs((from, to) => inNamespace(to, 'x') && !inNamespace(from, 'z')));
  bed.removePolicies();
  expect(bed.blocked()).toEqual([]);
  for (const node of ['node-1', 'node-2']) {
    expect(bed.run(node, 'iptables-save', '-t', 'filter').stdout).not.toMatch(/KUBE-POD-FW|KUBE-NWPLCY-[A-Z2-7]{16}/);
    expect(bed.run(node, 'ipset', 'list', '-n').stdout).not.toMatch(/KUBE-(SRC|DST)/);
  }
});

test('should allow or deny ingress access from updated namespaces and pods', () => {
  bed.policies(
    {
      namespace: 'x',
      name: 'a',
      spec: { ...POD_A, ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns2: 'updated' } } }] }] },
    },
    {
      namespace: 'x',
      name: 'b',
      spec: { ...podIs('b'), ingress: [{ from: [{ podSelector: { matchLabels: { pod2: 'updated' } } }] }] },
    },
    { namespace: 'x', name: 'c', spec: { podSelector: { matchLabels: { target: 'isTarget' } } } },
  );
  expect(bed.blocked()).toEqual(pairs((_, to) => to === 'x/a' || to === 'x/b'));
  bed.kubectl('label', 'namespace', 'y', 'ns2=updated');
  bed.kubectl('label', 'pod', 'c', '-n', 'x', 'pod2=updated', 'target=isTarget');
  bed.pass(1);
  expect(bed.blocked()).toEqual(
    pairs((from, to) => (to === 'x/a' && !inNamespace(from, 'y')) || (to === 'x/b' && from !== 'x/c') || to === 'x/c'),
  );
  bed.kubectl('label', 'namespace', 'y', 'ns2-');
  bed.kubectl('label', 'pod', 'c', '-n', 'x', 'pod2-', 'target-');
});

test('a Pod made anew is guarded, the node and its probes pass, and answers do', () => {
  bed.policies({ namespace: 'x', name: 'deny', spec: { ...ALL, policyTypes: ['Ingress'] } });
  bed.makeAnew('x/b');
  expect(bed.blocked()).toEqual(pairs(toX));
});

test('the rule that stopped a request is told', () => {
  bed.policies({ namespace: 'x', name: 'deny', spec: { ...ALL, policyTypes: ['Ingress'] } });
  const outcome = bed.cluster.followRequest({
    from: { pod: 'b', namespace: 'y' },
    host: bed.address('x/a'),
    port: 80,
  }).outcome;
  expect(outcome).toMatchObject({
    reason: 'refused',
    where: {
      kind: 'node',
      name: bed.cluster.view().nodes.find(({ pods }) => pods.some(({ ip }) => ip === bed.address('x/a')))!.name,
    },
    rule: {
      table: 'filter',
      text: expect.stringContaining('rule to REJECT traffic destined for POD name:a namespace: x'),
    },
  });
});
