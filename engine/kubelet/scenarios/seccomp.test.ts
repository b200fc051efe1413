import { describe, expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { decode } from '../../linux/stdio.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';
const DIRECTORY = '/var/lib/kubelet/seccomp/profiles';

type Seccomp = NonNullable<NonNullable<Pod['spec']['securityContext']>['seccompProfile']>;

/** A Pod whose container runs a command under a profile of the node. */
function ended(profile: object | string, command: string[], spec: Partial<Pod['spec']> = {}) {
  const node = new NodeFixture({
    files: { [`${DIRECTORY}/p.json`]: typeof profile === 'string' ? profile : JSON.stringify(profile) },
  });
  const seccompProfile: Seccomp = { type: 'Localhost', localhostProfile: 'profiles/p.json' };
  const securityContext = { seccompProfile };
  node.run('p', {
    restartPolicy: 'Never',
    securityContext,
    containers: [{ name: 'main', image: IMAGE, command }],
    ...spec,
  });
  const state = () => node.pod('p').status?.containerStatuses?.[0]?.state;
  node.until(() => state()?.terminated !== undefined || state()?.waiting?.reason?.endsWith('Error') === true, 10_000);
  return { state: state()!, log: () => node.logs('p', 'main'), kernel: kernelLog(node) };
}

function kernelLog({ host: { root } }: NodeFixture): string {
  const fd = root.open('/dev/kmsg', { read: true });
  return decode(root.read(fd, 1_000_000).next().value as Uint8Array);
}

const DENY = (names: string[], action = 'SCMP_ACT_ERRNO', more = {}) => ({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names, action, ...more }],
});

describe('a profile of the node refuses what it names', () => {
  test.each([
    ['without a number', {}, 'Operation not permitted'],
    ['with a number', { errnoRet: 13 }, 'Permission denied'],
  ])('%s', (_, more, message) => {
    const { state, log } = ended(DENY(['mkdirat'], 'SCMP_ACT_ERRNO', more), ['make', '/tmp/a']);
    expect(state.terminated?.exitCode).toBe(1);
    expect(log()).toContain(message);
  });

  test('kills, and the kernel tells of it', () => {
    const { state, kernel } = ended(DENY(['mkdir'], 'SCMP_ACT_KILL'), ['make', '/tmp/a']);
    expect(state.terminated?.exitCode).toBe(159);
    expect(kernel).toMatch(
      /audit: type=1326 audit\([\d.]+:\d+\): auid=4294967295 uid=0 gid=0 ses=4294967295 subj=\S+ pid=\d+ comm="make" exe="\/bin\/make" sig=31 arch=c000003e syscall=83 compat=0 ip=0x\w+ code=0x0/,
    );
  });

  test('logs and lets go on', () => {
    const { state, kernel } = ended({ defaultAction: 'SCMP_ACT_LOG' }, ['make', '/tmp/a']);
    expect(state.terminated?.exitCode).toBe(0);
    expect(kernel).toContain('comm="make" exe="/bin/make" sig=0 arch=c000003e syscall=83');
    expect(kernel).toContain('code=0x7ffc0000');
  });

  test('looks at arguments', () => {
    const args = [{ index: 1, value: 15, op: 'SCMP_CMP_EQ' }];
    const profile = DENY(['kill'], 'SCMP_ACT_ERRNO', { args });
    expect(ended(profile, ['signal', 'TERM']).state.terminated?.exitCode).toBe(1);
    expect(ended(profile, ['signal', 'URG']).state.terminated?.exitCode).toBe(0);
  });

  test('a privileged container is held to none', () => {
    const container = {
      name: 'main',
      image: IMAGE,
      command: ['make', '/tmp/a'],
      securityContext: { privileged: true },
    };
    expect(ended(DENY(['mkdir']), [], { containers: [container] }).state.terminated?.exitCode).toBe(0);
  });

  test('children are held to it, and commands that come later', () => {
    const node = new NodeFixture({ files: { [`${DIRECTORY}/p.json`]: JSON.stringify(DENY(['mkdir'])) } });
    const seccompProfile: Seccomp = { type: 'Localhost', localhostProfile: 'profiles/p.json' };
    node.run('p', { containers: [{ name: 'main', image: IMAGE, securityContext: { seccompProfile } }] });
    node.untilReady('p');
    expect(node.execute('p', 'main', ['run', '/bin/make', '/tmp/a'])).toContain('Operation not permitted');
    expect(node.execute('p', 'main', ['cat', '/proc/self/status'])).toMatch(/Seccomp:\t2\nSeccomp_filters:\t1\n/);
  });
});

const PATH = `${DIRECTORY}/p.json`;

test.each([
  ['no JSON', '{"defaultAction":', 'unexpected end of JSON input'],
  [
    'wrong types',
    '{"syscalls": 5}',
    'json: cannot unmarshal number into Go struct field LinuxSeccomp.syscalls of type []specs.LinuxSyscall',
  ],
])('a container is not created where a profile is %s', (_, text, why) => {
  expect(ended(text, ['whoami']).state.waiting).toEqual({
    reason: 'CreateContainerError',
    message: `failed to create containerd container: decoding seccomp profile failed "${PATH}": ${why}`,
  });
});

const INIT =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
  'unable to start container process: error during container init: ';

test.each([
  [
    'an action that there is not',
    { defaultAction: 'SCMP_ACT_SHRUG' },
    'string SCMP_ACT_SHRUG is not a valid action for seccomp',
  ],
  ['no program', DENY(['execve']), 'exec /bin/sleeper: operation not permitted'],
  [
    'nothing at all',
    { defaultAction: 'SCMP_ACT_ERRNO' },
    'get handle to /proc/thread-self/fd: operation not permitted',
  ],
])('a container does not start where a profile allows %s', (_, profile, why) => {
  const { state } = ended(profile, ['sleeper']);
  expect(state.terminated).toMatchObject({ reason: 'StartError', exitCode: 128, message: INIT + why });
});

test.each<[string, string[], number]>([
  ['the hostname', ['hostname', 'x'], 1],
  ['files', ['put', '/tmp/a', 'text'], 0],
])('RuntimeDefault with CAP_SYS_ADMIN taken away: %s', (_, command, exitCode) => {
  const node = new NodeFixture();
  const securityContext = { seccompProfile: { type: 'RuntimeDefault' as const } };
  node.run('p', { restartPolicy: 'Never', containers: [{ name: 'main', image: IMAGE, command, securityContext }] });
  const state = () => node.pod('p').status?.containerStatuses?.[0]?.state;
  node.until(() => state()?.terminated !== undefined, 10_000);
  expect(state()?.terminated?.exitCode).toBe(exitCode);
});
