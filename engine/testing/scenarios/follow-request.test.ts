import { beforeAll, expect, test } from 'vitest';
import type { Service } from '../../api/kinds.ts';
import type { RequestOutcome } from '../../index.ts';
import { Testbed } from './testbed.ts';

// Each trial is a second cluster.
const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: "nginx:1.29"}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: sticky}
spec: {selector: {app: web}, ports: [{port: 80}], sessionAffinity: ClientIP}
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  containers: [{name: main, image: "busybox:1.37", command: [sleep, "1000000"]}]
`;

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed();
  bed.apply(MANIFEST);
  bed.until('all is ready', () => bed.podViews().length === 4 && bed.podViews().every(({ ready }) => ready));
  bed.pass(3);
});

const FROM_BOX = { from: { pod: 'box' } };

function failure(outcome: RequestOutcome) {
  if (outcome.kind !== 'failed') throw new Error(`it did not fail: ${outcome.kind}`);
  return outcome;
}

test('a request is told from the look-up of its name to the endpoint, with the rules that fitted', () => {
  bed.kubectl('exec', 'box', '--', 'wget', '-qO-', 'http://web');
  const [request, ...others] = bed.cluster.requests({ from: 'box', command: 'wget', protocol: 'tcp' });
  expect(others).toEqual([]);
  const { clusterIP } = bed.get<Service>('service', 'web').spec;
  expect(request).toMatchObject({
    protocol: 'tcp',
    from: { kind: 'pod', name: 'box', namespace: 'default', host: bed.nodeOf('box') },
    process: { argv: ['wget', '-qO-', 'http://web'] },
    destination: { address: clusterIP, port: 80 },
    lookups: [{ name: 'web.default.svc.cluster.local', type: 'A', code: 'NOERROR', answers: [{ data: clusterIP }] }],
    tries: 1,
    outcome: { kind: 'connected' },
  });
  const { hops, choice, arrived } = request!;
  expect(hops[0]).toMatchObject({ place: { name: 'box' }, route: { outInterface: 'eth0' } });
  const [entered] = hops[1]!.hooks;
  expect(entered).toMatchObject({ hook: 'PREROUTING', destination: arrived!.destination });
  expect(entered!.rules.map(({ chain }) => chain.slice(0, 9))).toEqual([
    'PREROUTIN',
    'KUBE-SERV',
    'KUBE-SVC-',
    'KUBE-SEP-',
  ]);
  expect(entered!.rules.at(-1)!.text).toContain(`-j DNAT --to-destination ${arrived!.destination.address}:80`);
  expect(hops.at(-1)!.place).toMatchObject({ kind: 'pod', name: expect.stringMatching(/^web-/) });
  expect(choice).toMatchObject({ endpoint: arrived!.destination, reason: 'probability' });
  expect(choice!.candidates.map(({ probability }) => probability.toFixed(6))).toEqual(Array(3).fill('0.333333'));
  expect(choice!.candidates.filter(({ chosen }) => chosen)).toHaveLength(1);
  expect(JSON.parse(JSON.stringify(request))).toEqual(request);
});

test('an endpoint that affinity chose is told so', () => {
  bed.kubectl('exec', 'box', '--', 'sh', '-c', 'for i in 1 2; do wget -qO- http://sticky; done');
  const address = bed.get<Service>('service', 'sticky').spec.clusterIP!;
  const reasons = bed.cluster.requests({ address }).map(({ choice }) => choice?.reason);
  expect(reasons).toEqual(['probability', 'affinity']);
});

test('what would become of a request is tried elsewhere', () => {
  const before = [bed.sim.steps, bed.sim.nowMs, bed.cluster.requests().length];
  expect(bed.cluster.followRequest({ ...FROM_BOX, host: 'web', port: 80 }).outcome).toEqual({ kind: 'connected' });
  expect(bed.cluster.followRequest({ from: 'node-1', host: '10.0.0.12', protocol: 'icmp' })).toMatchObject({
    hops: [{ place: { name: 'node-1', kind: 'node' } }, { place: { name: 'node-2' } }],
    outcome: { kind: 'answered' },
  });
  expect([bed.sim.steps, bed.sim.nowMs, bed.cluster.requests().length]).toEqual(before);
});

test('where it died is told: no name, nobody there, nobody listens, a rule', () => {
  const follow = (host: string, port: number) =>
    bed.cluster.followRequest({ ...FROM_BOX, host, port, timeoutMs: 4000 });
  const unknown = follow('nope', 80);
  expect(unknown.outcome).toMatchObject({ reason: 'unknown host', message: 'nope has no address' });
  expect(unknown.lookups[0]).toMatchObject({ name: 'nope.default.svc.cluster.local', code: 'NXDOMAIN' });
  expect(follow('10.0.0.99', 80).outcome).toMatchObject({ reason: 'host unreachable' });
  const podIp = bed.pod('box').status!.podIP!;
  expect(follow(podIp, 81).outcome).toMatchObject({ reason: 'refused', message: `nobody listens on ${podIp}:81` });
  const refused = failure(follow('nobody', 80).outcome);
  expect(refused).toMatchObject({ reason: 'refused', where: { kind: 'node', name: bed.nodeOf('box') } });
  expect(refused.rule).toMatchObject({ table: 'filter', text: expect.stringContaining('has no endpoints') });
});

test('a packet that a rule or a policy drops is told, with how often it was sent', () => {
  const node = bed.nodeOf('box')!;
  bed.run(node, 'iptables', '-I', 'FORWARD', '-p', 'tcp', '--dport', '8080', '-j', 'DROP');
  bed.kubectlAnyway('exec', 'box', '--', 'nc', '-w', '4', '10.0.0.2', '8080');
  const [request] = bed.cluster.requests({ port: 8080 });
  expect(request).toMatchObject({ tries: 3, outcome: { reason: 'dropped', where: { name: node } } });
  expect(failure(request!.outcome).rule).toEqual({
    table: 'filter',
    chain: 'FORWARD',
    text: '-p tcp -m tcp --dport 8080 -j DROP',
  });
  bed.run(node, 'iptables', '-P', 'INPUT', 'DROP');
  const blocked = bed.cluster.followRequest({ from: 'workstation', host: node, port: 22, timeoutMs: 2000 });
  expect(blocked.outcome).toMatchObject({ reason: 'dropped', rule: { chain: 'INPUT', text: '-P DROP' } });
  bed.run(node, 'iptables', '-P', 'INPUT', 'ACCEPT');
});

test('a machine or a Pod that is not there is an error', () => {
  expect(() => bed.cluster.followRequest({ from: 'node-9', host: 'web', port: 80 })).toThrow('there is no machine');
  expect(() => bed.cluster.followRequest({ from: { pod: 'nope' }, host: 'web', port: 80 })).toThrow(
    'no running container of Pod "default/nope"',
  );
});
