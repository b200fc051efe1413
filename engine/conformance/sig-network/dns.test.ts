import { beforeAll, expect, test } from 'vitest';
import type { Pod, Service } from '../../api/kinds.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// After test/e2e/network/dns.go and dns_configmap.go: names, asked from a Pod with dig and getent.

const ZONE = 'default.svc.cluster.local';
const UTILS = 'registry.k8s.io/e2e-test-images/jessie-dnsutils:1.7';
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Service
metadata: {name: dns-test-service}
spec:
  clusterIP: None
  selector: {dns-test: "true"}
  ports: [{name: http, port: 80, protocol: TCP}]
---
apiVersion: v1
kind: Service
metadata: {name: test-service-2}
spec:
  selector: {dns-test: "true"}
  ports: [{name: http, port: 80, protocol: TCP}]
---
apiVersion: v1
kind: Service
metadata: {name: dns-test-service-3}
spec: {type: ExternalName, externalName: foo.example.com}
---
apiVersion: v1
kind: Pod
metadata: {name: dns-test, labels: {dns-test: "true"}}
spec:
  hostname: dns-querier-2
  subdomain: dns-test-service
  containers:
  - {name: querier, image: ${UTILS}, command: [sleep, "100000"]}
  - {name: webserver, image: ${AGNHOST}, args: [test-webserver]}
---
apiVersion: v1
kind: Pod
metadata: {name: test-dns-nameservers}
spec:
  dnsPolicy: None
  dnsConfig: {nameservers: [1.1.1.1], searches: [resolv.conf.local]}
  containers: [{name: agnhost, image: ${AGNHOST}, args: [pause]}]
`);
  for (const name of ['dns-test', 'test-dns-nameservers']) bed.untilReady(name, 120);
  bed.pass(2);
});

/** What a script prints in the querier. */
function query(script: string): string {
  return bed.kubectl('exec', 'dns-test', '-c', 'querier', '--', 'sh', '-c', script).trim();
}

/** The answers to one name, over UDP and over TCP, which must be the same. */
function dig(name: string, type = 'A'): readonly string[] {
  const ask = (protocol: string) => query(`dig ${protocol} +noall +answer +search ${name} ${type}`).split('\n');
  const data = (lines: readonly string[]) =>
    lines.filter((line) => line !== '').map((line) => line.split(/\s+/).slice(3));
  const overUdp = data(ask('+notcp'));
  expect(data(ask('+tcp'))).toEqual(overUdp);
  return overUdp.map((words) => words.join(' '));
}

const clusterIp = (name: string) => bed.get<Service>('service', name).spec.clusterIP!;
const podIp = () => bed.get<Pod>('pod', 'dns-test').status!.podIP!;

test('DNS, cluster', () => {
  expect(dig('kubernetes.default.svc.cluster.local')).toEqual([`A ${clusterIp('kubernetes')}`]);
});

test('DNS, cluster (/etc/hosts)', () => {
  const full = `dns-querier-2.dns-test-service.${ZONE}`;
  expect(query(`getent hosts ${full}`)).toContain(podIp());
  expect(query('getent hosts dns-querier-2')).toBe(`${podIp().padEnd(15)} ${full} dns-querier-2`);
});

test('DNS, PQDN for services', () => {
  for (const name of ['dns-test-service', 'dns-test-service.default', 'dns-test-service.default.svc']) {
    expect(dig(name)).toEqual([`A ${podIp()}`]);
    expect(dig(`_http._tcp.${name}`, 'SRV')).toEqual([`SRV 0 100 80 dns-querier-2.dns-test-service.${ZONE}.`]);
  }
  expect(dig('test-service-2.default')).toEqual([`A ${clusterIp('test-service-2')}`]);
});

test('DNS, services', () => {
  expect(dig(`dns-test-service.${ZONE}`)).toEqual([`A ${podIp()}`]);
  expect(dig(`_http._tcp.dns-test-service.${ZONE}`, 'SRV')).toHaveLength(1);
  expect(dig(`_http._tcp.test-service-2.${ZONE}`, 'SRV')).toEqual([`SRV 0 100 80 test-service-2.${ZONE}.`]);
  const backwards = (address: string) => `${address.split('.').reverse().join('.')}.in-addr.arpa.`;
  expect(dig(backwards(clusterIp('test-service-2')), 'PTR')).toEqual([`PTR test-service-2.${ZONE}.`]);
});

test('DNS, resolve the hostname', () => {
  expect(query('hostname')).toBe('dns-querier-2');
  expect(query(`getent hosts dns-querier-2.dns-test-service.${ZONE}`)).toContain(podIp());
});

test('DNS, resolve the subdomain', () => {
  expect(query('hostname -f')).toBe(`dns-querier-2.dns-test-service.${ZONE}`);
  expect(dig(`dns-querier-2.dns-test-service.${ZONE}`)).toEqual([`A ${podIp()}`]);
});

test('DNS, for ExternalName Services', () => {
  const name = `dns-test-service-3.${ZONE}`;
  const alias = () => query(`dig +short ${name} CNAME`);
  expect(alias()).toBe('foo.example.com.');
  bed.kubectl('patch', 'service', 'dns-test-service-3', '-p', '{"spec": {"externalName": "bar.example.com"}}');
  // CoreDNS answers what it has cached for half a minute.
  bed.pass(35);
  expect(alias()).toBe('bar.example.com.');
  const inside = '{"spec": {"type": "ClusterIP", "externalName": null, "ports": [{"port": 80}]}}';
  bed.kubectl('patch', 'service', 'dns-test-service-3', '-p', inside);
  bed.pass(35);
  expect(dig(name)).toEqual([`A ${clusterIp('dns-test-service-3')}`]);
});

test('DNS, custom dnsConfig', () => {
  const ask = (command: string) => bed.kubectl('exec', 'test-dns-nameservers', '--', '/agnhost', command).trim();
  expect(ask('dns-suffix')).toBe('resolv.conf.local');
  expect(ask('dns-server-list')).toBe('1.1.1.1');
});
