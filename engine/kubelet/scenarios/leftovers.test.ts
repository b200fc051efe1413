import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { isReady, NodeFixture } from '../testing/node-fixture.ts';

// A learner's cluster is open for hours, and Pods come and go on its nodes all the time.

const IMAGE = 'tools:1';

type Spec = Partial<Pod['spec']>;

/** Pods that each leave something else to clean away. */
const LIVES: Readonly<Record<string, Spec>> = {
  plain: { containers: [{ name: 'main', image: IMAGE, workingDir: '/work' }] },
  volumes: {
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['write', '/cache/file', 'text'],
        volumeMounts: [
          { name: 'cache', mountPath: '/cache' },
          { name: 'memory', mountPath: '/memory' },
          { name: 'settings', mountPath: '/settings' },
          { name: 'settings', mountPath: '/one', subPath: 'key' },
          { name: 'passwords', mountPath: '/passwords' },
        ],
      },
    ],
    volumes: [
      { name: 'cache', emptyDir: {} },
      { name: 'memory', emptyDir: { medium: 'Memory' } },
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'passwords', secret: { secretName: 'passwords' } },
    ],
  },
  terminal: { containers: [{ name: 'main', image: IMAGE, tty: true, stdin: true }] },
  port: { containers: [{ name: 'main', image: IMAGE, ports: [{ containerPort: 80, hostPort: 8080 }] }] },
  host: { hostNetwork: true, hostPID: true, containers: [{ name: 'main', image: IMAGE }] },
  initialised: {
    initContainers: [{ name: 'first', image: IMAGE, command: ['exit', '0'] }],
    containers: [
      { name: 'main', image: IMAGE },
      { name: 'side', image: IMAGE, command: ['stubborn'] },
    ],
    terminationGracePeriodSeconds: 3,
  },
  crashing: { containers: [{ name: 'main', image: IMAGE, command: ['exit', '1', '1'] }] },
  startless: { containers: [{ name: 'main', image: IMAGE, command: ['/no/such/program'] }] },
  imageless: { containers: [{ name: 'main', image: 'no-such-image:1' }] },
  finished: { restartPolicy: 'Never', containers: [{ name: 'main', image: IMAGE, command: ['count', '3'] }] },
};

const READY = ['plain', 'volumes', 'terminal', 'port', 'host', 'initialised'];

/** What a node holds for its Pods, as anybody on it can count it. */
function held({ host }: NodeFixture) {
  const { root } = host;
  const { usedBytes, usedInodes } = root.statfs('/');
  return {
    mounts: decode(root.readFile('/proc/mounts')).split('\n'),
    processes: host.processes().map(({ argv }) => argv.join(' ')),
    cgroups: directoriesBelow(root, '/sys/fs/cgroup'),
    terminals: root.readdir('/dev/pts').map(({ name }) => name),
    interfaces: host.namespaces.net.interfaces.map(({ name }) => name),
    portRules: host.namespaces.net.rulesTo('nat', 'CNI-HOSTPORT-SETMARK'),
    directories: ['/var', '/run', '/tmp'].flatMap((path) => directoriesBelow(root, path)),
    usedBytes,
    usedInodes,
  };
}

function directoriesBelow(root: Process, path: string): readonly string[] {
  const found: string[] = [];
  try {
    for (const { name, type } of root.readdir(path)) {
      const inside = `${path}/${name}`;
      if (type === 'directory') found.push(inside, ...directoriesBelow(root, inside));
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return found;
}

/** All of them come, live for half a minute, and go. */
function live(node: NodeFixture): void {
  for (const [name, spec] of Object.entries(LIVES)) node.run(name, spec);
  node.sim.runFor(30_000);
  expect(Object.keys(LIVES).filter((name) => isReady(node.findPod(name)))).toEqual(READY);
  for (const name of ['plain', 'terminal']) node.execute(name, 'main', ['exit', '0']);
  for (const name of Object.keys(LIVES)) node.delete(name);
  node.until(() => Object.keys(LIVES).every((name) => node.findPod(name) === undefined), 60_000);
  node.sim.runFor(120_000);
}

test('a node on which Pods have come and gone holds what it held before', () => {
  const node = new NodeFixture();
  node.configMap('settings', { key: 'value' });
  node.secret('passwords', { password: 'c2VjcmV0' });
  // Images, the bridge and the agents' own directories stay from the first time on.
  live(node);
  const before = held(node);
  expect(before.interfaces).toEqual(['lo', 'eth0', 'cni0']);
  expect(before.terminals).toEqual([]);
  expect(before.portRules).toEqual([]);
  for (let round = 0; round < 3; round++) live(node);
  expect(held(node)).toEqual(before);
});
