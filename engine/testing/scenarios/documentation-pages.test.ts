import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What the pages of https://kubernetes.io/docs/tasks/ show of a Pod from within.

const PODS = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  a: b
---
apiVersion: v1
kind: Pod
metadata:
  name: inside
spec:
  resources:
    requests: {cpu: 200m}
    limits: {memory: 100Mi, cpu: 400m}
  securityContext:
    runAsUser: 1000
    runAsGroup: 3000
    supplementalGroups: [4000]
  containers:
  - name: c
    image: busybox:1.28
    command: [sleep, 1h]
    resources:
      limits: {cpu: 200m, memory: 64Mi}
    volumeMounts:
    - {name: settings, mountPath: /v/settings}
    - {name: labels, mountPath: /v/labels}
    - {name: memory, mountPath: /v/memory}
  - name: gnu
    image: debian
    command: [sleep, 1h]
    securityContext: {privileged: true}
  volumes:
  - {name: settings, configMap: {name: settings}}
  - name: labels
    downwardAPI:
      items:
      - {path: name, fieldRef: {fieldPath: metadata.name}}
  - {name: memory, emptyDir: {medium: Memory}}
---
apiVersion: v1
kind: Pod
metadata:
  name: failing
spec:
  containers:
  - {name: failing, image: busybox:1.28, args: ['false']}
`;

let bed: Testbed;
const inside = (...command: readonly string[]) => bed.kubectl('exec', 'inside', '-c', 'c', '--', ...command);

beforeAll(() => {
  bed = new Testbed({ seed: 'documentation' });
  bed.applyAnyway(PODS);
  bed.until('the Pod runs', () => bed.kubectl('get', 'pod', 'inside').includes('2/2'));
});

test('a container sees its own control group, a privileged one those of the machine', () => {
  expect(inside('cat', '/sys/fs/cgroup/cpu.max')).toBe('20000 100000\n');
  expect(inside('cat', '/sys/fs/cgroup/memory.max')).toBe(`${64 * 1024 * 1024}\n`);
  expect(inside('cat', '/proc/self/cgroup')).toBe('0::/\n');
  expect(bed.kubectl('exec', 'inside', '-c', 'gnu', '--', 'cat', '/proc/self/cgroup')).toContain('0::/kubepods.slice');
});

test('the groups of a process are in order', () => {
  expect(inside('id')).toBe('uid=1000 gid=3000 groups=3000,4000\n');
  expect(bed.kubectl('exec', 'inside', '-c', 'gnu', '--', 'id')).toBe('uid=1000 gid=3000 groups=3000,4000\n');
  expect(inside('grep', 'Groups', '/proc/1/status')).toBe('Groups:\t3000 4000 \n');
});

test('volumes have the modes that the kubelet gives them', () => {
  expect(inside('stat', '-c', '%a %n', '/v/settings', '/v/labels', '/v/memory')).toBe(
    '777 /v/settings\n1777 /v/labels\n1777 /v/memory\n',
  );
});

test('a command with a terminal knows which one', () => {
  const terminal = bed.openTerminal('exec');
  terminal.type('kubectl exec -it inside -c c -- env\r', 5);
  expect(terminal.shown).toContain('TERM=xterm');
  expect(inside('env')).not.toContain('TERM=');
});

test('what a Pod has for all its containers is described', () => {
  expect(bed.kubectl('describe', 'pod', 'inside')).toContain(
    'Resources:\n  Limits:\n    cpu:     400m\n    memory:  100Mi\n  Requests:\n    cpu:     200m\n    memory:  ',
  );
});

test('a copy of a failing Pod is debugged in the container that fails', () => {
  const terminal = bed.openTerminal('debug');
  terminal.type('kubectl debug failing -it --copy-to=copy --container=failing -- sh\r', 8);
  terminal.type('hostname\r', 2);
  expect(terminal.shown).toContain('copy\r\n');
  const [container] = JSON.parse(bed.kubectl('get', 'pod', 'copy', '-o', 'json')).spec.containers;
  expect(container).toMatchObject({ command: ['sh'], stdin: true, tty: true });
  expect(container.args).toBeUndefined();
  expect(bed.kubectlAnyway('debug', 'failing', '--copy-to=other', '--container=new', '--', 'sh').stderr).toContain(
    'error: you must specify image when creating new container\n',
  );
});

test('a debugging container that cannot start says why', () => {
  const terminal = bed.openTerminal('waiting');
  terminal.type('kubectl debug inside -it --image=nowhere:1\r', 5);
  expect(terminal.shown).toMatch(/Warning: container debugger-\w+: .*nowhere/);
});

test('a manifest of the internet is refused with a way out', () => {
  expect(bed.kubectlAnyway('apply', '-f', 'https://k8s.io/examples/pods/simple-pod.yaml').stderr).toBe(
    'error: unable to read URL "https://k8s.io/examples/pods/simple-pod.yaml", dial tcp: lookup k8s.io: no such host ' +
      '(there is no internet here: save the manifest as a file and apply that)\n',
  );
});
