import { expect, test } from 'vitest';
import { scriptPod, Testbed } from './testbed.ts';

// Volumes, configuration and init containers.

const bed = new Testbed();

test('an emptyDir is shared by the containers, outlives a container and goes with the Pod', () => {
  const manifest = `apiVersion: v1
kind: Pod
metadata: {name: shared}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: box, emptyDir: {}}]
  containers:
  - name: writer
    image: busybox:1.37
    command: [sh, -c, 'date +%s >> /box/starts; sleep 100000']
    volumeMounts: [{name: box, mountPath: /box}]
  - name: web
    image: nginx:1.29
    volumeMounts: [{name: box, mountPath: /usr/share/nginx/html, readOnly: true}]
`;
  bed.apply(manifest);
  bed.untilReady('shared');
  const starts = () => bed.kubectl('exec', 'shared', '-c', 'writer', '--', 'wc', '-l', '/box/starts').trim();
  expect(starts()).toBe('1 /box/starts');
  bed.killContainer('shared', 'writer');
  bed.pass(3);
  expect(starts()).toBe('2 /box/starts');
  const address = bed.podView('shared')!.ip!;
  const page = bed.cluster.http('node-1', { address, port: 80, path: '/starts' });
  expect(page).toMatchObject({ status: 200, body: expect.stringMatching(/^\d+\n\d+\n$/) });
  const readOnly = bed.kubectlAnyway('exec', 'shared', '-c', 'web', '--', 'touch', '/usr/share/nginx/html/x');
  expect(readOnly).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Read-only file system') });
  const uid = bed.podView('shared')!.uid;
  const node = bed.nodeOf('shared')!;
  const volume = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/box`;
  expect(bed.run(node, 'ls', volume).stdout).toBe('starts\n');
  bed.kubectl('delete', 'pod', 'shared');
  bed.pass(5);
  expect(bed.run(node, 'ls', volume)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('No such file') });
});

test('a hostPath stays on its node when the Pod is gone', () => {
  const manifest = (name: string, script: string, node: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: ${node}
  restartPolicy: Never
  volumes: [{name: data, hostPath: {path: /srv/data, type: DirectoryOrCreate}}]
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, "${script}"]
    volumeMounts: [{name: data, mountPath: /data}]
`;
  bed.apply(manifest('puts', 'echo kept > /data/file', 'node-1'));
  bed.untilStatus('puts', 'Completed');
  bed.kubectl('delete', 'pod', 'puts');
  bed.apply(`${manifest('here', 'cat /data/file', 'node-1')}---\n${manifest('there', 'cat /data/file', 'node-2')}`);
  bed.untilStatus('here', 'Completed');
  bed.untilStatus('there', 'Error');
  expect(bed.kubectl('logs', 'here')).toBe('kept\n');
  expect(bed.kubectl('logs', 'there')).toBe("cat: can't open '/data/file': No such file or directory\n");
});

test('a hostPath that must exist and does not keeps the Pod waiting, with the reason', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: wants}
spec:
  nodeName: node-1
  volumes: [{name: data, hostPath: {path: /srv/nowhere, type: Directory}}]
  containers: [{name: main, image: busybox:1.37, command: [sleep, "1000"], volumeMounts: [{name: data, mountPath: /data}]}]
`);
  bed.pass(10);
  expect(bed.podView('wants')?.status).toBe('ContainerCreating');
  expect(bed.eventsOf('wants')).toContainEqual(
    'FailedMount: MountVolume.SetUp failed for volume "data" : hostPath type check failed: /srv/nowhere is not a directory',
  );
  bed.run('node-1', 'mkdir', '/srv/nowhere');
  bed.untilReady('wants', 130);
});

test('init containers run one after the other, and the Pod says which one it is at', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: prepared}
spec:
  volumes: [{name: box, emptyDir: {}}]
  initContainers:
  - {name: one, image: "busybox:1.37", command: [sh, -c, "sleep 5; echo one >> /box/order"], volumeMounts: [{name: box, mountPath: /box}]}
  - {name: two, image: "busybox:1.37", command: [sh, -c, "sleep 5; echo two >> /box/order"], volumeMounts: [{name: box, mountPath: /box}]}
  containers:
  - {name: main, image: "busybox:1.37", command: [sh, -c, "cat /box/order; sleep 1000"], volumeMounts: [{name: box, mountPath: /box}]}
`);
  bed.untilStatus('prepared', 'Init:0/2');
  bed.untilStatus('prepared', 'Init:1/2');
  bed.untilStatus('prepared', 'Running');
  expect(bed.kubectl('logs', 'prepared')).toBe('one\ntwo\n');

  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: unprepared}
spec:
  initContainers: [{name: fails, image: busybox:1.37, command: ["false"]}]
  containers: [{name: main, image: busybox:1.37, command: [sleep, "1000"]}]
`);
  bed.untilStatus('unprepared', 'Init:CrashLoopBackOff');
  expect(bed.pod('unprepared').status).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
  });
});

test('environment from literals, ConfigMaps, fields; a missing ConfigMap is told and waited for', () => {
  bed.kubectl('create', 'configmap', 'settings', '--from-literal=colour=blue', '--from-literal=SIZE=big');
  const manifest = (name: string, configMap: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, 'echo "$GREETING $NAME $COLOUR $SIZE $MISSING"']
    envFrom: [{configMapRef: {name: ${configMap}}}]
    env:
    - {name: WHO, value: you}
    - {name: GREETING, value: hello $(WHO) $$(WHO)}
    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: COLOUR, valueFrom: {configMapKeyRef: {name: ${configMap}, key: colour}}}
    - {name: MISSING, valueFrom: {configMapKeyRef: {name: ${configMap}, key: none, optional: true}}}
`;
  bed.apply(`${manifest('configured', 'settings')}---\n${manifest('waits', 'later')}`);
  bed.untilStatus('configured', 'Completed');
  expect(bed.kubectl('logs', 'configured')).toBe('hello you $(WHO) configured blue big \n');
  bed.untilStatus('waits', 'CreateContainerConfigError');
  expect(bed.eventsOf('waits')).toContain('Failed: Error: configmap "later" not found');
  bed.kubectl('create', 'configmap', 'later', '--from-literal=colour=red', '--from-literal=SIZE=small');
  bed.untilStatus('waits', 'Completed', 90);
  expect(bed.kubectl('logs', 'waits')).toBe('hello you $(WHO) waits red small \n');
});

test('a ConfigMap as a volume follows its changes', () => {
  bed.kubectl('create', 'configmap', 'page', '--from-literal=index.html=first');
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: pages}
spec:
  volumes: [{name: html, configMap: {name: page}}]
  containers: [{name: web, image: nginx:1.29, volumeMounts: [{name: html, mountPath: /usr/share/nginx/html}]}]
`);
  bed.untilReady('pages');
  const page = () => bed.cluster.http('node-1', { address: bed.podView('pages')!.ip!, port: 80 });
  expect(page()).toMatchObject({ body: 'first' });
  bed.kubectl('patch', 'configmap', 'page', '-p', '{"data":{"index.html":"second"}}');
  bed.pass(120);
  expect(page()).toMatchObject({ body: 'second' });
});

test('kubectl exec passes exit codes, input and environment; logs know what they cannot show', () => {
  bed.apply(scriptPod('target', 'while true; do echo tick; sleep 10; done'));
  bed.untilReady('target');
  expect(bed.kubectlAnyway('exec', 'target', '--', 'sh', '-c', 'echo out; echo err >&2; exit 42')).toEqual({
    exitCode: 42,
    stdout: 'out\n',
    stderr: 'err\ncommand terminated with exit code 42\n',
  });
  expect(bed.sh('echo piped | kubectl exec -i target -- cat').stdout).toBe('piped\n');
  expect(bed.kubectlAnyway('exec', 'target', '--', 'nothing')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^error: Internal error occurred: .*exec: "nothing": executable file not found in \$PATH/,
    ),
  });
  expect(bed.kubectlAnyway('exec', 'nobody', '--', 'ls')).toMatchObject({
    exitCode: 1,
    stderr: 'Error from server (NotFound): pods "nobody" not found\n',
  });
  expect(bed.kubectlAnyway('logs', 'target', '--previous')).toMatchObject({
    exitCode: 1,
    stderr: 'Error from server (BadRequest): previous terminated container "main" in pod "target" not found\n',
  });
  expect(bed.kubectlAnyway('logs', 'target', '-c', 'side')).toMatchObject({
    exitCode: 1,
    stderr: 'error: container side is not valid for pod target\n',
  });
  expect(bed.kubectl('logs', 'target', '--tail=1')).toBe('tick\n');
});
