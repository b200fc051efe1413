import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// The course's images as Pods of one cluster.

const bed = new Testbed();

function pod(name: string, image: string, more = ''): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: ${image}
${more.replace(/^(?=.)/gm, '    ')}`;
}

beforeAll(() => {
  bed.apply(
    [
      pod('agnhost', 'registry.k8s.io/e2e-test-images/agnhost:2.53', 'args: [netexec]'),
      pod('unknown', 'registry.k8s.io/e2e-test-images/agnhost:2.53', 'args: [frobnicate]'),
      pod('whoami', 'traefik/whoami'),
      pod('echo', 'hashicorp/http-echo', 'args: ["-text=hello"]'),
      pod('mute', 'hashicorp/http-echo'),
      pod('httpd', 'httpd:2.4'),
      pod('curl', 'curlimages/curl', 'command: [sleep, infinity]'),
      pod('debian', 'debian:12', 'command: [sleep, infinity]'),
      pod('ubuntu', 'ubuntu', 'command: [sleep, infinity]'),
      pod('alpine', 'alpine:3.22', 'command: [sleep, infinity]'),
      pod('old', 'nginx:1.14.2'),
      pod('database', 'postgres:9'),
      pod(
        'hog',
        'polinux/stress',
        'args: [stress, --vm, "1", --vm-bytes, 250M, --vm-hang, "1"]\nresources: {limits: {memory: 100Mi}}',
      ),
    ].join('\n---\n'),
  );
  for (const name of ['agnhost', 'whoami', 'echo', 'httpd', 'curl', 'debian', 'ubuntu', 'alpine', 'old'])
    bed.untilReady(name, 120);
});

const inPod = (name: string, ...argv: readonly string[]) => bed.kubectlAnyway('exec', name, '--', ...argv);
const curl = (name: string, path: string) =>
  inPod('curl', 'curl', '-s', `${bed.pod(name).status?.podIP}${path}`).stdout;

test('servers answer to other Pods', () => {
  expect(curl('agnhost', ':8080/hostname')).toBe('agnhost');
  expect(curl('agnhost', ':8080/clientip').split(':')[0]).toBe(bed.pod('curl').status?.podIP);
  expect(curl('whoami', '/')).toContain('Hostname: whoami\n');
  expect(curl('echo', ':5678/')).toBe('hello\n');
  expect(curl('httpd', '/')).toBe('<html><body><h1>It works!</h1></body></html>\n');
  const dial = `:8080/dial?host=${bed.pod('agnhost').status?.podIP}&port=8081&protocol=udp&request=hostname`;
  expect(JSON.parse(curl('agnhost', dial))).toEqual({ responses: ['agnhost'] });
});

test('each distribution has its own face', () => {
  const release = (name: string) => inPod(name, 'sh', '-c', '. /etc/os-release; echo $ID $VERSION_ID').stdout.trim();
  expect(['debian', 'ubuntu', 'alpine'].map(release)).toEqual(['debian 12', 'ubuntu 24.04', 'alpine 3.22.2']);
  expect(inPod('alpine', 'bash').stderr).toContain('exec: "bash": executable file not found in $PATH');
  expect(inPod('debian', 'curl').stderr).toContain('exec: "curl": executable file not found in $PATH');
  expect(inPod('debian', 'sh', '-c', 'ps').stderr).toBe(
    'sh: 1: ps: not found\ncommand terminated with exit code 127\n',
  );
  expect(inPod('debian', 'bash', '-c', 'apt-get install -y curl').stderr).toContain('E: Unable to locate package curl');
  expect(inPod('alpine', 'apk', 'add', 'curl').stdout).toContain('curl (no such package)');
  expect(inPod('whoami', 'sh').stderr).toContain('exec: "sh": executable file not found in $PATH');
  expect(inPod('curl', 'id', '-un').stdout).toBe('curl_user\n');
});

test('what is wrong with a command line is in the log, and the Pod has failed', () => {
  bed.untilStatus('unknown', 'Error');
  expect(bed.kubectl('logs', 'unknown')).toContain('Error: unknown command "frobnicate" for "app"');
  expect(bed.kubectl('logs', 'mute')).toBe('Missing -text option or ECHO_TEXT env var!\n');
});

test('more memory than the limit ends stress as a whole, before it can say so', () => {
  bed.untilStatus('hog', 'OOMKilled', 60);
  const [container] = bed.pod('hog').status!.containerStatuses!;
  expect(container!.state).toMatchObject({ terminated: { exitCode: 137, reason: 'OOMKilled' } });
  expect(bed.kubectl('logs', 'hog')).toBe('stress: info: [1] dispatching hogs: 0 cpu, 0 io, 1 vm, 0 hdd\n');
});

test('an image that there is not', () => {
  bed.untilStatus('database', 'ImagePullBackOff', 60);
  bed.pass(20); // With so many Pods on the node its events come out one by one.
  expect(bed.eventsOf('database').join('\n')).toContain('Failed to pull image "postgres:9"');
});

test('an older nginx says how old it is', () => {
  expect(inPod('old', 'nginx', '-v').stderr).toBe('nginx version: nginx/1.14.2\n');
});

test('redis keeps what it was told when its container is killed, on a volume', () => {
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: redis}
spec:
  volumes: [{name: data, emptyDir: {}}]
  containers:
  - name: main
    image: redis:8.2
    args: [--appendonly, "yes"]
    volumeMounts: [{name: data, mountPath: /data}]
    readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 1}
`);
  bed.untilReady('redis');
  expect(inPod('redis', 'redis-cli', 'set', 'greeting', 'hello').stdout).toBe('OK\n');
  bed.killContainer('redis', 'main');
  bed.until('it runs again', () => bed.podView('redis')?.containers.at(-1)?.restarts === 1);
  bed.untilReady('redis');
  expect(inPod('redis', 'redis-cli', 'get', 'greeting').stdout).toBe('hello\n');
  expect(inPod('redis', 'redis-cli', 'lpush', 'greeting', 'x').stdout).toContain('WRONGTYPE');
});

test('a configuration that nginx refuses makes a crash loop with nginx’s own message', () => {
  bed.apply(`apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {default.conf: "server { listen 80; frobnicate on; }"}
---
apiVersion: v1
kind: Pod
metadata: {name: broken}
spec:
  volumes: [{name: conf, configMap: {name: conf}}]
  containers:
  - name: main
    image: nginx:1.29
    volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
`);
  bed.untilStatus('broken', 'CrashLoopBackOff', 60);
  expect(bed.kubectl('logs', 'broken')).toContain(
    'nginx: [emerg] unknown directive "frobnicate" in /etc/nginx/conf.d/default.conf:1',
  );
});

test('a Go server that is told to end does so at once, as PID 1 as well', () => {
  bed.kubectl('delete', 'pod', 'agnhost', '--wait=false');
  bed.until('it is gone', () => bed.podView('agnhost') === undefined, 20);
});
