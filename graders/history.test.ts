import { expect, test } from 'vitest';
import { gradeFiles } from './grade.ts';
import { parseExercise } from './parse-exercise.ts';

// What never happened, where the API server was started anew meanwhile, or etcd was given another past.

const exercise = (checks: string) =>
  parseExercise('clock', {
    'exercise.yaml': `title: A clock
level: apply
rows: [1]
minutes: 5
answer: mend.sh
brief: Mend it.
cluster: { workers: [{ name: node-1 }] }
${PAST}
checks:
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

const PKI = '/etc/kubernetes/pki/etcd';
const SAVE = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key snapshot save /root/backup.db`;
const PAST = `before:
- kubectl: [create, configmap, note, '--from-literal=colour=green']
- run: { host: control-plane, command: [bash, -c, '${SAVE}'] }
- wait: 5s
`;

const restore = (options: string) =>
  `ssh control-plane <<'END'
mv /etc/kubernetes/manifests/*.yaml /tmp
etcdutl snapshot restore /root/backup.db --data-dir=/var/lib/restored ${options}
sleep 20
sed -i 's#path: /var/lib/etcd$#path: /var/lib/restored#' /tmp/etcd.yaml
mv /tmp/*.yaml /etc/kubernetes/manifests
END
sleep 30
`;

const paint = (colour: string) => `kubectl patch configmap note -p '{"data":{"colour":"${colour}"}}'\n`;

test.each(['', '--bump-revision=1000000 --mark-compacted'])('after a restore (%s) history goes on', (options) => {
  const graded = exercise(EXISTS + NEVER_RED);
  const passed = (text: string) => gradeFiles(graded, script(text)).checks.map((check) => check.passed);
  expect(passed(restore(options))).toEqual([true, true]);
  expect(passed(restore(options) + paint('red'))).toEqual([true, false]);
  expect(passed(restore(options) + paint('red') + paint('blue'))).toEqual([true, false]);
  expect(passed(paint('red') + restore(options))).toEqual([true, false]);
});

test('an API server that was started anew meanwhile has forgotten nothing', () => {
  const graded = exercise(NEVER_RED);
  const anew = 'ssh control-plane pkill kube-apiserver\nsleep 30\n';
  expect(gradeFiles(graded, script(anew + paint('red') + paint('green'))).passed).toBe(false);
  expect(gradeFiles(graded, script(anew + paint('blue'))).passed).toBe(true);
});
