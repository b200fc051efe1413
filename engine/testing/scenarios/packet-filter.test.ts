import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: nginx, image: "nginx:1.29"}]
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  containers: [{name: main, image: "busybox:1.37", command: [sleep, "1000000"]}]
`;

/** What kube-proxy would write for a Service at 10.111.0.7. */
function serviceRules(endpoint: string): string {
  return `*nat
:LESSON-SVC - [0:0]
-A PREROUTING -d 10.111.0.7/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j LESSON-SVC
-A OUTPUT -d 10.111.0.7/32 -p tcp -m tcp --dport 80 -j LESSON-SVC
-A LESSON-SVC -p tcp -j DNAT --to-destination ${endpoint}:80
COMMIT
`;
}

function bedWithRules() {
  const bed = new Testbed();
  bed.apply(PODS);
  bed.untilReady('web');
  bed.untilReady('box');
  const endpoint = bed.pod('web').status!.podIP!;
  for (const node of ['node-1', 'node-2']) {
    const script = `iptables-restore --noflush <<'RULES'\n${serviceRules(endpoint)}RULES\n`;
    expect(bed.run(node, 'sh', '-c', script)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  }
  const fromPod = () => bed.kubectlAnyway('exec', 'box', '--', 'wget', '-T', '3', '-qO-', '10.111.0.7');
  return { bed, endpoint, fromPod };
}

test('a connection walks the rules of the machines it crosses, which count it and remember it', () => {
  const { bed, endpoint, fromPod } = bedWithRules();
  expect(fromPod().stdout).toContain('Welcome to nginx!');
  const node = bed.nodeOf('box')!;
  expect(bed.run(node, 'iptables', '-t', 'nat', '-nvL', 'LESSON-SVC').stdout).toContain(
    `    1    60 DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            to:${endpoint}:80`,
  );
  const { stdout } = bed.run(node, 'conntrack', '-L', '-d', '10.111.0.7');
  const box = bed.pod('box').status!.podIP!;
  expect(stdout).toMatch(
    new RegExp(`^tcp +6 \\d+ \\S+ src=${box} dst=10\\.111\\.0\\.7 sport=\\d+ dport=80 src=${endpoint} `),
  );
});

test('a machine itself goes by its OUTPUT chain; the workstation has no such rule and no route', () => {
  const { bed } = bedWithRules();
  expect(bed.run('node-1', 'curl', '-s', '10.111.0.7').stdout).toContain('Welcome to nginx!');
  expect(bed.run('workstation', 'curl', '-s', '-m', '2', '10.111.0.7').exitCode).not.toBe(0);
});

test('what is forwarded can be refused or dropped', () => {
  const { bed, endpoint, fromPod } = bedWithRules();
  const forward = (target: string) => {
    for (const node of ['node-1', 'node-2']) {
      bed.run(node, 'sh', '-c', `iptables -F FORWARD; iptables -A FORWARD -d ${endpoint} -p tcp -j ${target}`);
    }
  };
  forward('REJECT');
  expect(fromPod().stderr).toContain('Connection refused');
  forward('DROP');
  expect(fromPod().stderr).toContain('timed out');
  forward('ACCEPT');
  expect(fromPod().stdout).toContain('Welcome to nginx!');
});

test('a machine that was off and on has no rules', () => {
  const { bed } = bedWithRules();
  bed.power('node-1', 'off');
  bed.power('node-1', 'on');
  bed.pass(5);
  expect(bed.run('node-1', 'iptables-save').stdout).not.toContain('LESSON-SVC');
});

test('a container without NET_ADMIN may not look at the rules', () => {
  const bed = new Testbed();
  bed.apply(PODS.replace('busybox:1.37', 'debian:13'));
  bed.untilReady('box');
  const { exitCode } = bed.kubectlAnyway('exec', 'box', '--', 'iptables', '-L');
  expect(exitCode).not.toBe(0);
});
