import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import type { Capability } from '../credentials.ts';
import type { Credentials, Process } from '../syscalls.ts';
import { bytes, codeOf, testMachine, text } from './test-machine.ts';

function* idle(process: Process): Task<number> {
  for (;;) yield* process.sleep(3_600_000);
}

const ROOT: Credentials = { uid: 0, gid: 0, groups: [] };

function withOnly(...capabilities: Capability[]): Credentials {
  return { ...ROOT, bounding: new Set(capabilities) };
}

/** What each of these gives a process with these credentials. */
function attempts(credentials: Credentials): Record<string, string> {
  const machine = testMachine();
  const { root } = machine.host;
  root.writeFile('/srv/secret', 'x', { mode: 0o600 });
  root.chown('/srv/secret', 1234, 1234);
  root.mkdir('/srv/mine', 0o777);
  root.chmod('/srv/mine', 0o777);
  const other = machine.start(idle, { credentials: { uid: 1234, gid: 1234, groups: [] } });
  const { process } = machine.start(idle, { credentials });
  return {
    CAP_DAC_OVERRIDE: codeOf(() => process.readFile('/srv/secret')),
    CAP_FOWNER: codeOf(() => process.chmod('/srv/secret', 0o644)),
    CAP_CHOWN: codeOf(() => process.chown('/srv/secret', 0, 0)),
    CAP_KILL: codeOf(() => process.kill(other.process.hostPid, 0)),
    CAP_NET_BIND_SERVICE: codeOf(() => process.listen(80)),
    CAP_MKNOD: codeOf(() => process.mknod('/srv/mine/null', 'character', [1, 3])),
    CAP_SYS_ADMIN: codeOf(() => process.mount({ type: 'tmpfs', target: '/srv/mine' })),
    CAP_SYS_CHROOT: codeOf(() => process.chroot('/srv')),
    CAP_SYS_NICE: codeOf(() => process.setNiceness(0, -5)),
    CAP_SETUID: codeOf(() => process.setCredentials({ uid: 7 })),
  };
}

test('each privilege of root hangs on its capability', () => {
  const all = attempts(ROOT);
  expect(new Set(Object.values(all))).toEqual(new Set(['no error']));
  const none = attempts(withOnly());
  expect(none).toEqual({
    CAP_DAC_OVERRIDE: 'EACCES',
    CAP_FOWNER: 'EPERM',
    CAP_CHOWN: 'EPERM',
    CAP_KILL: 'EPERM',
    CAP_NET_BIND_SERVICE: 'EACCES',
    CAP_MKNOD: 'EPERM',
    CAP_SYS_ADMIN: 'EPERM',
    CAP_SYS_CHROOT: 'EPERM',
    CAP_SYS_NICE: 'EACCES',
    CAP_SETUID: 'EPERM',
  });
  for (const capability of Object.keys(none) as Capability[]) {
    expect(attempts(withOnly(capability))[capability]).toBe('no error');
  }
});

test('/proc tells who has what', () => {
  const machine = testMachine();
  const field = (credentials: Credentials, name: string) => {
    const { process } = machine.start(idle, { credentials });
    const status = text(machine.host.root.readFile(`/proc/${process.hostPid}/status`));
    return new RegExp(`^${name}:\t(.*)$`, 'm').exec(status)?.[1];
  };
  expect(field(ROOT, 'CapEff')).toBe('000001ffffffffff');
  expect(field(withOnly('CAP_CHOWN', 'CAP_KILL'), 'CapEff')).toBe('0000000000000021');
  expect(field({ uid: 1000, gid: 1000, groups: [] }, 'CapEff')).toBe('0000000000000000');
  expect(field({ ...ROOT, noNewPrivileges: true }, 'NoNewPrivs')).toBe('1');
});

test('a setuid program runs as its owner, unless privileges may not grow', () => {
  const machine = testMachine();
  const { root } = machine.host;
  root.writeFile('/bin/whoever', '#!/bin/cat\n', { mode: 0o755 });
  root.chmod('/bin/sleep', 0o4755);
  const started = (noNewPrivileges: boolean) =>
    machine.start('/bin/sleep', {
      argv: ['sleep', '1000'],
      credentials: { uid: 1000, gid: 1000, groups: [], noNewPrivileges },
    }).process.credentials.uid;
  expect([started(false), started(true)]).toEqual([0, 1000]);
});

test('a user namespace shifts ids for whoever looks from above', () => {
  const machine = testMachine();
  const user = machine.host.createNamespace('user', {
    idMappings: [{ inside: 0, outside: 100_000, count: 65_536 }],
  });
  const namespaces = { user, pid: machine.host.createNamespace('pid') };
  const inside = machine.start(
    function* (self) {
      yield* self.write(1, self.readFile('/proc/self/uid_map'));
      yield* self.write(1, self.readFile('/proc/self/status'));
      yield* self.write(1, bytes(codeOf(() => self.writeFile('/proc/sys/vm/swappiness', '10'))));
      return yield* idle(self);
    },
    { namespaces },
  );
  const { process } = inside;
  machine.sim.runFor(10);
  expect(inside.stdout).toMatch(/^ +0 +100000 +65536\n/);
  expect(inside.stdout).toContain('\nUid:\t0\t');
  expect(inside.stdout).toMatch(/EPERM$/);
  const outside = machine.host.root;
  expect(text(outside.readFile(`/proc/${process.hostPid}/status`))).toContain('Uid:\t100000\t');
  expect(outside.stat(`/proc/${process.hostPid}/stat`).uid).toBe(100_000);
});

test('namespaces can be left for new ones', () => {
  const machine = testMachine();
  const { process } = machine.start(idle);
  process.unshare(['uts', 'net', 'pid', 'ipc']);
  process.setHostname('elsewhere');
  expect([process.hostname, machine.host.root.hostname]).toEqual(['elsewhere', 'node-1']);
  expect(process.networkInterfaces().map(({ name }) => name)).toEqual(['lo']);
  let pid = 0;
  process.fork(function* (child) {
    pid = child.pid;
    return yield* idle(child);
  });
  machine.sim.runFor(10);
  expect(pid).toBe(1);
});

test('sysctls belong to namespaces', () => {
  const { host, start, run } = testMachine();
  const namespaces = { net: host.createNamespace('net'), ipc: host.createNamespace('ipc') };
  host.setSysctl(namespaces, 'net.ipv4.ip_unprivileged_port_start', '0');
  host.setSysctl(namespaces, 'kernel.shmmax', '1000');
  expect(codeOf(() => host.setSysctl(namespaces, 'vm.swappiness', '0'))).toBe('EINVAL');
  const inside = run(
    function* (self) {
      yield* self.write(1, self.readFile('/proc/sys/kernel/shmmax'));
      return 0;
    },
    { namespaces },
  );
  expect(inside.stdout).toBe('1000\n');
  const { process } = start(idle, { namespaces, credentials: { uid: 1000, gid: 1000, groups: [] } });
  expect(codeOf(() => process.listen(80))).toBe('no error');
  expect(text(host.root.readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start'))).toBe('1024\n');
});
