import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import { Simulation } from '../../sim/index.ts';
import { decodeMessage, encodeMessage } from '../dns/message.ts';
import { createFabric, createHost } from '../index.ts';
import { bytes, codeOf, testMachine, text } from '../kernel/test-machine.ts';
import { allPrograms } from '../programs/all-programs.ts';
import { busyboxTree, coreTree } from '../programs/index.ts';
import type { Process, WaitStatus } from '../syscalls.ts';
import { restore } from './netfilter/save-format.ts';

function twoHosts() {
  const one = testMachine();
  return { one, two: testMachine({ fabric: one.fabric, name: 'node-2', address: '10.0.0.2' }) };
}

test('datagrams go there and back', () => {
  const { one, two } = twoHosts();
  one.start(function* (process) {
    const fd = process.openDatagram(5353);
    const received = (yield* process.receiveFrom(fd))!;
    process.sendTo(fd, bytes(text(received.data).toUpperCase()), received.peer);
    return 0;
  });
  const client = two.run(function* (process) {
    const fd = process.openDatagram();
    process.sendTo(fd, bytes('hello'), { address: '10.0.0.1', port: 5353 });
    const { data, peer } = (yield* process.receiveFrom(fd, 5000))!;
    yield* process.write(1, bytes(`${text(data)} from ${peer.address}:${peer.port}`));
    return 0;
  });
  expect(client.stdout).toBe('HELLO from 10.0.0.1:5353');
});

test('what cannot arrive is told where somebody can tell it', () => {
  const { one, two } = twoHosts();
  const outcome = (address: string) =>
    two.run(function* (process) {
      const fd = process.openDatagram();
      process.sendTo(fd, bytes('x'), { address, port: 9 });
      let result: string;
      try {
        result = (yield* process.receiveFrom(fd, 10_000)) === undefined ? 'nothing' : 'something';
      } catch (error) {
        result = (error as { code: string }).code;
      }
      yield* process.write(1, bytes(result));
      return 0;
    }).stdout;
  expect(outcome('10.0.0.1')).toBe('ECONNREFUSED');
  expect(outcome('10.0.0.99')).toBe('EHOSTUNREACH');
  expect(outcome('192.0.2.1')).toBe('nothing');
  const { root } = one.host;
  const fd = root.openDatagram(53);
  expect(codeOf(() => root.openDatagram(53))).toBe('EADDRINUSE');
  expect(codeOf(() => root.sendTo(fd, new Uint8Array(70_000), { address: '10.0.0.2', port: 9 }))).toBe('EMSGSIZE');
});

test('a packet filter stands between connecting and accepting', () => {
  const { one, two } = twoHosts();
  one.start(function* (process) {
    const listener = process.listen(8080);
    for (;;) process.close((yield* process.accept(listener)).fd);
  });
  const { ruleset } = two.host.root.packetFilter();
  restore(
    ruleset,
    `*nat
-A OUTPUT -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080
COMMIT
*filter
-A OUTPUT -p tcp -m tcp --dport 22 -j DROP
COMMIT
`,
    { flush: true, counters: false },
  );
  const connect = (address: string, port: number) =>
    two.run(function* (process) {
      const fd = yield* process.connect(address, port, 2000);
      yield* process.write(1, bytes(`${process.peerAddress(fd).address}`));
      return 0;
    });
  expect(connect('10.96.0.1', 80).stdout).toBe('10.96.0.1');
  expect(connect('10.0.0.1', 22).stderr).toContain('timed out');
});

/** Two machines with all programs, and a name server that knows one name. */
function network() {
  const sim = new Simulation({ seed: 'test' });
  const fabric = createFabric(sim);
  const host = (name: string, address: string, tree: ReturnType<typeof coreTree>) =>
    createHost({
      sim,
      name,
      fabric,
      addresses: [{ interface: 'eth0', address, prefixLength: 24 }],
      cpuMillis: 1000,
      memoryBytes: 2 ** 30,
      root: {
        ...tree,
        '/etc/hosts': { text: '127.0.0.1 localhost\n10.0.0.1 server\n' },
        '/etc/resolv.conf': {
          text: 'nameserver 10.0.0.1\nsearch default.svc.cluster.local svc.cluster.local\noptions ndots:5\n',
        },
      },
    });
  const server = host('server', '10.0.0.1', coreTree(allPrograms));
  const client = host('client', '10.0.0.2', coreTree(allPrograms));
  const small = host('small', '10.0.0.3', busyboxTree(allPrograms));
  server.spawn({ run: nameServer, argv: ['named'] });
  const sh = (line: string, on = client) => {
    let output = '';
    let status: WaitStatus | undefined;
    const sink = on.sink((data) => {
      output += text(data);
    });
    on.spawn({
      run: '/bin/sh',
      argv: ['sh', '-c', line],
      env: { PATH: '/bin:/sbin:/usr/bin:/usr/sbin' },
      files: { 1: sink, 2: sink },
      onExit: (ended) => {
        status = ended;
      },
    });
    sim.runUntil(() => status !== undefined, 600_000);
    return `${output}exit ${status?.kind === 'exited' ? status.code : 'never'}`;
  };
  return { sh, small };
}

function* nameServer(process: Process): Task<number> {
  const fd = process.openDatagram(53);
  for (;;) {
    const { data, peer } = (yield* process.receiveFrom(fd))!;
    const request = decodeMessage(data);
    const { name, type } = request.question!;
    const known = name === 'web.default.svc.cluster.local';
    const answers = known && type === 'A' ? [{ name, type, ttl: 30, data: '10.96.0.7' }] : [];
    const answer = {
      ...request,
      response: true,
      authoritative: true,
      answers,
      code: known ? 'NOERROR' : 'NXDOMAIN',
    } as const;
    process.sendTo(fd, encodeMessage(answer), peer);
  }
}

test('names are looked up as the programs do it', () => {
  const { sh, small } = network();
  const found = 'Name:\tweb.default.svc.cluster.local\nAddress: 10.96.0.7\n\n';
  expect(sh('nslookup web')).toBe(`Server:\t\t10.0.0.1\nAddress:\t10.0.0.1#53\n\n${found}exit 0`);
  expect(sh('nslookup web', small)).toBe(`Server:\t\t10.0.0.1\nAddress:\t10.0.0.1:53\n\n${found}exit 0`);
  expect(sh('nslookup nope.example')).toContain("** server can't find nope.example: NXDOMAIN\n");
  expect(sh('dig +short web.default.svc.cluster.local')).toBe('10.96.0.7\nexit 0');
  expect(sh('dig web.default.svc.cluster.local')).toMatch(/status: NOERROR[\s\S]*local\. 30\tIN\tA\t10\.96\.0\.7\n/);
  expect(sh('host web')).toBe('web.default.svc.cluster.local has address 10.96.0.7\nexit 0');
  expect(sh('getent hosts web; getent hosts server; getent hosts nope')).toBe(
    '10.96.0.7       web.default.svc.cluster.local\n10.0.0.1        server\nexit 2',
  );
  expect(sh('getent ahosts web; getent ahostsv4 server; getent ahosts nope')).toBe(
    [
      '10.96.0.7       STREAM web.default.svc.cluster.local',
      ...['10.96.0.7       DGRAM  ', '10.96.0.7       RAW    '],
      '10.0.0.1        STREAM server',
      ...['10.0.0.1        DGRAM  ', '10.0.0.1        RAW    ', 'exit 2'],
    ].join('\n'),
  );
  expect(sh('nslookup web 10.0.0.2')).toContain(';; connection timed out; no servers could be reached');
  expect(sh('curl -s http://nope.example', small)).toContain('not found');
  expect(sh('wget -q -O- http://nope.example', small)).toContain("bad address 'nope.example'");
});

test('ping, traceroute and the tables', () => {
  const { sh, small } = network();
  expect(sh('ping -c 2 server')).toBe(
    'PING server (10.0.0.1) 56(84) bytes of data.\n' +
      '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.600 ms\n64 bytes from 10.0.0.1: icmp_seq=2 ttl=64 time=0.600 ms\n\n' +
      '--- server ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, time 1001ms\n' +
      'rtt min/avg/max/mdev = 0.600/0.600/0.600/0.000 ms\nexit 0',
  );
  expect(sh('ping -c 1 10.0.0.1', small)).toContain('64 bytes from 10.0.0.1: seq=0 ttl=64 time=0.600 ms\n');
  expect(sh('ping -c 1 -W 1 192.0.2.1')).toContain('1 packets transmitted, 0 received, 100% packet loss');
  expect(sh('ping -c 1 10.0.0.99')).toContain('From 10.0.0.2 icmp_seq=1 Destination Host Unreachable');
  expect(sh('ping nope', small)).toBe("ping: bad address 'nope'\nexit 1");
  expect(sh('traceroute -n 10.0.0.1')).toContain(' 1  10.0.0.1  0.600 ms  0.600 ms  0.600 ms\n');
  expect(sh('ip route')).toBe('default dev eth0 \n10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2 \nexit 0');
  expect(sh('ip neigh')).toBe(
    '10.0.0.1 dev eth0 lladdr 02:42:0a:00:00:01 REACHABLE \n10.0.0.99 dev eth0 FAILED \nexit 0',
  );
  expect(
    sh(
      'ip route add 10.9.0.0/16 via 10.0.0.1; ip route get 10.9.1.1; ip route del 10.9.0.0/16; ip route del 10.9.0.0/16',
    ),
  ).toBe('10.9.1.1 via 10.0.0.1 dev eth0 src 10.0.0.2 uid 0 \n    cache \nRTNETLINK answers: No such process\nexit 2');
  expect(sh('ip route del default; ping -c 1 192.0.2.1', small)).toContain('Network is unreachable');
  expect(sh('nc -l -p 99 & sleep 1; ss -tlnp; netstat -tln; kill %1')).toMatch(
    /LISTEN .*0\.0\.0\.0:99 .*users:\(\("nc",pid=\d+,fd=\d\)\)/,
  );
});
