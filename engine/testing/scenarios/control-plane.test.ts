import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { scriptPod, Testbed } from './testbed.ts';

// What goes on, and what stops, when a part of the control plane or a machine is gone.

const MANIFESTS = '/etc/kubernetes/manifests';
const REFUSED = 'The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n';

function moveAside(bed: Testbed, component: string): void {
  bed.moveFile('control-plane', `${MANIFESTS}/${component}.yaml`, `/root/${component}.yaml`);
  const name = `${component}-control-plane`;
  bed.until(`${component} is gone`, () => bed.podView(name, 'kube-system') === undefined);
}

function moveBack(bed: Testbed, component: string): void {
  bed.moveFile('control-plane', `/root/${component}.yaml`, `${MANIFESTS}/${component}.yaml`);
}

test('without kube-scheduler.yaml nothing is scheduled, while what runs goes on; moved back, it resumes', () => {
  const bed = new Testbed();
  bed.kubectl('run', 'before', '--image=nginx:1.29');
  bed.untilReady('before');
  moveAside(bed, 'kube-scheduler');
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.pass(120);
  expect(bed.pod('web').status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  expect(bed.eventsOf('web')).toEqual([]);
  expect(bed.podView('before')?.ready).toBe(true);
  moveBack(bed, 'kube-scheduler');
  bed.untilReady('web', 90);
  expect(bed.kubectl('get', 'pods', '-n', 'kube-system')).toMatch(/kube-scheduler-control-plane +1\/1 +Running/);
});

test('without kube-controller-manager.yaml a Deployment makes no Pods; moved back, it does', () => {
  const bed = new Testbed();
  moveAside(bed, 'kube-controller-manager');
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=2');
  bed.pass(60);
  expect(bed.kubectl('get', 'deployment', 'web')).toMatch(/web +0\/2 +0 +0 /);
  expect(bed.list('replicasets')).toEqual([]);
  moveBack(bed, 'kube-controller-manager');
  bed.until('two are ready', () => bed.podViews().filter(({ ready }) => ready).length === 2, 90);
});

test('a killed kube-apiserver refuses connections, comes back, and has forgotten nothing', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=2');
  bed.until('two are ready', () => bed.podViews().filter(({ ready }) => ready).length === 2);
  const before = bed.list<Pod>('pods').map(({ metadata }) => metadata.uid);
  bed.killProcess('control-plane', 'kube-apiserver');
  const refused = bed.kubectlAnyway('get', 'pods');
  expect(refused).toEqual({ exitCode: 1, stdout: '', stderr: REFUSED });
  bed.until('it serves again', () => bed.cluster.ready(), 60);
  const pods = bed.list<Pod>('pods');
  expect(pods.map(({ metadata }) => metadata.uid)).toEqual(before);
  expect(pods.map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual([0, 0]);
  expect(bed.kubectl('get', 'pods', '-n', 'kube-system')).toMatch(/kube-apiserver-control-plane +1\/1 +Running +1 /);
  bed.kubectl('scale', 'deployment', 'web', '--replicas=3');
  bed.until('three are ready', () => bed.podViews().filter(({ ready }) => ready).length === 3);
});

test('whoever cannot renew its Lease for ten seconds ends and begins anew, so that work goes on when the API server is back', () => {
  const bed = new Testbed();
  bed.moveFile('control-plane', `${MANIFESTS}/kube-apiserver.yaml`, '/root/kube-apiserver.yaml');
  bed.pass(60);
  moveBack(bed, 'kube-apiserver');
  bed.until('the API server answers', () => bed.cluster.ready(), 60);
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29');
  bed.until('its Pod is ready', () => bed.podViews().some(({ ready }) => ready), 60);
  const pods = bed.kubectl('get', 'pods', '-n', 'kube-system');
  expect(pods).toMatch(/kube-scheduler-control-plane +1\/1 +Running +1 /);
  expect(pods).toMatch(/kube-controller-manager-control-plane +1\/1 +Running +1 /);
  expect(bed.kubectl('logs', '-n', 'kube-system', 'kube-scheduler-control-plane', '--previous')).toMatch(
    /I.{24,32}leaderelection.go:\d+\] "Failed to renew lease" lock="kube-system\/kube-scheduler" .*\nE.*"Leaderelection lost"\n$/,
  );
});

test('what waits for an answer while kube-apiserver is killed is told that the connection broke', () => {
  const bed = new Testbed();
  bed.run('node-1', 'sh', '-c', 'sleep 100 | nc -l -p 8443 >/dev/null &');
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  bed.apply(
    JSON.stringify({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'silent' },
      webhooks: [
        {
          name: 'silent.example.com',
          clientConfig: { url: 'https://10.0.0.11:8443/' },
          rules: [rule],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          timeoutSeconds: 20,
        },
      ],
    }),
  );
  const terminal = bed.openTerminal();
  const said = terminal.line('kubectl create configmap late', 5);
  expect(said).toBe('kubectl create configmap late\n');
  const mark = terminal.shown.length;
  bed.killProcess('control-plane', 'kube-apiserver');
  bed.pass(1);
  expect(terminal.since(mark)).toMatch(
    /^error: failed to create configmap: Post "https:\/\/10\.0\.0\.10:6443\/api\/v1\/namespaces\/default\/configmaps\?[^"]*": EOF\n/,
  );
});

test('a killed etcd comes back with everything it has stored', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'configmap', 'kept', '--from-literal=key=value');
  bed.killProcess('control-plane', 'etcd');
  bed.pass(60);
  expect(bed.kubectl('get', 'configmap', 'kept', '-o', 'jsonpath={.data.key}')).toBe('value');
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.untilReady('web', 90);
  expect(bed.kubectl('get', 'pods', '-n', 'kube-system')).toMatch(/etcd-control-plane +1\/1 +Running +1 /);
});

test('a killed kubelet is started again by the supervisor; its containers never notice', () => {
  const bed = new Testbed();
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.untilReady('web');
  const pid = bed.podView('web')?.containers[1]?.pid;
  const node = bed.nodeOf('web')!;
  bed.killProcess(node, 'kubelet');
  bed.pass(30);
  expect(bed.podView('web')?.containers[1]).toMatchObject({ pid, restarts: 0, ready: true });
  expect(bed.run(node, 'sh', '-c', 'ps | grep -c [k]ubelet').stdout).toBe('1\n');
  bed.killContainer('web', 'web');
  bed.pass(5);
  expect(bed.podView('web')?.containers[1]).toMatchObject({ restarts: 1, state: 'running' });
});

test('a node without power becomes NotReady, is tainted, and its Pods are replaced elsewhere after five minutes', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=2');
  bed.until('two are ready', () => bed.podViews().filter(({ ready }) => ready).length === 2);
  const lost = bed.podViews().find(({ name }) => bed.nodeOf(name) === 'node-1')!.name;
  bed.power('node-1', 'off');
  bed.pass(60);
  expect(bed.kubectl('get', 'nodes')).toMatch(/node-1 +NotReady /);
  const node = bed.get<{ spec: object; status: { conditions: readonly object[] } }>('node', 'node-1');
  expect(node.spec).toMatchObject({
    taints: expect.arrayContaining([
      expect.objectContaining({ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }),
      expect.objectContaining({ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }),
    ]),
  });
  expect(node.status.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    }),
  );
  bed.pass(200);
  expect(bed.podViews()).toHaveLength(2);
  bed.pass(120);
  expect(bed.eventsOf(lost).join()).toContain('TaintManagerEviction: Marking for deletion Pod default/');
  expect(bed.kubectl('get', 'pod', lost)).toMatch(/Terminating/);
  expect(bed.podViews().filter(({ name, ready }) => ready && bed.nodeOf(name) === 'node-2')).toHaveLength(2);

  bed.power('node-1', 'on');
  bed.until('node-1 is Ready', () => bed.cluster.ready(), 120);
  bed.until('the lost Pod is gone', () => bed.podView(lost) === undefined, 60);
  bed.pass(5);
  expect(bed.get<{ spec: { taints?: unknown } }>('node', 'node-1').spec.taints).toBeUndefined();
  expect(bed.podViews()).toHaveLength(2);
});

test('tolerationSeconds shortens the wait, and a machine that comes back in time keeps its Pod', () => {
  const bed = new Testbed();
  const tolerations =
    '  tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 20}]\n';
  bed.apply(
    scriptPod('brief', 'sleep 100000').replace('spec:\n', `spec:\n  nodeName: node-1\n${tolerations}`) +
      '---\n' +
      scriptPod('patient', 'sleep 100000').replace('spec:\n', 'spec:\n  nodeName: node-1\n'),
  );
  bed.untilReady('patient');
  bed.power('node-1', 'off');
  bed.pass(90);
  expect(bed.pod('brief').metadata.deletionTimestamp).toBeDefined();
  expect(bed.pod('patient').metadata.deletionTimestamp).toBeUndefined();
  bed.power('node-1', 'on');
  bed.until('all is well', () => bed.cluster.ready() && bed.podView('patient')?.ready === true, 120);
  // Its processes were gone with the power: a new sandbox, not a new Pod.
  expect(bed.podView('patient')?.containers[1]?.restarts).toBe(1);
  expect(bed.podView('brief')).toBeUndefined();
});
