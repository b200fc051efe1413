import { expect, test } from 'vitest';
import { clusterIp, service, start, web } from './services-bed.ts';
import { Testbed } from './testbed.ts';

// What tcpdump shows, on nodes and in Pods. Its lines are those of version 4.99; times are cut off where they do not matter.

function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => / (?:IP|ARP)/.test(line))
    .map((line) => line.replace(/^\S+ +/, '').replace(/, options \[[^\]]*\]/, ''));
}

/** What a capture on a machine prints while something is done. */
function capture(bed: Testbed, host: string, args: string, script: string): { out: string[]; all: string } {
  const listen = `tcpdump ${args} > /tmp/capture 2>&1 & sleep 1`;
  const { stdout } = bed.run(
    host,
    'bash',
    '-c',
    `${listen}; ${script} > /dev/null 2>&1; sleep 1; kill -INT %1; wait; cat /tmp/capture`,
  );
  return { out: lines(stdout), all: stdout };
}

function oneServer() {
  const bed = start(web(1), service(''));
  const { name } = bed.podViews().find((view) => view.name.startsWith('web-'))!;
  return { bed, ip: bed.pod(name).status!.podIP!, node: bed.nodeOf(name)!, other: bed.nodeOf('client')! };
}

test('a connection to a Service as it leaves the node: the Pod has taken the place of the cluster IP', () => {
  const { bed, ip, other } = oneServer();
  const { out } = capture(bed, other, `-i eth0 -n 'tcp port 80'`, `curl -s http://${clusterIp(bed)}`);
  const [client, server] = [out[0]!.split(' ')[1]!, `${ip}.80`];
  const first = (at: number) => /seq (\d+)/.exec(out[at]!)![1]!;
  expect(client).toMatch(/^10\.0\.0\.\d+\.\d+$/);
  expect(out).toEqual([
    `IP ${client} > ${server}: Flags [S], seq ${first(0)}, win 64240, length 0`,
    `IP ${server} > ${client}: Flags [S.], seq ${first(1)}, ack ${Number(first(0)) + 1}, win 64240, length 0`,
    `IP ${client} > ${server}: Flags [.], ack 1, win 512, length 0`,
    expect.stringMatching(/Flags \[P\.\], seq 1:98, ack 1, win 512, length 97: HTTP: GET \/ HTTP\/1\.1$/),
    `IP ${server} > ${client}: Flags [.], ack 98, win 511, length 0`,
    expect.stringMatching(/Flags \[P\.\], seq 1:\d+, ack 98, win 512, length \d+: HTTP: HTTP\/1\.1 200 OK$/),
    expect.stringMatching(/Flags \[\.\], ack \d+, win 51\d, length 0$/),
    expect.stringMatching(/Flags \[F\.\], seq \d+, ack 98, win 512, length 0$/),
    expect.stringMatching(/Flags \[F\.\], seq 98, ack \d+, win 512, length 0$/),
    `IP ${server} > ${client}: Flags [.], ack 99, win 512, length 0`,
  ]);
});

test('on its node a packet shows itself at the port of the bridge and on the bridge, and tells where it was sent', () => {
  const { bed, ip } = oneServer();
  bed.apply(
    'apiVersion: v1\nkind: Pod\nmetadata: {name: near}\nspec:\n  containers: [{name: main, image: "busybox:1.37", command: [sleep, "100000"]}]\n',
  );
  bed.untilReady('near');
  const node = bed.nodeOf('near')!;
  const near = bed.pod('near').status!.podIP!;
  const script = `crictl exec $(crictl ps --name main -q | head -1) wget -qO- http://${clusterIp(bed)}`;
  const { out } = capture(bed, node, `-i any -n 'tcp[tcpflags] == tcp-syn and port 80'`, script);
  const shown = out.map((line) =>
    line
      .replace(/\.\d+ >/, ' >')
      .replace(/: Flags.*/, '')
      .replace(/veth\S+/, 'veth'),
  );
  expect(shown.slice(0, 2)).toEqual([
    `veth P   IP ${near} > ${clusterIp(bed)}.80`,
    `kube-bridge In  IP ${near} > ${clusterIp(bed)}.80`,
  ]);
  expect(shown.slice(2).every((line) => line.endsWith(`IP ${near} > ${ip}.80`))).toBe(true);
  expect(shown.length).toBeGreaterThan(2);
});

test('a refused connection is answered with a reset, a rejected one with ICMP, a dropped one is tried again', () => {
  const { bed, ip, other } = oneServer();
  const refused = capture(bed, other, `-i eth0 -n host ${ip}`, `curl -s ${ip}:81`).out;
  expect(refused.map((line) => line.replace(/^.*: Flags/, 'Flags').replace(/\d{6,}/g, 'N'))).toEqual([
    'Flags [S], seq N, win 64240, length 0',
    'Flags [R.], seq 0, ack N, win 0, length 0',
  ]);
  bed.apply(service('', 'empty').replace('{app: web}', '{app: nobody}'));
  bed.pass(2);
  const address = clusterIp(bed, 'empty');
  const rejected = capture(bed, other, '-i lo -n icmp', `curl -s ${address}`).out;
  expect(rejected).toEqual([
    expect.stringMatching(new RegExp(`^IP [\\d.]+ > [\\d.]+: ICMP ${address} tcp port 80 unreachable, length 68$`)),
  ]);
  bed.run(other, 'iptables', '-A', 'FORWARD', '-p', 'tcp', '--dport', '82', '-j', 'DROP');
  bed.run(
    bed.nodeOf(bed.podViews().find(({ name }) => name.startsWith('web-'))!.name)!,
    'iptables',
    '-I',
    'FORWARD',
    '-p',
    'tcp',
    '--dport',
    '82',
    '-j',
    'DROP',
  );
  const dropped = capture(bed, other, `-i eth0 -tttt -n tcp port 82`, `curl -s -m 8 ${ip}:82`).all;
  const tries = dropped.split('\n').filter((line) => line.includes('Flags [S]'));
  expect(tries).toHaveLength(4);
});

test('names that are looked up, and pings', () => {
  const { bed, ip, other } = oneServer();
  const asked = capture(
    bed,
    other,
    `-i eth0 -n udp port 53`,
    'nslookup -type=a web.default.svc.cluster.local 10.96.0.10; nslookup -type=a nope.default.svc.cluster.local 10.96.0.10',
  ).out;
  expect(asked.map((line) => line.replace(/^.*?: \d+/, ''))).toEqual([
    '+ A? web.default.svc.cluster.local. (47)',
    `*- 1/0/0 A ${clusterIp(bed)} (63)`,
    '+ A? nope.default.svc.cluster.local. (48)',
    ' NXDomain*- 0/1/0 (102)',
  ]);
  const pinged = capture(bed, other, `-i eth0 -n icmp`, `ping -c 2 -s 100 ${ip}`).out;
  const own = pinged[0]!.split(' ')[1]!;
  expect(pinged.map((line) => line.replace(/id \d+/, 'id N'))).toEqual([
    `IP ${own} > ${ip}: ICMP echo request, id N, seq 1, length 108`,
    `IP ${ip} > ${own}: ICMP echo reply, id N, seq 1, length 108`,
    `IP ${own} > ${ip}: ICMP echo request, id N, seq 2, length 108`,
    `IP ${ip} > ${own}: ICMP echo reply, id N, seq 2, length 108`,
  ]);
  const nobody = capture(bed, other, '-i eth0 -n arp', 'ping -c 1 -W 5 10.0.0.99').out;
  expect(nobody).toHaveLength(3);
  expect(nobody[0]).toMatch(/^ARP, Request who-has 10\.0\.0\.99 tell 10\.0\.0\.\d+, length 28$/);
});

test('a file holds what was heard, and can be read again with another filter', () => {
  const { bed, ip, other } = oneServer();
  const { all } = capture(bed, other, `-i any -w /tmp/a.pcap port 80`, `curl -s ${ip}`);
  expect(all).toContain(
    'tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes\n',
  );
  expect(all).toMatch(/10 packets captured\n10 packets received by filter\n0 packets dropped by kernel\n$/);
  const again = bed.run(other, 'tcpdump', '-nr', '/tmp/a.pcap', '-A', 'src', 'port', '80', 'and', 'greater', '100');
  expect(again.stderr).toBe(
    'reading from file /tmp/a.pcap, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144\n',
  );
  expect(again.stdout).toMatch(/^\S+ eth0 +In +IP .* HTTP\/1\.1 200 OK\nE\.\.[\s\S]*Server: nginx/);
  expect(lines(again.stdout)).toHaveLength(1);
  expect(bed.run(other, 'bash', '-c', 'head -c 4 /tmp/a.pcap | xxd -p').stdout).toBe('d4c3b2a1\n');
  expect(bed.run(other, 'tcpdump', '-r', '/etc/hostname').stderr).toContain(
    'tcpdump: truncated dump file; tried to read 24 file header bytes',
  );
  expect(bed.run(other, 'tcpdump', '-r', '/nothing').stderr).toBe('tcpdump: /nothing: No such file or directory\n');
});

test('a debug container hears the traffic of its Pod; without CAP_NET_RAW nobody does', () => {
  const { bed } = oneServer();
  const target = bed.podViews().find(({ name }) => name.startsWith('web-'))!.name;
  bed.sh(
    `kubectl debug ${target} --image=nicolaka/netshoot -c shark --profile=netadmin -- tcpdump -i any -c 4 -nn tcp port 80 and 'tcp[13] & 2 != 0'`,
  );
  bed.until('it listens', () => bed.kubectlAnyway('logs', target, '-c', 'shark').stdout.includes('listening'));
  bed.kubectlAnyway('exec', 'client', '--', 'wget', '-qO-', 'http://web');
  bed.pass(3);
  const { stdout } = bed.kubectlAnyway('logs', target, '-c', 'shark');
  expect(stdout).toMatch(/eth0 +In +IP \S+ > \S+\.80: Flags \[S\], seq \d+/);
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: bare}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: nicolaka/netshoot
    command: [tcpdump, -i, eth0]
    securityContext: {capabilities: {drop: [NET_RAW]}}
`);
  bed.until('it has failed', () => bed.pod('bare').status?.phase === 'Failed');
  expect(bed.kubectlAnyway('logs', 'bare').stdout).toBe(
    "tcpdump: eth0: You don't have permission to perform this capture on that device\n(Attempt to create packet socket failed - CAP_NET_RAW may be required)\n",
  );
});

test('what it does not understand it says in the words of libpcap', () => {
  const bed = new Testbed();
  const said = (...args: readonly string[]) => bed.run('node-1', 'tcpdump', ...args).stderr;
  expect(said('-i', 'eth9')).toBe('tcpdump: eth9: No such device exists\n(No such device exists)\n');
  expect(said('-i', 'lo', 'port', '67', 'port', '68')).toBe("tcpdump: can't parse filter expression: syntax error\n");
  expect(said('-i', 'lo', 'host', 'no.such.host.invalid')).toBe(
    "tcpdump: can't parse filter expression: unknown host 'no.such.host.invalid'\n",
  );
  expect(said('-c', 'x')).toBe('tcpdump: invalid packet count x\n');
  expect(said('--nonsense')).toMatch(/^tcpdump: unrecognized option '--nonsense'\ntcpdump version 4\.99\.5\n/);
  expect(bed.run('node-1', 'tcpdump', '-D').stdout).toMatch(/^1\.eth0 \[Up, Running, Connected\]\n/);
});

test('a router whose turn it is tells that a packet has been on its way for too long', () => {
  const { bed, ip, other } = oneServer();
  const { out } = capture(bed, other, '-i eth0 -n icmp', `traceroute -n -I -q 1 ${ip}`);
  const texts = out.map((line) => line.replace(/^.*: ICMP/, 'ICMP').replace(/, id.*/, ''));
  expect(texts).toEqual([
    'ICMP echo request',
    'ICMP time exceeded in-transit, length 92',
    'ICMP echo request',
    'ICMP echo reply',
  ]);
});

test('what is lost on the way only its sender sees, each time that it is sent', () => {
  const { bed, ip, node, other } = oneServer();
  bed.cluster.submit({ kind: 'fault', fault: { type: 'partition', hosts: [other, node] } });
  bed.run(node, 'bash', '-c', 'tcpdump -i eth0 -n tcp port 80 > /tmp/far 2>&1 &');
  const { out } = capture(bed, other, '-i eth0 -n tcp port 80', `curl -s -m 4 ${ip}`);
  expect(out).toHaveLength(3);
  expect(new Set(out)).toHaveLength(1);
  expect(lines(bed.run(node, 'cat', '/tmp/far').stdout)).toEqual([]);
});

test('without -n names are looked up; who is interrupted meanwhile does without them', () => {
  const { bed, ip } = oneServer();
  const target = bed.podViews().find(({ name }) => name.startsWith('web-'))!.name;
  bed.sh(`kubectl debug ${target} --image=nicolaka/netshoot -c named --profile=netadmin -- tcpdump -c 1 dst port 80`);
  bed.until('it listens', () => bed.kubectlAnyway('logs', target, '-c', 'named').stdout.includes('listening'));
  bed.kubectlAnyway('exec', 'client', '--', 'wget', '-qO-', `http://${ip}`);
  bed.pass(8);
  const name = `${ip.replaceAll('.', '-')}.web.default.svc.cluster.local`;
  expect(bed.kubectlAnyway('logs', target, '-c', 'named').stdout).toContain(` > ${name}.http: Flags [S]`);
  const node = bed.nodeOf(target)!;
  const { stdout } = bed.run(
    node,
    'bash',
    '-c',
    `tcpdump -i kube-bridge port 80 2>&1 & sleep 1; curl -s ${ip} > /dev/null; sleep 1; kill -INT %1; wait`,
  );
  expect(stdout).toMatch(/\n\d+ packets? captured\n/);
  expect(stdout).not.toContain('Interrupted');
});
