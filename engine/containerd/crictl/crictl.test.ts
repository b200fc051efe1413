import { expect, test } from 'vitest';
import { NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import { serveCriSocket } from '../cri-socket.ts';
import { crictl } from './crictl.ts';

function start(): NodeFixture {
  const node = new NodeFixture();
  node.host.spawn({
    run: function* (process) {
      yield* serveCriSocket(process, node.containerd);
      return 0;
    },
    argv: ['containerd'],
  });
  node.run('web', { containers: [{ name: 'main', image: 'tools:1', command: ['count', '3'] }] });
  node.run('idle', { containers: [{ name: 'main', image: 'tools:1' }] });
  node.untilReady('idle');
  node.sim.runFor(3000);
  return node;
}

function run(node: NodeFixture, ...args: string[]): { output: string; code: number } {
  const output: string[] = [];
  const sink = node.host.sink((bytes) => output.push(new TextDecoder().decode(bytes)));
  let code = -1;
  node.host.spawn({
    run: crictl,
    argv: ['crictl', ...args],
    files: { 1: sink, 2: sink },
    onExit: (status) => {
      code = status.kind === 'exited' ? status.code : 255;
    },
  });
  node.until(() => code >= 0, 60_000);
  return { output: output.join(''), code };
}

test('crictl shows what runs', () => {
  const node = start();
  const containers = run(node, 'ps').output;
  expect(containers).toMatch(/^CONTAINER {11}IMAGE {15}CREATED {13}STATE {15}NAME/);
  expect(containers).toMatch(
    /\n[0-9a-f]{13} +[0-9a-f]{13} +\d seconds ago +Running +main +0 +[0-9a-f]{13} +idle +default\n/,
  );
  expect(run(node, 'pods', '--name', 'web').output).toMatch(/Ready +web +default +0 +\(default\)\n$/);
  expect(run(node, 'images').output).toMatch(/registry\.k8s\.io\/pause +3\.10\.1 +[0-9a-f]{13} +50MB\n/);
  expect(run(node, 'version').output).toContain('RuntimeName:  containerd\n');
  expect(JSON.parse(run(node, 'info').output).status.conditions[0]).toMatchObject({
    type: 'RuntimeReady',
    status: true,
  });
  expect(run(node, 'stats').output).toMatch(/^CONTAINER +NAME +CPU % +MEM +DISK +INODES\n/);
});

test('crictl inspect tells pid, runtime and times', () => {
  const node = start();
  const { info, status } = JSON.parse(run(node, 'inspect', idOf(node, 'idle', 'ps')).output);
  expect(node.host.processes().some(({ hostPid }) => hostPid === info.pid)).toBe(true);
  expect(info).toMatchObject({ runtimeType: 'io.containerd.runc.v2', sandboxID: idOf(node, 'idle').trim() });
  expect(status).toMatchObject({
    finishedAt: '0001-01-01T00:00:00Z',
    image: { image: 'docker.io/library/tools:1' },
    metadata: { attempt: 0, name: 'main' },
    startedAt: expect.stringMatching(/^2026-01-12T09:00:\d\d\.\d{9}Z$/),
  });
  const pod = JSON.parse(run(node, 'inspectp', idOf(node, 'idle').trim()).output);
  expect(pod.info.pid).toBeGreaterThan(0);
  expect(pod.status).toMatchObject({
    metadata: { name: 'idle', namespace: 'default' },
    network: { additionalIps: [] },
  });
  const image = JSON.parse(run(node, 'inspecti', 'tools:1').output);
  expect(image.status).toMatchObject({ pinned: false, repoTags: ['docker.io/library/tools:1'] });
  expect(image.status.size).toMatch(/^\d+$/);
});

test('crictl reads logs, runs commands, stops and removes', () => {
  const node = start();
  const id = run(node, 'ps', '-q', '--name', 'main', '--pod', idOf(node, 'idle')).output.trim();
  expect(run(node, 'ps', '-aq', '--name', 'main', '--pod', idOf(node, 'idle')).output).toBe(`${id}\n`);
  expect(run(node, 'logs', '--tail', '1', idOf(node, 'web', 'ps')).output).toBe('2\n');
  expect(run(node, 'exec', id, 'cat', '/etc/hostname').output).toBe('idle\n');
  expect(run(node, 'exec', id, 'exit', '3')).toEqual({
    output: 'FATA[0000] execing command in container: command terminated with exit code 3\n',
    code: 1,
  });
  expect(run(node, 'rm', id)).toMatchObject({ code: 1 });
  expect(run(node, 'stop', id).output).toBe(`${id}\n`);
  node.until(() => node.pod('idle').status?.containerStatuses?.[0]?.restartCount === 1, 10_000);
  expect(JSON.parse(run(node, 'inspect', id).output).status.state).toBe('CONTAINER_EXITED');
  expect(run(node, 'rm', 'nobody').output).toContain('container "nobody": not found');
});

test('crictl joins a container: a command with input, attach, a log that is followed to its end', () => {
  const node = start();
  const idle = idOf(node, 'idle', 'ps');
  expect(run(node, 'exec', '-i', idle, 'cat', '/etc/hostname').output).toBe('idle\n');
  expect(run(node, 'exec', '-i', idle, 'exit', '3').code).toBe(1);
  expect(run(node, 'exec', '-i', idle, 'nonsense').output).toContain('executable file not found in $PATH');
  node.run('count', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'tools:1', command: ['count', '5'] }],
  });
  node.untilReady('count');
  const count = idOf(node, 'count', 'ps');
  expect(run(node, 'logs', '-f', '--tail', '1', count).output).toMatch(/^[45]\n(?:4\n)?3\n2\n1\n$/);
  expect(run(node, 'attach', count)).toMatchObject({ code: 1 });
  expect(run(node, 'logs', '--timestamps', '--tail', '1', count).output).toMatch(/^2026-01-12T09:00:\d\d\.\d{9}Z 1\n$/);
});

test('crictl shows what Pods and images take', () => {
  const node = start();
  expect(run(node, 'statsp').output).toMatch(
    /^POD +POD ID +CPU % +MEM\n(?:\w+ +[0-9a-f]{13} +0\.\d\d +[\d.]+kB\n){2}$/,
  );
  expect(
    Number(JSON.parse(run(node, 'imagefsinfo').output).status.imageFilesystems[0].usedBytes.value),
  ).toBeGreaterThan(1000);
  expect(run(node, 'checkpoint', 'x').output).toBe('FATA[0000] checkpoint is not supported by this simulation\n');
});

test('crictl pulls and removes images', () => {
  const node = start();
  expect(run(node, 'pull', 'tools-two:2').output).toMatch(/^Image is up to date for sha256:/);
  expect(run(node, 'rmi', 'tools-two:2').output).toBe('Deleted: docker.io/library/tools-two:2\n');
  expect(run(node, 'pull', 'nope').output).toContain('pull access denied');
  expect(run(node, 'fly')).toEqual({ output: "No help topic for 'fly'\n", code: 3 });
});

// The files of https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/
const SANDBOX = `{
  "metadata": {"name": "by-hand", "namespace": "default", "attempt": 1, "uid": "hdishd83djaidwnduwk28bcsb"},
  "log_directory": "/tmp",
  "linux": {}
}`;
const CONTAINER = `
metadata: {name: counter}
image: {image: "tools:1"}
command: [count, "3"]
envs: [{key: A, value: b}]
log_path: counter.log
linux: {resources: {memory_limit_in_bytes: 64000000}}
`;

test('crictl makes a sandbox and a container from files, step by step and at once', () => {
  const node = start();
  node.host.root.writeFile('/pod.json', SANDBOX);
  node.host.root.writeFile('/container.yaml', CONTAINER);
  const pod = run(node, 'runp', '/pod.json').output.trim();
  expect(pod).toMatch(/^[0-9a-f]{64}$/);
  expect(run(node, 'pods', '--name', 'by-hand').output).toMatch(/Ready +by-hand +default +1 +\(default\)\n$/);
  const container = run(node, 'create', pod, '/container.yaml', '/pod.json').output.trim();
  expect(JSON.parse(run(node, 'inspect', container).output).status.state).toBe('CONTAINER_CREATED');
  expect(run(node, 'start', container).output).toBe(`${container}\n`);
  expect(run(node, 'exec', container, 'cat', '/etc/hostname').output).toBe('by-hand\n');
  expect(new TextDecoder().decode(node.host.root.readFile('/tmp/counter.log'))).toContain(' stdout F 3\n');
  expect(run(node, 'stopp', pod).output).toBe(`Stopped sandbox ${pod}\n`);
  expect(run(node, 'rmp', pod).output).toBe(`Removed sandbox ${pod}\n`);
  expect(run(node, 'ps', '-a', '--name', 'counter', '-q').output).toBe('');
  expect(run(node, 'run', '/container.yaml', '/pod.json').output).toMatch(/^[0-9a-f]{64}\n$/);
  expect(run(node, 'ps', '--name', 'counter').output).toContain('Running');
});

test('what nobody asked the kubelet for is removed by it, and its own Pods are not', () => {
  const node = start();
  node.host.root.writeFile('/pod.json', SANDBOX);
  run(node, 'runp', '/pod.json');
  node.sim.runFor(120_000);
  expect(run(node, 'pods', '-q', '--name', 'by-hand').output).toBe('');
  expect(run(node, 'pods', '-q', '--name', 'idle').output).not.toBe('');
});

test.each([
  [['runp', '/nope.json'], '{}', 'load podSandboxConfig: config at /nope.json not found'],
  [['runp', '/file'], '{', 'load podSandboxConfig: unmarshal /file: '],
  [['runp', '/file'], '[1]', 'podSandboxConfig: an object is expected'],
  [['runp', '/file'], '{"metadata": {"name": "a"}}', 'namespace is not set in metadata'],
  [['runp', '/file'], SANDBOX.replace('{}', '{"sysctls": {"a": 1}}'), 'sysctls: a map of strings is expected'],
  [['runp'], '{}', 'pod-config is required'],
  [['run', '/file', '/file'], SANDBOX, 'create container: image is not set'],
  [['create', 'nobody', '/file', '/file'], SANDBOX, 'sandbox "nobody": not found'],
  [['start', 'nobody'], '', 'container "nobody": not found'],
  [['run', '/bad', '/file'], SANDBOX, 'containerConfig.command: a list is expected'],
])('crictl %j of a file that is no good', (args, file, message) => {
  const node = start();
  node.host.root.writeFile('/file', file);
  node.host.root.writeFile('/bad', 'metadata: {name: a}\nimage: {image: tools}\ncommand: count');
  const { output, code } = run(node, ...args);
  expect(output).toContain(message);
  expect(code).toBe(1);
});

test('without a runtime there is nobody to ask', () => {
  const node = new NodeFixture();
  expect(run(node, 'ps').output).toContain(
    'dial unix /run/containerd/containerd.sock: connect: no such file or directory',
  );
});

test('crictl takes no flag that it does not know, and helps', () => {
  const node = start();
  const wrong = run(node, 'ps', '--nme', 'main');
  expect(wrong.code).toBe(1);
  expect(wrong.output).toMatch(
    /^Incorrect Usage: flag provided but not defined: -nme\n\nNAME:\n {3}crictl ps - List containers\n/,
  );
  expect(wrong.output).toMatch(/FATA\[0000\] flag provided but not defined: -nme\n$/);
  expect(run(node, 'ps', '-n', 'two').output).toContain('invalid value "two" for flag -n: parse error');
  expect(run(node, 'logs', '--tail').output).toContain('flag needs an argument: -tail');
  expect(run(node, 'ps', 'main').output).toMatch(/^NAME:\n {3}crictl ps - /);
  expect(run(node, 'logs', '--help').output).toContain('   --tail value         Number of lines');
  expect(run(node).output).toContain('   images, image, img  List images\n');
  expect(run(node, '--version').output).toBe('crictl version v1.36.0\n');
  expect(run(node, 'rmp').output).toContain('crictl rmp [command options] POD-ID [POD-ID...]\n');
});

test('crictl finds what is asked for by state, label, namespace, image and age', () => {
  const node = start();
  const names = (...args: string[]) => run(node, 'ps', ...args).output.match(/ (web|idle) +default/g) ?? [];
  expect(names('-a').join()).toContain(' web ');
  expect(names('--state', 'Created')).toHaveLength(0);
  expect(names('--state', 'Exited').join()).not.toContain(' idle ');
  expect(names('-l', '--image', 'tools:1')).toHaveLength(1);
  expect(names('-a', '--label', 'io.kubernetes.pod.name=idle').join()).toMatch(/^ idle +default$/);
  expect(names('-a', '--namespace', 'kube-.*')).toHaveLength(0);
  expect(names('-an', '1')).toHaveLength(1);
  expect(run(node, 'ps', '--state', 'dead').output).toBe(
    'FATA[0000] --state should be one of created, running, exited or unknown\n',
  );
  expect(run(node, 'ps', '--label', 'a').output).toContain('incorrectly specified label: a');
  expect(run(node, 'ps', '--no-trunc', '-r').output).toMatch(/\n[0-9a-f]{64} +docker.io\/library\/tools:1 /);
  const listed = JSON.parse(run(node, 'ps', '-a', '-o', 'json').output).containers;
  expect(listed.length).toBeGreaterThan(1);
  expect(listed.at(-1)).toMatchObject({ metadata: { name: 'main' }, createdAt: expect.stringMatching(/^\d{19}$/) });
  expect(run(node, 'pods', '-o', 'yaml', '--state', 'ready').output).toMatch(/^items:\n- annotations:/);
  expect(run(node, 'inspect', '-o', 'yaml', '--pod', idOf(node, 'idle').trim()).output).toContain(
    '\n  state: CONTAINER_RUNNING\n',
  );
  expect(run(node, 'inspect', '-q', idOf(node, 'idle', 'ps').trim()).output).not.toContain('"info"');
  expect(run(node, 'exec', '--pod', idOf(node, 'idle').trim(), 'cat', '/etc/hostname').output).toMatch(
    /^[0-9a-f]{64}:\nidle\n$/,
  );
  expect(run(node, 'images', '--digests', 'tools').output).toMatch(/^IMAGE +TAG +DIGEST +IMAGE ID +SIZE\ndocker/);
  expect(run(node, 'images', 'nothing').output).toMatch(/^IMAGE .*\n$/);
});

test('crictl stops and removes by force, or all', () => {
  const node = start();
  const pod = idOf(node, 'idle').trim();
  expect(run(node, 'rmp', pod).output).toBe(`FATA[0000] pod sandbox "${pod}" is running, please stop it first\n`);
  expect(run(node, 'rmp', '-f', pod).output).toBe(`Stopped sandbox ${pod}\nRemoved sandbox ${pod}\n`);
  expect(run(node, 'stop').output).toContain('you must specify at least one CONTAINER-ID or use --all');
  expect(run(node, 'rmi', 'nope', 'nor')).toEqual({
    output: 'ERRO[0000] no such image nope\nERRO[0000] no such image nor\nFATA[0000] unable to remove the image(s)\n',
    code: 1,
  });
});

test('crictl asks whom it is told to', () => {
  const node = start();
  expect(run(node, '-r', 'unix:///run/containerd/containerd.sock', 'ps', '-q').code).toBe(0);
  const nobody = run(node, '--runtime-endpoint', 'unix:///run/crio/crio.sock', 'ps');
  expect(nobody.output).toContain('dial unix /run/crio/crio.sock: connect: no such file or directory');
  node.host.root.writeFile('/etc/crictl.yaml', 'runtime-endpoint: unix:///run/dockershim.sock\n');
  expect(run(node, 'ps').output).toContain('dial unix /run/dockershim.sock');
  expect(run(node, '-c', '/nope', 'ps').output).toContain('load config file: open /nope: no such file or directory');
});

function idOf(node: NodeFixture, pod: string, command = 'pods'): string {
  const sandbox = run(node, 'pods', '-q', '--name', pod).output.trim();
  return command === 'pods' ? sandbox : run(node, command, '-a', '-q', '--pod', sandbox).output.trim();
}
