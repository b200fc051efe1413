import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { Testbed } from './testbed.ts';

// What the names of a cluster stand for, asked from Pods with the tools that learners use.
// https://github.com/kubernetes/dns/blob/master/docs/specification.md

const NAMES = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: nginx}
spec:
  clusterIP: None
  selector: {app: web}
  ports: [{name: http, port: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: away}
spec: {type: ExternalName, externalName: web.default.svc.cluster.local}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: 'nginx:1.29'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: main, image: 'busybox:1.37', command: [sleep, infinity]}]}
`;

function withNames(): Testbed {
  const bed = new Testbed();
  bed.apply(NAMES);
  bed.untilStatus('client', 'Running');
  bed.until('web-1 runs', () => bed.podView('web-1')?.ready === true);
  bed.pass(2);
  return bed;
}

/** Asks one of the CoreDNS Pods directly. */
function ask(bed: Testbed, type: string, name: string) {
  const [server] = bed.list<Pod>('pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns');
  return bed.kubectlAnyway('exec', 'client', '--', 'nslookup', `-type=${type}`, name, server!.status!.podIP!).stdout;
}

test('Services, StatefulSets, named ports, Pods and aliases have the names of the specification', () => {
  const bed = withNames();
  const zone = 'default.svc.cluster.local';
  const clusterIp = bed.get<{ spec: { clusterIP: string } }>('service', 'web').spec.clusterIP;
  const podIp = bed.pod('web-0').status!.podIP!;
  expect(ask(bed, 'a', `web.${zone}.`)).toContain(`Name:\tweb.${zone}\nAddress: ${clusterIp}\n`);
  expect(ask(bed, 'a', `web-0.nginx.${zone}.`)).toContain(`Address: ${podIp}\n`);
  expect(ask(bed, 'srv', `_http._tcp.web.${zone}.`)).toContain(`service = 0 100 80 web.${zone}`);
  const members = ask(bed, 'srv', `_http._tcp.nginx.${zone}.`);
  expect(members).toContain(`service = 0 50 80 web-0.nginx.${zone}`);
  expect(members).toContain(`service = 0 50 80 web-1.nginx.${zone}`);
  expect(ask(bed, 'a', `${podIp.replaceAll('.', '-')}.default.pod.cluster.local.`)).toContain(`Address: ${podIp}\n`);
  expect(ask(bed, 'a', `away.${zone}.`)).toContain(`away.${zone}\tcanonical name = web.${zone}`);
  expect(ask(bed, 'ptr', `${clusterIp.split('.').reverse().join('.')}.in-addr.arpa.`)).toContain(`name = web.${zone}`);
  expect(ask(bed, 'aaaa', `web.${zone}.`)).toContain('No answer');
  expect(ask(bed, 'a', `nothing.${zone}.`)).toContain('NXDOMAIN');
});

test('nslookup of busybox 1.28 searches for names with dots, too, and tells what addresses are called', () => {
  const bed = withNames();
  bed.kubectl('run', 'old', '--image=busybox:1.28', '--', 'sleep', '1000');
  bed.untilReady('old');
  const zone = 'default.svc.cluster.local';
  const ask = (...args: readonly string[]) => bed.kubectl('exec', 'old', '--', 'nslookup', ...args);
  const server = 'Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n';
  const podIp = bed.pod('web-0').status!.podIP!;
  // The address has another name by the Service `web`, which CoreDNS finds first.
  const address = `Address 1: ${podIp} ${podIp.replaceAll('.', '-')}.web.${zone}\n`;
  expect(ask('web-0.nginx')).toBe(`${server}Name:      web-0.nginx\n${address}`);
  expect(ask('web-0.nginx', '10.96.0.10')).toBe(`${server}Name:      web-0.nginx\n${address}`);
  expect(ask(podIp)).toBe(`${server}Name:      ${podIp}\n${address}`);
  expect(ask('old')).toBe(`${server}Name:      old\nAddress 1: ${bed.pod('old').status!.podIP} old\n`);
  const unknown = bed.kubectlAnyway('exec', 'old', '--', 'nslookup', 'nobody.default');
  expect(unknown).toMatchObject({ exitCode: 1, stdout: server });
  expect(unknown.stderr).toContain("nslookup: can't resolve 'nobody.default'\n");
});

test('dig and CoreDNS agree on larger datagrams, and send a cookie there and back', () => {
  const bed = new Testbed();
  const names = Array.from({ length: 60 }, (_, index) => `  - {addresses: [10.9.0.${index + 1}]}`).join('\n');
  bed.apply(`apiVersion: v1
kind: Service
metadata: {name: many}
spec: {clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: many-1, labels: {kubernetes.io/service-name: many}}
addressType: IPv4
ports: [{name: http, port: 80, protocol: TCP}]
endpoints:
${names}
`);
  bed.pass(8);
  const dig = (...flags: readonly string[]) =>
    bed.run('node-1', 'dig', '@10.96.0.10', ...flags, 'many.default.svc.cluster.local').stdout;
  const whole = dig();
  expect(whole).toMatch(
    /ANSWER: 60, AUTHORITY: 0, ADDITIONAL: 1\n[\s\S]*\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n; COOKIE: [\da-f]{16} \(echoed\)\n;; QUESTION SECTION:\n/,
  );
  expect(dig('+bufsize=4096', '+nocookie')).toMatch(/; EDNS: version: 0, flags:; udp: 4096\n;; QUESTION/);
  // Who does not say how much it takes gets what fits into 512 bytes, and then asks over a connection.
  const old = dig('+noedns', '+ignore');
  expect(old).not.toContain('OPT PSEUDOSECTION');
  expect(old).toMatch(/;; flags: qr aa tc rd; [\s\S]*\(UDP\)\n/);
  expect(Number(/MSG SIZE {2}rcvd: (\d+)/.exec(old)![1])).toBeLessThanOrEqual(512);
  expect(dig('+noedns')).toMatch(/^;; Truncated, retrying in TCP mode\.\n[\s\S]* ANSWER: 60, [\s\S]*\(TCP\)\n/);
  expect(dig('+tcp', '+short').split('\n')).toHaveLength(61);
  expect(bed.run('node-1', 'getent', 'ahosts', 'nobody.default.svc.cluster.local').exitCode).toBe(2);
});

test('a member that is not ready loses its name, and gets it back', () => {
  const bed = withNames();
  const name = 'web-1.nginx.default.svc.cluster.local.';
  expect(ask(bed, 'a', name)).toContain('Address: 10.244.');
  bed.kubectl('scale', 'statefulset', 'web', '--replicas=1');
  bed.until('web-1 is gone', () => bed.podView('web-1') === undefined);
  bed.pass(2);
  expect(ask(bed, 'a', name)).toContain('NXDOMAIN');
  bed.kubectl('scale', 'statefulset', 'web', '--replicas=2');
  bed.until('web-1 is back', () => bed.podView('web-1')?.ready === true);
  bed.pass(2);
  expect(ask(bed, 'a', name)).toContain('Address: 10.244.');
});

const CONFIG = (corefile: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |
${corefile.replace(/^/gm, '    ')}
`;

test('a broken Corefile is told in the log, and a Pod that starts with it crashes', () => {
  const bed = new Testbed();
  bed.apply(CONFIG('.:53 {\n    errors\n    kubernets cluster.local\n    reload 2s 1s\n}'));
  bed.kubectl('rollout', 'restart', 'deployment/coredns', '-n', 'kube-system');
  const crashed = () =>
    bed.podViews('kube-system').find(({ name, status }) => name.startsWith('coredns') && status === 'CrashLoopBackOff');
  bed.until('one crashes', () => crashed() !== undefined);
  expect(bed.kubectl('logs', '-n', 'kube-system', crashed()!.name)).toBe(
    "/etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'kubernets'\n",
  );
});

test('a changed Corefile is taken up by the servers that run', () => {
  const bed = withNames();
  bed.apply(
    CONFIG(
      '.:53 {\n    errors\n    ready\n    health\n    hosts {\n      10.1.2.3 printer.example.org\n      fallthrough\n    }\n    rewrite name old.example.org web.default.svc.cluster.local\n    kubernetes cluster.local\n    reload\n}',
    ),
  );
  // The kubelet's next sync, and CoreDNS' next look.
  bed.pass(150);
  expect(ask(bed, 'a', 'printer.example.org.')).toContain('Address: 10.1.2.3\n');
  expect(ask(bed, 'a', 'old.example.org.')).toContain('Name:\told.example.org\n');
  expect(bed.kubectl('logs', '-n', 'kube-system', 'deploy/coredns')).toContain('[INFO] Reloading complete\n');
});
