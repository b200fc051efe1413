import { expect, test } from 'vitest';
import { Simulation } from '../../../sim/index.ts';
import type { Packet } from './packet.ts';
import { Ruleset } from './ruleset.ts';
import { restore } from './save-format.ts';
import { type MatchedRule, runHook } from './walk.ts';

const sim = new Simulation({ seed: 'walk' });

function packet(over: Partial<Packet> = {}): Packet {
  return {
    protocol: 'tcp',
    bytes: 60,
    source: { address: '10.244.1.5', port: 40_000 },
    destination: { address: '10.96.0.9', port: 80 },
    mark: 0,
    inInterface: 'cni0',
    outInterface: '',
    state: 'NEW',
    translated: false,
    examined: 0,
    ...over,
  };
}

function rules(text: string): Ruleset {
  const ruleset = new Ruleset();
  restore(ruleset, text, { flush: true, counters: false });
  return ruleset;
}

function walk(ruleset: Ruleset, hook: Parameters<typeof runHook>[1], one: Packet, matched: MatchedRule[] = []) {
  return runHook(ruleset, hook, one, {
    nowMs: sim.nowMs,
    random: sim.random('walk'),
    isLocal: (address) => address === '10.0.0.11',
    addressOf: () => '10.0.0.11',
    onMatch: (rule) => matched.push(rule),
  });
}

/** One rule in the filter table, and whether a packet meets its end by it. */
const CONDITIONS: readonly (readonly [rule: string, over: Partial<Packet>, dropped: boolean])[] = [
  ['-p tcp', {}, true],
  ['-p udp', {}, false],
  ['! -p udp', {}, true],
  ['-s 10.244.0.0/16', {}, true],
  ['! -s 10.244.0.0/16', {}, false],
  ['-d 10.96.0.9', {}, true],
  ['-i cni0', {}, true],
  ['-i cni+', {}, true],
  ['-i eth0', {}, false],
  ['-p tcp --dport 80', {}, true],
  ['-p tcp --dport 81:90', {}, false],
  ['-p tcp -m multiport --dports 22,80,100:200', {}, true],
  ['-m mark --mark 0x4000/0x4000', { mark: 0x4001 }, true],
  ['-m mark ! --mark 0x4000/0x4000', { mark: 0x4001 }, false],
  ['-m addrtype --dst-type LOCAL', { destination: { address: '10.0.0.11', port: 1 } }, true],
  ['-m addrtype --dst-type LOCAL', {}, false],
  ['-m addrtype ! --dst-type LOCAL', {}, true],
  ['-m conntrack --ctstate NEW', {}, true],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', {}, false],
  ['-m conntrack --ctstate ESTABLISHED', { state: 'ESTABLISHED' }, true],
  ['-m statistic --mode random --probability 1.0', {}, true],
  ['-m statistic --mode nth --every 2 --packet 1', {}, false],
];

for (const [rule, over, dropped] of CONDITIONS) {
  test(`${rule} ${dropped ? 'fits' : 'does not fit'} ${JSON.stringify(over)}`, () => {
    const ruleset = rules(`*filter\n-A FORWARD ${rule} -j DROP\nCOMMIT\n`);
    expect(walk(ruleset, 'FORWARD', packet(over))).toBe(dropped ? 'DROP' : 'ACCEPT');
  });
}

test('a packet goes through chains, returns, is marked and translated, and rules count it', () => {
  const ruleset = rules(`*nat
:SERVICES - [0:0]
:KUBE-MARK-MASQ - [0:0]
:EMPTY - [0:0]
-A PREROUTING -j SERVICES
-A SERVICES -j EMPTY
-A SERVICES -d 10.96.0.9/32 -p tcp --dport 80 -j KUBE-MARK-MASQ
-A SERVICES -d 10.96.0.9/32 -p tcp --dport 80 -j DNAT --to-destination 10.244.2.7:8080
-A SERVICES -j RETURN
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
COMMIT
`);
  const one = packet();
  const matched: MatchedRule[] = [];
  expect(walk(ruleset, 'PREROUTING', one, matched)).toBe('ACCEPT');
  expect(one).toMatchObject({ destination: { address: '10.244.2.7', port: 8080 }, mark: 0x4000, translated: true });
  expect(matched.map(({ chain, number }) => `${chain} ${number}`)).toEqual([
    'PREROUTING 1',
    'SERVICES 1',
    'SERVICES 2',
    'KUBE-MARK-MASQ 1',
    'SERVICES 3',
  ]);
  walk(ruleset, 'POSTROUTING', one);
  expect(one.source).toEqual({ address: '10.0.0.11', port: 40_000 });
  expect(ruleset.table('nat').chain('SERVICES').rules[2]).toMatchObject({ packets: 1, bytes: 60 });
  // What belongs to a flow that is known does not meet the nat table again.
  const later = packet({ state: 'ESTABLISHED' });
  walk(ruleset, 'PREROUTING', later);
  expect(later.destination.address).toBe('10.96.0.9');
});

test('a refusal says how, and a policy decides at the end', () => {
  const ruleset = rules(`*filter
:FORWARD DROP [0:0]
-A FORWARD -p tcp --dport 22 -j REJECT
-A FORWARD -p tcp --dport 80 -j ACCEPT
COMMIT
`);
  const to = (port: number) => walk(ruleset, 'FORWARD', packet({ destination: { address: '10.244.1.9', port } }));
  expect(to(22)).toEqual({ reject: 'icmp-port-unreachable' });
  expect(to(80)).toBe('ACCEPT');
  expect(to(81)).toBe('DROP');
});

test('probabilities share connections out evenly', () => {
  const ruleset = rules(`*nat
-A OUTPUT -m statistic --mode random --probability 0.33333333349 -j DNAT --to-destination 10.0.0.1
-A OUTPUT -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.0.0.2
-A OUTPUT -j DNAT --to-destination 10.0.0.3
COMMIT
`);
  const counts = new Map<string, number>();
  for (let index = 0; index < 3000; index++) {
    const one = packet();
    walk(ruleset, 'OUTPUT', one);
    counts.set(one.destination.address, (counts.get(one.destination.address) ?? 0) + 1);
  }
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(100);
  expect(counts.size).toBe(3);
});

test('recent remembers who was seen, for as long as it is told', () => {
  const ruleset = rules(`*nat
-A OUTPUT -m recent --name A --rcheck --seconds 10 --reap -j DNAT --to-destination 10.0.0.9
-A OUTPUT -m recent --name A --set -j ACCEPT
COMMIT
`);
  const go = () => {
    const one = packet();
    walk(ruleset, 'OUTPUT', one);
    return one.destination.address;
  };
  expect(go()).toBe('10.96.0.9');
  expect(go()).toBe('10.0.0.9');
  sim.runFor(11_000);
  expect(go()).toBe('10.96.0.9');
});
