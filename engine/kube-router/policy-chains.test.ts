import { expect, test } from 'vitest';
import type { Namespace, NetworkPolicy, Pod } from '../api/kinds.ts';
import { podFirewalls } from './pod-firewall.ts';
import { policyRules } from './policy-chains.ts';
import { policyInfos } from './policy-info.ts';

function pod(name: string, ip: string, labels: object, more: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }],
      ...more,
    },
    status: { podIP: ip, phase: 'Running' },
  } as unknown as Pod;
}

const WEB = pod('web', '10.244.1.2', { app: 'web' });
const BOX = pod('box', '10.244.2.3', { app: 'box' });
const OVER = {
  ...pod('over', '10.244.1.9', { app: 'web' }),
  status: { podIP: '10.244.1.9', phase: 'Succeeded' },
} as Pod;
const HOST = pod('host', '10.0.0.11', { app: 'web' }, { hostNetwork: true });

function rulesOf(spec: object) {
  const policy = { metadata: { name: 'p', namespace: 'default' }, spec } as NetworkPolicy;
  const infos = policyInfos(
    [policy],
    [WEB, BOX, OVER, HOST],
    [{ metadata: { name: 'default', labels: {} } } as unknown as Namespace],
  );
  const { lines, sets } = policyRules(infos);
  return { lines, sets: [...sets.values()].map(({ elements }) => elements), infos };
}

test('only Pods that live on the Pod network are named, in sets', () => {
  const { lines, sets } = rulesOf({
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'box' } } }], ports: [{ port: 'http' }] }],
  });
  expect(sets).toEqual([['10.244.1.2 timeout 0'], ['10.244.2.3 timeout 0'], ['10.244.1.2 timeout 0']]);
  expect(lines).toEqual([
    expect.stringMatching(
      /^-A KUBE-NWPLCY-\w{16} .* src -m set --match-set KUBE-DST-\w+ dst -p tcp --dport 8080 -j MARK/,
    ),
    expect.stringMatching(/-m mark --mark 0x10000\/0x10000 -j RETURN$/),
  ]);
});

test('everything is written as two halves, exceptions as such; the other family is left out', () => {
  const { sets } = rulesOf({
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }, { ipBlock: { cidr: '2001:db8::/64' } }] },
    ],
  });
  expect(sets[1]).toEqual(['0.0.0.0/1 timeout 0', '128.0.0.0/1 timeout 0', '10.0.0.0/8 timeout 0 nomatch']);
});

test('without rules nobody may; peers that select nobody make no rule', () => {
  expect(rulesOf({ podSelector: {}, policyTypes: ['Ingress'] }).lines).toEqual([]);
  const nobody = { podSelector: { matchLabels: { app: 'nobody' } } };
  expect(rulesOf({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [nobody] }] }).lines).toEqual([]);
});

test('a node guards its own Pods, in the directions that policies are about', () => {
  const { infos } = rulesOf({ podSelector: {}, policyTypes: ['Ingress'] });
  expect(podFirewalls(infos, 'node-2').lines).toEqual([]);
  const { lines, chains } = podFirewalls(infos, 'node-1');
  expect(chains.size).toBe(2);
  expect(lines.filter((line) => line.includes('10.244.1.2') && line.includes('POD-FW')).join('\n')).toMatch(
    /-d 10\.244\.1\.2 .*run through nw policy p.*\n.*-s 10\.244\.1\.2 .*run through default egress network policy chain/,
  );
});
