import { expect, test } from 'vitest';
import { gradeFiles } from './grade.ts';
import { parseExercise } from './parse-exercise.ts';

// What is graded of a cluster whose API server a learner has stopped.

const exercise = (checks: string, past = '') =>
  parseExercise('clock', {
    'exercise.yaml': `title: A clock
level: apply
rows: [1]
minutes: 5
answer: mend.sh
brief: Mend it.
cluster: { workers: [{ name: node-1 }] }
${past}checks:
${checks}
hints: []
`,
  });

const script = (text: string) => [{ name: 'mend.sh', text }];

const EXISTS = `- id: there
  title: The ConfigMap is there
  points: 1
  observe: { object: { kind: ConfigMap, name: note } }
  that: [{ path: metadata.name, equals: note }]
  within: 5s
  ask: Why?
`;

const NEVER_RED = `- id: never-red
  title: It was never red
  points: 1
  observe: { object: { kind: ConfigMap, name: note } }
  that: [{ path: data.colour, equals: red }]
  never: true
  ask: Why?
`;

test('an API server that does not start fails the checks, with its last words', () => {
  const text = `ssh control-plane "sed -i 's/- kube-apiserver$/&\\n    - --audit-policy-file=\\/nowhere/' /etc/kubernetes/manifests/kube-apiserver.yaml"\nsleep 20\n`;
  const { checks } = gradeFiles(exercise(EXISTS + NEVER_RED), script(text));
  const seen = /the API server does not answer: dial tcp 10\.0\.0\.10:6443: connect: connection refused$/;
  expect(checks.map(({ passed }) => passed)).toEqual([false, false]);
  expect(checks[0]!.seen).toMatch(seen);
  expect(checks[1]!.seen).toMatch(seen);
  expect(checks[0]!.why).toEqual([
    expect.stringMatching(
      /^kube-apiserver does not stay up on control-plane; its last words: .*open \/nowhere: no such file or directory/,
    ),
  ]);
});

test('without etcd, etcd is named', () => {
  const { checks } = gradeFiles(
    exercise(EXISTS),
    script('ssh control-plane mv /etc/kubernetes/manifests/etcd.yaml /root\nsleep 20\n'),
  );
  expect(checks[0]).toMatchObject({
    passed: false,
    seen: 'after 5s: the API server answers: etcdserver: request timed out',
    why: ['etcd does not run on control-plane, and has left no container behind'],
  });
});

const MANIFESTS = '/etc/kubernetes/manifests';
const BROKEN = `before:
- kubectl: [create, configmap, note, '--from-literal=colour=green']
- run: { host: control-plane, command: [sed, -i, 's/^    - --data-dir/   - --data-dir/', ${MANIFESTS}/etcd.yaml] }
- wait: 30s
`;

test('a control plane that is down from the start can be begun with, and mended', () => {
  const broken = exercise(EXISTS + NEVER_RED, BROKEN);
  const mended = `ssh control-plane "sed -i 's/^   - --data-dir/    - --data-dir/' ${MANIFESTS}/etcd.yaml"\nsleep 60\n`;
  const paint = (colour: string) => `kubectl patch configmap note -p '{"data":{"colour":"${colour}"}}'\n`;
  const passed = (text: string) => gradeFiles(broken, script(text)).checks.map((check) => check.passed);
  expect(passed(mended)).toEqual([true, true]);
  expect(passed(mended + paint('red') + paint('green'))).toEqual([true, false]);
});

test('where nobody has mended it, the kubelet is cited', () => {
  const { checks } = gradeFiles(exercise(EXISTS, BROKEN), script('true\n'));
  expect(checks[0]!.why).toContainEqual(
    expect.stringMatching(
      /^the kubelet of control-plane says: "Could not process manifest file" err=".*\/etcd.yaml: couldn't parse as pod\(yaml: /,
    ),
  );
});

test('an etcd that began anew has no rights for anybody', () => {
  const anew = `ssh control-plane "mv /var/lib/etcd /root; pkill etcd"\nsleep 60\n`;
  expect(gradeFiles(exercise(EXISTS), script(anew)).checks[0]).toMatchObject({
    seen: expect.stringMatching(/^after 5s: the API server answers: configmaps "note" is forbidden: /),
    why: [
      'etcd does not have the ClusterRoleBinding "kubeadm:cluster-admins": somebody deleted it, or etcd began anew',
    ],
  });
});
