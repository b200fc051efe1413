import { beforeAll, expect, test } from 'vitest';
import type { Endpoints, Service } from '../../api/kinds.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// After test/e2e/network/service.go, proxy.go, service_latency.go and endpointslice.go: Services in front of Pods that run.

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';
const NODE_ADDRESSES = ['10.0.0.11', '10.0.0.12'];

let bed: Testbed;

/** A server that tells its name on these ports. */
function server(name: string, labels: string, args = 'netexec, --http-port=80, --udp-port=80'): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {${labels}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: agnhost
    image: ${AGNHOST}
    args: [${args}]
    ports: [{name: portname1, containerPort: 80}, {name: portname2, containerPort: 81}]
---
`;
}

beforeAll(() => {
  bed = new Testbed();
  bed.apply(
    `${server('affinity-0', 'app: affinity')}${server('affinity-1', 'app: affinity')}${server(
      'affinity-2',
      'app: affinity',
    )}${server('execpod', 'app: client', 'pause')}`,
  );
  for (const name of ['affinity-0', 'affinity-1', 'affinity-2', 'execpod']) bed.untilReady(name, 120);
});

function service(name: string, spec: string): Service {
  bed.apply(`apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n${spec}`);
  bed.pass(3);
  return bed.get<Service>('service', name);
}

function remove(...what: readonly string[]): void {
  bed.kubectl('delete', ...what);
  bed.pass(3);
}

/** What a script prints in the client Pod, whatever it exits with. */
function inPod(script: string): string {
  return bed.kubectlAnyway('exec', 'execpod', '--', 'sh', '-c', script).stdout.trim();
}

/** Whether a port answers when the client Pod connects. */
function answers(host: string, port: number | undefined, protocol = 'tcp'): boolean {
  return inPod(`/agnhost connect ${host}:${port} --timeout=2s --protocol=${protocol} && echo yes`) === 'yes';
}

/** Who answers, asked so often in a row. */
function whoAnswers(host: string, port: number | undefined, times = 15): ReadonlySet<string> {
  return new Set(
    inPod(`for i in $(seq ${times}); do curl -s -m 2 http://${host}:${port}/hostname; echo; done`).split('\n'),
  );
}

const AFFINITY = '  sessionAffinity: ClientIP\n';
const SELECTOR = '  selector: {app: affinity}\n  ports: [{port: 80, targetPort: 80}]\n';
const SERVERS = ['affinity-0', 'affinity-1', 'affinity-2'];

/** Asks with one kind of affinity, switches to the other, and asks again. */
function switchAffinity(type: 'ClusterIP' | 'NodePort', affinity: 'None' | 'ClientIP'): void {
  const name = `affinity-${type.toLowerCase()}-${affinity.toLowerCase()}`;
  const made = service(name, `  type: ${type}\n${SELECTOR}${affinity === 'ClientIP' ? AFFINITY : ''}`);
  const [host, port] =
    type === 'ClusterIP' ? [made.spec.clusterIP!, 80] : [NODE_ADDRESSES[0]!, made.spec.ports![0]!.nodePort!];
  const found = whoAnswers(host, port);
  expect(SERVERS).toEqual(expect.arrayContaining([...found]));
  expect(found.size === 1).toBe(affinity === 'ClientIP');
  remove('service', name);
}

test('Service, ClusterIP type, session affinity to ClientIP', () => switchAffinity('ClusterIP', 'ClientIP'));

test('Service, ClusterIP type, session affinity to None', () => switchAffinity('ClusterIP', 'None'));

test('Service, NodePort type, session affinity to ClientIP', () => switchAffinity('NodePort', 'ClientIP'));

test('Service, NodePort type, session affinity to None', () => switchAffinity('NodePort', 'None'));

test('Service, NodePort Service', () => {
  const { spec } = service('nodeport-test', `  type: NodePort\n${SELECTOR}`);
  expect(answers('nodeport-test', 80)).toBe(true);
  expect(answers(spec.clusterIP!, 80)).toBe(true);
  for (const address of NODE_ADDRESSES) expect(answers(address, spec.ports![0]!.nodePort)).toBe(true);
  remove('service', 'nodeport-test');
});

const patch = (name: string, spec: object) =>
  bed.kubectl('patch', 'service', name, '-p', JSON.stringify({ spec }), '--type=merge');

const INSIDE = { externalName: null, selector: { app: 'affinity' }, ports: [{ port: 80, protocol: 'TCP' }] };

test('Service, change type, ExternalName to ClusterIP', () => {
  service('externalname-service', '  type: ExternalName\n  externalName: example.com\n');
  patch('externalname-service', { type: 'ClusterIP', ...INSIDE });
  bed.pass(35);
  const { spec } = bed.get<Service>('service', 'externalname-service');
  expect(answers('externalname-service', 80)).toBe(true);
  expect(answers(spec.clusterIP!, 80)).toBe(true);
  remove('service', 'externalname-service');
});

test('Service, change type, ExternalName to NodePort', () => {
  service('externalname-node', '  type: ExternalName\n  externalName: example.com\n');
  patch('externalname-node', { type: 'NodePort', ...INSIDE });
  bed.pass(35);
  const { spec } = bed.get<Service>('service', 'externalname-node');
  expect(spec.ports![0]!.nodePort).toBeGreaterThanOrEqual(30_000);
  expect(answers('externalname-node', 80)).toBe(true);
  for (const address of NODE_ADDRESSES) expect(answers(address, spec.ports![0]!.nodePort)).toBe(true);
  remove('service', 'externalname-node');
});

const OUTSIDE = { type: 'ExternalName', clusterIP: null, clusterIPs: null };

test('Service, change type, ClusterIP to ExternalName', () => {
  service('elsewhere', '  selector: {app: client}\n  ports: [{port: 80}]\n');
  service('target', SELECTOR);
  patch('elsewhere', { ...OUTSIDE, externalName: 'target.default.svc.cluster.local' });
  bed.pass(35);
  expect(bed.get<Service>('service', 'elsewhere').spec.clusterIP).toBeUndefined();
  expect(SERVERS).toEqual(expect.arrayContaining([...whoAnswers('elsewhere', 80, 1)]));
  remove('service', 'elsewhere', 'target');
});

test('Service, change type, NodePort to ExternalName', () => {
  const { spec } = service('nodeport-service', '  type: NodePort\n  selector: {app: client}\n  ports: [{port: 80}]\n');
  service('target', SELECTOR);
  patch('nodeport-service', { ...OUTSIDE, externalName: 'target.default.svc.cluster.local' });
  bed.pass(35);
  expect(bed.get<Service>('service', 'nodeport-service').spec.ports![0]!.nodePort).toBeUndefined();
  expect(SERVERS).toEqual(expect.arrayContaining([...whoAnswers('nodeport-service', 80, 1)]));
  expect(answers(NODE_ADDRESSES[0]!, spec.ports![0]!.nodePort)).toBe(false);
  remove('service', 'nodeport-service', 'target');
});

/** The ports of each Pod that an Endpoints object names, by Pod. */
function endpointPorts(name: string): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = {};
  for (const { addresses = [], ports = [] } of bed.get<Endpoints>('endpoints', name).subsets ?? []) {
    for (const { targetRef } of addresses) {
      const pod = targetRef?.name ?? '';
      found[pod] = [...(found[pod] ?? []), ...ports.map(({ port }) => port)];
    }
  }
  return found;
}

test('Service, endpoints', () => {
  service('endpoint-test2', '  selector: {app: endpoint-test2}\n  ports: [{port: 80, targetPort: 80}]\n');
  expect(endpointPorts('endpoint-test2')).toEqual({});
  for (const name of ['pod1', 'pod2']) {
    bed.apply(server(name, 'app: endpoint-test2'));
    bed.untilReady(name);
  }
  bed.pass(3);
  expect(endpointPorts('endpoint-test2')).toEqual({ pod1: [80], pod2: [80] });
  expect(answers('endpoint-test2', 80)).toBe(true);
  remove('pod', 'pod1');
  expect(endpointPorts('endpoint-test2')).toEqual({ pod2: [80] });
  expect(whoAnswers('endpoint-test2', 80)).toEqual(new Set(['pod2']));
  remove('pod', 'pod2');
  expect(endpointPorts('endpoint-test2')).toEqual({});
  expect(answers('endpoint-test2', 80)).toBe(false);
  remove('service', 'endpoint-test2');
});

test('Service, endpoints with multiple ports', () => {
  const ports =
    '[{name: portname1, port: 80, targetPort: portname1}, {name: portname2, port: 81, targetPort: portname2}]';
  service('multi-endpoint-test', `  selector: {app: multi}\n  ports: ${ports}\n`);
  const porter = (name: string, port: number, number: number) =>
    server(name, 'app: multi', `netexec, --http-port=${port}, --udp-port=-1`).replace(
      /ports: .*/,
      `ports: [{name: portname${number}, containerPort: ${port}}]`,
    );
  bed.apply(porter('pod1', 100, 1));
  bed.apply(porter('pod2', 101, 2));
  for (const name of ['pod1', 'pod2']) bed.untilReady(name);
  bed.pass(3);
  expect(endpointPorts('multi-endpoint-test')).toEqual({ pod1: [100], pod2: [101] });
  expect(whoAnswers('multi-endpoint-test', 80)).toEqual(new Set(['pod1']));
  expect(whoAnswers('multi-endpoint-test', 81)).toEqual(new Set(['pod2']));
  remove('pod', 'pod1');
  expect(endpointPorts('multi-endpoint-test')).toEqual({ pod2: [101] });
  remove('pod', 'pod2');
  expect(endpointPorts('multi-endpoint-test')).toEqual({});
  remove('service', 'multi-endpoint-test');
});

test('Service, should serve endpoints on same port and different protocols.', () => {
  const ports = '[{name: tcp-port, port: 80, protocol: TCP}, {name: udp-port, port: 80, protocol: UDP}]';
  const { spec } = service('multiprotocol-test', `  selector: {app: affinity}\n  ports: ${ports}\n`);
  const address = spec.clusterIP!;
  const both = () => [answers(address, 80, 'tcp'), answers(address, 80, 'udp')];
  expect(both()).toEqual([true, true]);
  const keep = (protocol: 'TCP' | 'UDP') => {
    const port = { name: `${protocol.toLowerCase()}-port`, port: 80, targetPort: 80, protocol };
    bed.kubectl(
      'patch',
      'service',
      'multiprotocol-test',
      '--type=json',
      '-p',
      JSON.stringify([{ op: 'replace', path: '/spec/ports', value: [port] }]),
    );
    bed.pass(3);
  };
  keep('TCP');
  expect(both()).toEqual([true, false]);
  keep('UDP');
  expect(both()).toEqual([false, true]);
  remove('service', 'multiprotocol-test');
});

test('Service endpoint latency, thresholds', () => {
  // Upstream makes 200 Services and allows 20 s at the median and 50 s at the 99th percentile.
  const names = Array.from({ length: 200 }, (_, index) => `latency-svc-${index}`);
  const manifest = (name: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n${SELECTOR}---\n`;
  const { sim } = bed;
  const began = sim.nowMs;
  bed.apply(names.map(manifest).join(''));
  const missing = () =>
    bed.list<Endpoints>('endpoints').filter(({ metadata, subsets }) => names.includes(metadata.name) && subsets?.length)
      .length < names.length;
  bed.until('every Service has endpoints', () => !missing(), 60);
  expect(sim.nowMs - began).toBeLessThan(20_000);
  remove('service', ...names);
});

test('Scheduling, HostPort matching and HostIP and Protocol not-matching', () => {
  const pod = (name: string, hostIP: string, protocol: 'TCP' | 'UDP') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: hostport}}
spec:
  nodeName: node-1
  terminationGracePeriodSeconds: 0
  containers:
  - name: agnhost
    image: ${AGNHOST}
    args: [netexec, --http-port=8080, --udp-port=8080]
    ports: [{hostPort: 54323, containerPort: 8080, protocol: ${protocol}, hostIP: ${hostIP}}]
    readinessProbe: {httpGet: {path: /hostname, port: 8080}, periodSeconds: 1}
---
`;
  const [address] = NODE_ADDRESSES;
  bed.apply(pod('pod1', '127.0.0.1', 'TCP') + pod('pod2', address!, 'TCP') + pod('pod3', address!, 'UDP'));
  for (const name of ['pod1', 'pod2', 'pod3']) bed.untilReady(name);
  const curl = (host: string) => bed.run('node-1', 'curl', '-s', '-m', '5', `http://${host}:54323/hostname`).stdout;
  expect(curl('127.0.0.1')).toBe('pod1');
  expect(curl(address!)).toBe('pod2');
  const query = `request=hostname&protocol=udp&host=${address}&port=54323&tries=1`;
  expect(inPod(`curl -s 'http://${bed.podView('affinity-0')!.ip}:80/dial?${query}'`)).toBe('{"responses":["pod3"]}');
  expect(bed.run('node-1', 'iptables-save', '-t', 'nat').stdout.match(/^:CNI-DN-/gm)).toHaveLength(3);
  remove('pod', 'pod1', 'pod2', 'pod3');
  expect(curl(address!)).toBe('');
  expect(bed.run('node-1', 'iptables-save', '-t', 'nat').stdout).not.toContain('CNI-DN-');
});
