import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { Errno } from '../errno.ts';
import { bytes, codeOf, type TestMachine, testMachine, text } from '../kernel/test-machine.ts';
import type { Process, Program } from '../syscalls.ts';

function* readAll(process: Process, fd: number): Task<string> {
  let all = '';
  for (;;) {
    const data = yield* process.read(fd);
    if (data.length === 0) return all;
    all += text(data);
  }
}

/** Answers each connection with what it was sent, in capitals. */
function server(port: number, address?: string): Program {
  return function* (process) {
    const listener = process.listen(port, address);
    for (;;) {
      const { fd, peer } = yield* process.accept(listener);
      const request = yield* readAll(process, fd);
      yield* process.write(fd, bytes(`${request.toUpperCase()} ${peer.address}`));
      process.close(fd);
    }
  };
}

function client(address: string, port: number, timeoutMs?: number): Program {
  return function* (process) {
    const startMs = process.now();
    let result: string;
    try {
      const fd = yield* process.connect(address, port, timeoutMs);
      yield* process.write(fd, bytes('hello'));
      process.shutdownWrite(fd);
      result = yield* readAll(process, fd);
    } catch (error) {
      result = (error as Errno).code;
    }
    yield* process.write(1, bytes(`${result} ${Math.round((process.now() - startMs) / 10) / 100}`));
    return 0;
  };
}

function twoHosts(): { one: TestMachine; two: TestMachine } {
  const one = testMachine();
  return { one, two: testMachine({ fabric: one.fabric, name: 'node-2', address: '10.0.0.2' }) };
}

/** A pod's network namespace with one address. */
function podNetwork({ host }: TestMachine, address: string) {
  const net = host.createNamespace('net');
  net.addInterface({ name: 'eth0', mac: '02:42:0a:f4:00:02', mtu: 1450, addresses: [{ address, prefixLength: 24 }] });
  return net;
}

test('a connection carries bytes both ways, with half close', () => {
  const { one, two } = twoHosts();
  one.start(server(80));
  expect(two.run(client('10.0.0.1', 80)).stdout).toBe('HELLO 10.0.0.2 0');
  expect(one.run(client('127.0.0.1', 80)).stdout).toBe('HELLO 127.0.0.1 0');
});

test('an address belongs to one namespace wherever it is; 127.0.0.1 to each', () => {
  const { one, two } = twoHosts();
  const pod = podNetwork(one, '10.244.0.2');
  one.start(server(80), { namespaces: { net: pod } });
  expect(two.run(client('10.244.0.2', 80)).stdout).toBe('HELLO 10.0.0.2 0');
  expect(one.run(client('127.0.0.1', 80)).stdout).toBe('ECONNREFUSED 0');
  expect(one.run(client('127.0.0.1', 80), { namespaces: { net: pod } }).stdout).toBe('HELLO 127.0.0.1 0');
  pod.removeInterface('eth0');
  expect(two.run(client('10.244.0.2', 80, 5000)).stdout).toBe('ETIMEDOUT 5');
});

test('why a connection fails', () => {
  const { one, two } = twoHosts();
  expect(two.run(client('10.0.0.1', 81)).stdout).toBe('ECONNREFUSED 0');
  expect(two.run(client('10.0.0.77', 80)).stdout).toBe('EHOSTUNREACH 3.07');
  expect(two.run(client('10.0.0.77', 80, 1000)).stdout).toBe('ETIMEDOUT 1');
  expect(two.run(client('192.0.2.1', 80, 10_000)).stdout).toBe('ETIMEDOUT 10');
  expect(two.run(client('not an address', 80)).stdout).toBe('EINVAL 0');
  const net = one.host.createNamespace('net');
  expect(one.run(client('10.0.0.1', 80), { namespaces: { net } }).stdout).toBe('ENETUNREACH 0');
});

test('who accepts nobody has room for somaxconn that wait; others try again, and get in once there is room', () => {
  const { one, two } = twoHosts();
  one.start(function* (process) {
    const listener = process.listen(80);
    yield* process.sleep(20_000);
    for (let count = 0; count < 10; count++) process.close((yield* process.accept(listener)).fd);
    yield* process.sleep(600_000);
    return 0;
  });
  // A process has 1024 descriptors.
  for (const connections of [1000, 1000, 1000, 1000, 96])
    two.start(function* (process) {
      for (let count = 0; count < connections; count++) yield* process.connect('10.0.0.1', 80);
      yield* process.sleep(600_000);
      return 0;
    });
  one.sim.runFor(5000);
  const impatient = two.start(client('10.0.0.1', 80, 2000));
  const patient = two.start(function* (process) {
    yield* process.connect('10.0.0.1', 80);
    yield* process.write(1, bytes(`in after ${Math.ceil(process.now() / 1000) % 60} s`));
    return 0;
  });
  one.sim.runFor(60_000);
  expect(impatient.stdout).toBe('ETIMEDOUT 2');
  // A SYN is sent again after 1, 2, 4, 8 seconds.
  expect(patient.stdout).toBe('in after 21 s');
});

test('ports', () => {
  const machine = testMachine();
  const outcome = machine.run(function* (process) {
    const any = process.listen(0, '127.0.0.1');
    process.listen(8080, '127.0.0.1');
    process.listen(8080, '10.0.0.1');
    const codes = [
      codeOf(() => process.listen(8080)),
      codeOf(() => process.listen(99, '10.9.9.9')),
      codeOf(() => process.listen(70_000)),
    ];
    const { port } = process.localAddress(any);
    process.close(any);
    process.close(process.listen(port));
    yield* process.write(1, bytes(`${codes} ${port >= 32_768}`));
    return 0;
  });
  expect(outcome.stdout).toBe('EADDRINUSE,EADDRNOTAVAIL,EINVAL true');
  machine.start(server(8080));
  machine.sim.runFor(10);
  expect(machine.host.root.sockets()).toMatchObject([
    { protocol: 'tcp', state: 'LISTEN', local: { address: '0.0.0.0', port: 8080 } },
  ]);
  expect(text(machine.host.root.readFile('/proc/net/tcp'))).toContain(' 00000000:1F90 00000000:0000 0A ');
});

test('a sender waits for a slow reader', () => {
  const { one, two } = twoHosts();
  one.start(function* (process) {
    const { fd } = yield* process.accept(process.listen(80));
    yield* process.sleep(20_000);
    for (;;) if ((yield* process.read(fd)).length === 0) return 0;
  });
  const sender = two.run(function* (process) {
    const fd = yield* process.connect('10.0.0.1', 80);
    const startMs = process.now();
    yield* process.write(fd, new Uint8Array(60_000));
    const early = process.now() - startMs;
    yield* process.write(fd, new Uint8Array(200_000));
    yield* process.write(1, bytes(`${early < 10} ${Math.round((process.now() - startMs) / 1000)}`));
    return 0;
  });
  expect(sender.stdout).toBe('true 20');
});

test('a process that dies with unread data resets the connection, one without closes it', () => {
  const { one, two } = twoHosts();
  const victim = one.start(function* (process) {
    const { fd } = yield* process.accept(process.listen(80));
    yield* process.sleep(100_000);
    return fd;
  });
  const peer = two.start(function* (process) {
    const fd = yield* process.connect('10.0.0.1', 80);
    yield* process.write(fd, bytes('never read'));
    try {
      yield* process.read(fd);
    } catch (error) {
      yield* process.write(1, bytes((error as Errno).code));
    }
    process.setSignalAction('PIPE', 'ignore');
    yield* process.write(fd, bytes('x'));
    return 0;
  });
  one.sim.runFor(1000);
  one.host.kill(victim.process.hostPid, 'KILL');
  one.sim.runFor(1000);
  expect(peer.stdout).toBe('ECONNRESET');
  expect(peer.stderr).toBe('test: Broken pipe\n');
});

test('a partition delays what is under way and refuses what is new; healing delivers', () => {
  const { one, two } = twoHosts();
  one.start(server(80));
  const outcome = two.start(function* (process) {
    const fd = yield* process.connect('10.0.0.1', 80);
    yield* process.sleep(1000);
    yield* process.write(fd, bytes('late'));
    process.shutdownWrite(fd);
    yield* process.write(1, bytes(yield* readAll(process, fd)));
    return 0;
  });
  one.sim.runFor(500);
  one.fabric.setPartition('node-1', 'node-2', true);
  expect(two.run(client('10.0.0.1', 80, 5000)).stdout).toBe('ETIMEDOUT 5');
  expect(outcome.stdout).toBe('');
  one.fabric.setPartition('node-1', 'node-2', false);
  one.sim.runFor(120_000);
  expect(outcome.stdout).toBe('LATE 10.0.0.2');
});

test('unix sockets', () => {
  const machine = testMachine();
  machine.start(function* (process) {
    const listener = process.listenUnix('/run/app.sock');
    for (;;) {
      const { fd } = yield* process.accept(listener);
      yield* process.write(fd, bytes('hello'));
      process.close(fd);
      const next = yield* process.accept(listener);
      process.close(next.fd);
      return 0;
    }
  });
  const talk: Program = function* (process) {
    try {
      yield* process.write(1, bytes(yield* readAll(process, yield* process.connectUnix('/run/app.sock'))));
    } catch (error) {
      yield* process.write(1, bytes((error as Errno).code));
    }
    return 0;
  };
  machine.sim.runFor(10);
  expect(machine.host.root.stat('/run/app.sock').type).toBe('socket');
  expect(codeOf(() => machine.host.root.listenUnix('/run/app.sock'))).toBe('EADDRINUSE');
  expect(machine.run(talk).stdout).toBe('hello');
  expect(machine.run(talk).stdout).toBe('');
  expect(machine.run(talk).stdout).toBe('ECONNREFUSED');
});

test('latency can be set', () => {
  const { one, two } = twoHosts();
  one.start(server(80));
  one.fabric.setLatency('node-1', 'node-2', 100);
  // A round trip to connect, one for the request and its answer.
  expect(two.run(client('10.0.0.1', 80)).stdout).toBe('HELLO 10.0.0.2 0.4');
});
