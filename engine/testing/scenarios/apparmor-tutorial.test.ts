import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tutorials/security/apparmor/

let bed: Testbed;

const DENY_WRITE = `#include <tunables/global>

profile k8s-apparmor-example-deny-write flags=(attach_disconnected) {
  #include <abstractions/base>

  file,

  # Deny all file writes.
  deny /** w,
}
`;

function pod(name: string, profile: string, command = "echo 'Hello AppArmor!' && sleep 1h"): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  securityContext:
    appArmorProfile: {type: Localhost, localhostProfile: ${profile}}
  containers:
  - name: hello
    image: busybox:1.28
    command: ["sh", "-c", "${command}"]
`;
}

const onNode = (script: string) => bed.run('node-1', 'bash', '-c', script);

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
});

test('a profile is loaded on the nodes', () => {
  expect(onNode('cat /sys/module/apparmor/parameters/enabled').stdout).toBe('Y\n');
  const loaded = bed.sh(`for NODE in node-1 control-plane; do ssh $NODE 'apparmor_parser -q' <<'EOF'
${DENY_WRITE}EOF
done`);
  expect(loaded).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bed.sh('ssh node-1 cat /sys/kernel/security/apparmor/profiles | sort').stdout).toBe(
    'k8s-apparmor-example-deny-write (enforce)\n',
  );
});

test('a Pod runs under it', () => {
  bed.apply(pod('hello-apparmor', 'k8s-apparmor-example-deny-write'));
  bed.untilReady('hello-apparmor');
  expect(bed.kubectl('exec', 'hello-apparmor', '--', 'cat', '/proc/1/attr/current')).toBe(
    'k8s-apparmor-example-deny-write (enforce)\n',
  );
  expect(bed.kubectl('logs', 'hello-apparmor')).toBe('Hello AppArmor!\n');
  const touched = bed.kubectlAnyway('exec', 'hello-apparmor', '--', 'touch', '/tmp/test');
  expect(touched).toMatchObject({
    exitCode: 1,
    stderr: 'touch: /tmp/test: Permission denied\ncommand terminated with exit code 1\n',
  });
  const status = onNode('aa-status').stdout;
  expect(status).toMatch(/^1 profiles are in enforce mode\.\n {3}k8s-apparmor-example-deny-write$/m);
  expect(status).toMatch(/^ {3}\/bin\/sh \(\d+\) k8s-apparmor-example-deny-write$/m);
});

test('a profile that is not loaded', () => {
  bed.apply(pod('hello-apparmor-2', 'k8s-apparmor-example-allow-write'));
  bed.until('it cannot be created', () =>
    bed.kubectl('get', 'pod', 'hello-apparmor-2').includes('CreateContainerError'),
  );
  expect(bed.kubectl('describe', 'pod', 'hello-apparmor-2')).toContain(
    'Error: failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found k8s-apparmor-example-allow-write',
  );
  // Once it is there, the next attempt succeeds.
  onNode(`printf 'profile k8s-apparmor-example-allow-write { file, }' | apparmor_parser`);
  bed.untilReady('hello-apparmor-2');
  expect(bed.kubectlAnyway('exec', 'hello-apparmor-2', '--', 'touch', '/tmp/test').exitCode).toBe(0);
});

test('what asks for nothing has the profile of the runtime; unconfined and privileged containers have none', () => {
  const run = (name: string, security: object) => {
    const overrides = {
      spec: { containers: [{ name, image: 'busybox', command: ['sleep', '1h'], securityContext: security }] },
    };
    bed.kubectl('run', name, '--image=busybox', `--overrides=${JSON.stringify(overrides)}`);
    bed.untilReady(name);
    return bed.kubectl('exec', name, '--', 'cat', '/proc/1/attr/current');
  };
  expect(run('plain', {})).toBe('cri-containerd.apparmor.d (enforce)\n');
  expect(run('free', { appArmorProfile: { type: 'Unconfined' } })).toBe('unconfined\n');
  expect(run('mighty', { privileged: true })).toBe('unconfined\n');
  const admin = { capabilities: { add: ['SYS_ADMIN'] } };
  run('admin', admin);
  const mounted = bed.kubectlAnyway('exec', 'admin', '--', 'mount', '-t', 'tmpfs', 'none', '/mnt');
  expect(mounted.stderr).toMatch(/permission denied/i);
  run('free-admin', { ...admin, appArmorProfile: { type: 'Unconfined' } });
  expect(bed.kubectlAnyway('exec', 'free-admin', '--', 'mount', '-t', 'tmpfs', 'none', '/tmp').exitCode).toBe(0);
});

test('the deprecated annotation is made a field, with a warning', () => {
  const { stderr } = bed.applyAnyway(`apiVersion: v1
kind: Pod
metadata:
  name: annotated
  annotations: {container.apparmor.security.beta.kubernetes.io/hello: localhost/k8s-apparmor-example-deny-write}
spec:
  containers: [{name: hello, image: busybox, command: [sleep, 1h]}]
`);
  expect(stderr).toBe(
    'Warning: metadata.annotations[container.apparmor.security.beta.kubernetes.io/hello]: deprecated since v1.30; use the "appArmorProfile" field instead\n',
  );
  bed.untilReady('annotated');
  expect(bed.kubectl('get', 'pod', 'annotated', '-o', 'jsonpath={.spec.containers[0].securityContext}')).toBe(
    '{"appArmorProfile":{"localhostProfile":"k8s-apparmor-example-deny-write","type":"Localhost"}}',
  );
  expect(bed.kubectl('exec', 'annotated', '--', 'cat', '/proc/1/attr/current')).toContain('deny-write (enforce)');
});

const NGINX = `#include <tunables/global>
profile k8s-nginx flags=(attach_disconnected,mediate_deleted) {
  #include <abstractions/base>
  network inet tcp,
  capability net_bind_service,
  file,
  deny /etc/shadow r,
  audit deny /usr/share/nginx/html/** w,
  deny /bin/dash mrwklx,
  deny /usr/bin/id mrwklx,
}
`;

test('rules on files, programs and the network, and what the log tells', () => {
  bed.cluster.submit({ kind: 'file.write', path: 'k8s-nginx', text: NGINX });
  expect(
    bed.sh('scp k8s-nginx node-1:/etc/apparmor.d/ && ssh node-1 apparmor_parser -v /etc/apparmor.d/k8s-nginx').stdout,
  ).toContain('Addition succeeded for "k8s-nginx".');
  bed.apply(
    pod('web', 'k8s-nginx')
      .replace('busybox:1.28', 'nginx')
      .replace(/ {4}command: .*\n/, ''),
  );
  bed.untilReady('web');
  const run = (script: string) => bed.kubectlAnyway('exec', 'web', '--', 'bash', '-c', script);
  expect(run('cat /etc/shadow').stderr).toContain('cat: /etc/shadow: Permission denied');
  expect(run('echo x > /usr/share/nginx/html/index.html').stderr).toContain('Permission denied');
  expect(run('echo x > /tmp/x && cat /tmp/x').stdout).toBe('x\n');
  expect(run('id').stderr).toContain('Permission denied');
  expect(run('curl -s localhost').stdout).toContain('Welcome to nginx!');
  expect(onNode('journalctl -k | grep DENIED').stdout).toMatch(
    /audit: type=1400 audit\(\d+\.\d{3}:\d+\): apparmor="DENIED" operation="(open|truncate)" class="file" profile="k8s-nginx" name="\/usr\/share\/nginx\/html\/index\.html" pid=\d+ comm="bash" requested_mask="\w+" denied_mask="\w+" fsuid=0 ouid=0$/m,
  );
});

test('complain mode logs and lets go on; a replaced profile holds for what runs already', () => {
  onNode(
    "sed -i 's/  file,/  file r,/; s/  file r,/  \\/** rix,/' /etc/apparmor.d/k8s-nginx; apparmor_parser -r /etc/apparmor.d/k8s-nginx",
  );
  const write = () => bed.kubectlAnyway('exec', 'web', '--', 'bash', '-c', 'echo x > /tmp/new').exitCode;
  expect(write()).toBe(1);
  expect(onNode('aa-complain /etc/apparmor.d/k8s-nginx').stdout).toBe(
    'Setting /etc/apparmor.d/k8s-nginx to complain mode.\n',
  );
  bed.pass(6);
  expect(write()).toBe(0);
  expect(onNode('dmesg').stdout).toMatch(
    /apparmor="ALLOWED" operation="mknod" class="file" profile="k8s-nginx" name="\/tmp\/new"/,
  );
  expect(bed.kubectl('exec', 'web', '--', 'cat', '/proc/1/attr/current')).toBe('k8s-nginx (complain)\n');
  // What a rule denies is denied all the same.
  expect(bed.kubectlAnyway('exec', 'web', '--', 'cat', '/etc/shadow').exitCode).toBe(1);
  onNode('aa-enforce /etc/apparmor.d/k8s-nginx');
  expect(write()).toBe(1);
});

test('what apparmor_parser says of what is no profile, or is there already', () => {
  expect(onNode('apparmor_parser /etc/apparmor.d/k8s-nginx')).toMatchObject({
    exitCode: 239,
    stderr: 'apparmor_parser: Unable to add "k8s-nginx".  Profile already exists\n',
  });
  expect(onNode("printf 'profile x {\\n  /etc r\\n}' > /tmp/x; apparmor_parser /tmp/x")).toMatchObject({
    exitCode: 1,
    stderr:
      'AppArmor parser error for /tmp/x in profile /tmp/x at line 3: syntax error, unexpected "}", expecting TOK_END_OF_RULE\n',
  });
  expect(onNode('apparmor_parser -R /etc/apparmor.d/k8s-nginx').exitCode).toBe(0);
  expect(bed.kubectl('exec', 'web', '--', 'cat', '/proc/1/attr/current')).toBe('unconfined\n');
});

test('a program of the machine is held to the profile that is attached to it', () => {
  onNode("printf '/usr/bin/tree {\\n  /usr/bin/tree r,\\n}' | apparmor_parser");
  expect(onNode('tree /etc').stdout + onNode('tree /etc').stderr).toMatch(/error opening dir|Permission denied/);
  expect(onNode('cat /proc/self/attr/current').stdout).toBe('unconfined\n');
});

test('profiles in /etc/apparmor.d are there again after the machine has been off', () => {
  bed.run('node-1', 'reboot');
  bed.pass(150);
  const { stdout } = onNode('aa-status');
  expect(stdout).toContain('k8s-nginx');
  expect(stdout).not.toContain('/usr/bin/tree\n');
});
