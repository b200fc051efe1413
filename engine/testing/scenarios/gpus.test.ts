import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Machines with GPUs, NVIDIA's device plugin, and Pods that want some.
// https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/

const VECTOR_ADD = 'nvcr.io/nvidia/k8s/cuda-sample:vectoradd-cuda12.5.0';
const LEARNING = 'ghcr.io/drydock/learning:1.0';
const CUDA = 'docker.io/nvidia/cuda:13.0.1-base-ubuntu24.04';

function pod(name: string, gpus: number, image: string, command: string, more = ''): string {
  const resources = gpus === 0 ? '{}' : `{limits: {nvidia.com/gpu: ${gpus}}}`;
  return `kubectl apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  ${more}
  containers:
  - {name: main, image: '${image}', command: [${command}], resources: ${resources}}
END
`;
}

const wait = 'sleep, "100000"';

function gpuBed(gpus: readonly number[] = [2, 1]): Testbed {
  const bed = new Testbed({ workers: gpus.map((count) => ({ gpus: count, memory: '4Gi' })) });
  bed.until('the plugins have registered', () => allocatable(bed).join() === gpus.join(), 120);
  return bed;
}

/** Of the workers, in order. */
function allocatable(bed: Testbed): readonly string[] {
  const path = "{range .items[*]}{.status.allocatable.nvidia\\.com/gpu}{'\\n'}{end}".replaceAll("'", '"');
  const out = bed.sh(`kubectl get nodes -l nvidia.com/gpu.present=true --sort-by=.metadata.name -o jsonpath='${path}'`);
  return out.stdout.trim().split('\n');
}

function phase(bed: Testbed, name: string): string {
  return bed.sh(`kubectl get pod ${name} -o jsonpath='{.status.phase}'`).stdout;
}

function nodeOf(bed: Testbed, name: string): string {
  return bed.sh(`kubectl get pod ${name} -o jsonpath='{.spec.nodeName}'`).stdout;
}

test('Pods are placed as their GPUs allow, and what does not fit waits with a reason', () => {
  const bed = gpuBed();
  bed.sh(pod('two', 2, CUDA, wait));
  bed.sh(pod('one', 1, CUDA, wait));
  bed.sh(pod('other', 1, CUDA, wait));
  bed.until('two run', () => phase(bed, 'two') === 'Running' && phase(bed, 'one') === 'Running', 120);
  expect(nodeOf(bed, 'two')).toBe('node-1');
  expect(nodeOf(bed, 'one')).toBe('node-2');
  expect(phase(bed, 'other')).toBe('Pending');
  expect(bed.sh('kubectl describe pod other').stdout).toContain(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient nvidia.com/gpu.',
  );
  expect(bed.sh('kubectl exec two -- nvidia-smi -L').stdout.trim().split('\n')).toHaveLength(2);
  bed.sh('kubectl delete pod one --grace-period=1');
  bed.until('the third runs', () => phase(bed, 'other') === 'Running', 60);
});

test('the CUDA sample passes with a GPU and fails without; without a request nothing of a GPU is there', () => {
  const bed = gpuBed([1]);
  bed.sh(pod('passes', 1, VECTOR_ADD, '/cuda-samples/vectorAdd'));
  bed.sh(pod('fails', 0, VECTOR_ADD, '/cuda-samples/vectorAdd'));
  bed.until('both have ended', () => phase(bed, 'passes') === 'Succeeded' && phase(bed, 'fails') === 'Failed', 120);
  expect(bed.sh('kubectl logs passes').stdout).toContain('Test PASSED');
  expect(bed.sh('kubectl logs fails').stdout).not.toContain('PASSED');
  bed.sh(`kubectl apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: plain}
spec:
  volumes: [{name: dev, hostPath: {path: /dev}}]
  containers:
  - {name: main, image: '${CUDA}', command: [${wait}], volumeMounts: [{name: dev, mountPath: /host}]}
END
`);
  bed.until('it runs', () => phase(bed, 'plain') === 'Running', 60);
  expect(bed.sh('kubectl exec plain -- ls /dev').stdout).not.toContain('nvidia');
  // To see the machine's own device nodes does not help: the control group forbids their use.
  expect(bed.sh('kubectl exec plain -- ls /host').stdout).toContain('nvidia0');
  expect(bed.sh('kubectl exec plain -- cat /host/nvidia0').stderr).toContain('Operation not permitted');
});

test('nvidia-smi tells of the machine, of memory and of those who use it', () => {
  const bed = gpuBed();
  bed.sh(pod('server', 1, LEARNING, 'serve', 'nodeSelector: {kubernetes.io/hostname: node-1}'));
  bed.until('it serves', () => bed.sh('kubectl logs server').stdout.includes('serving'), 120);
  const query = 'nvidia-smi --query-gpu=index,name,memory.used,memory.total --format=csv,noheader,nounits';
  expect(bed.run('node-1', 'bash', '-c', query).stdout).toBe('0, Tesla T4, 6144, 15360\n1, Tesla T4, 0, 15360\n');
  const table = bed.run('node-1', 'nvidia-smi').stdout.trimEnd().split('\n');
  expect(
    new Set(
      table
        .slice(1)
        .filter((line) => line !== '')
        .map((line) => line.length),
    ),
  ).toEqual(new Set([91]));
  expect(table.join('\n')).toMatch(/\|\s+0\s+N\/A\s+N\/A\s+\d+\s+C\s+serve\s+6144MiB \|/);
  expect(bed.run('node-1', 'nvidia-smi', '-q').stdout).toContain(
    'Product Name                                   : Tesla T4',
  );
  expect(bed.run('node-1', 'nvidia-smi', '--query-gpu=colour', '--format=csv')).toMatchObject({ exitCode: 2 });
  expect(bed.run('node-1', 'lspci').stdout).toContain('01:00.0 3D controller: NVIDIA Corporation TU104GL [Tesla T4]');
  expect(bed.run('control-plane', 'bash', '-c', 'ls /dev/nvidia0; which nvidia-smi')).toMatchObject({ exitCode: 1 });
});

test('a GPU that fails leaves allocatable within a second, and is back when it was reset and the plugin restarted', () => {
  const bed = gpuBed([2]);
  bed.cluster.submit({ kind: 'fault', fault: { type: 'gpu-xid', host: 'node-1', gpu: 0, xid: 31 } });
  bed.pass(1);
  expect(allocatable(bed)).toEqual(['2']);
  bed.cluster.submit({ kind: 'fault', fault: { type: 'gpu-xid', host: 'node-1', gpu: 0, xid: 48 } });
  bed.pass(1);
  expect(allocatable(bed)).toEqual(['1']);
  expect(bed.run('node-1', 'dmesg').stdout).toContain('NVRM: Xid (PCI:0000:01:00): 48');
  expect(bed.sh('kubectl logs -n kube-system ds/nvidia-device-plugin-daemonset').stdout).toMatch(
    /XidCriticalError: Xid=48 on Device=GPU-.* marking device as unhealthy/,
  );
  expect(bed.run('node-1', 'nvidia-smi', '-r', '-i', '0').stdout).toContain('successfully reset');
  bed.sh('kubectl rollout restart -n kube-system ds/nvidia-device-plugin-daemonset');
  bed.until('it is back', () => allocatable(bed)[0] === '2', 120);
});

test('a GPU that is unplugged is gone from the machine, and its program fails', () => {
  const bed = gpuBed([1]);
  bed.sh(pod('job', 1, LEARNING, 'train, --epochs, "100"'));
  bed.until('it trains', () => bed.sh('kubectl logs job').stdout.includes('epoch 1/'), 120);
  bed.cluster.submit({ kind: 'fault', fault: { type: 'gpu-unplug', host: 'node-1', gpu: 0 } });
  bed.until('the job fails', () => phase(bed, 'job') === 'Failed', 30);
  expect(bed.sh('kubectl logs job').stdout).toContain('RuntimeError: CUDA error: unspecified launch failure');
  expect(bed.run('node-1', 'nvidia-smi')).toMatchObject({ exitCode: 6, stdout: 'No devices were found\n' });
  expect(allocatable(bed)).toEqual(['0']);
});

test('a shared GPU counts as often as it is shared', () => {
  const bed = gpuBed([1]);
  bed.sh(`kubectl create -n kube-system configmap plugin --from-literal=config.yaml='version: v1
sharing:
  timeSlicing:
    resources: [{name: nvidia.com/gpu, replicas: 3}]
'
kubectl patch -n kube-system ds nvidia-device-plugin-daemonset -p '{"spec": {"template": {"spec": {
  "volumes": [{"name": "config", "configMap": {"name": "plugin"}}],
  "containers": [{"name": "nvidia-device-plugin-ctr", "env": [{"name": "CONFIG_FILE", "value": "/config/config.yaml"}],
    "volumeMounts": [{"name": "config", "mountPath": "/config"}]}]}}}}'`);
  bed.until('there are three', () => allocatable(bed)[0] === '3', 120);
  for (const name of ['a', 'b', 'c']) bed.sh(pod(name, 1, CUDA, wait));
  bed.until('all run', () => ['a', 'b', 'c'].every((name) => phase(bed, name) === 'Running'), 120);
  const uuids = ['a', 'b', 'c'].map((name) => bed.sh(`kubectl exec ${name} -- nvidia-smi -L`).stdout);
  expect(new Set(uuids).size).toBe(1);
});

test('with the runtime class nvidia the environment says which GPUs are seen', () => {
  const bed = gpuBed([2]);
  const more = 'runtimeClassName: nvidia';
  bed.sh(pod('all', 0, CUDA, wait, more));
  bed.until('it runs', () => phase(bed, 'all') === 'Running', 120);
  expect(bed.sh('kubectl exec all -- nvidia-smi -L').stdout.trim().split('\n')).toHaveLength(2);
  const bare = new Testbed({ workers: [{}], nvidiaDevicePlugin: true });
  bare.sh(pod('stuck', 0, CUDA, wait, more));
  const events = () => bare.sh('kubectl describe pod stuck').stdout;
  bare.until('it cannot run', () => events().includes('FailedCreatePodSandBox'), 60);
  expect(events()).toContain('failed to get sandbox runtime: no runtime for "nvidia" is configured');
});

test('a node that wants devices from one socket refuses Pods whose devices are not together', () => {
  const bed = gpuBed([4]);
  bed.run(
    'node-1',
    'bash',
    '-c',
    'echo topologyManagerPolicy: single-numa-node >>/var/lib/kubelet/config.yaml; pkill kubelet',
  );
  bed.until('the kubelet is back', () => allocatable(bed)[0] === '0', 30);
  bed.until('the plugin too', () => allocatable(bed)[0] === '4', 30);
  bed.sh(pod('three', 3, CUDA, wait));
  bed.until('it is refused', () => phase(bed, 'three') === 'Failed', 30);
  expect(bed.sh('kubectl get pod three').stdout).toContain('TopologyAffinityError');
  expect(bed.sh('kubectl describe pod three').stdout).toContain('Resources cannot be allocated with Topology locality');
  bed.sh(pod('one', 1, CUDA, wait));
  bed.sh(pod('two', 2, CUDA, wait));
  bed.until('both run', () => phase(bed, 'one') === 'Running' && phase(bed, 'two') === 'Running', 120);
  const nodes = bed.run('node-1', 'bash', '-c', 'cat /sys/bus/pci/devices/*/numa_node').stdout.trim().split('\n');
  expect(nodes).toEqual(['0', '0', '1', '1']);
  const indices = [...bed.sh('kubectl exec two -- ls /dev').stdout.matchAll(/nvidia(\d)/g)].map(([, index]) => index);
  expect(indices).toEqual(['2', '3']);
});

test('the plugin finds a kubelet that has started again, and a machine that has', () => {
  const bed = gpuBed([2]);
  bed.sh(pod('job', 1, CUDA, wait));
  bed.until('it runs', () => phase(bed, 'job') === 'Running', 120);
  bed.run('node-1', 'pkill', 'kubelet');
  bed.pass(15);
  expect(allocatable(bed)).toEqual(['2']);
  expect(phase(bed, 'job')).toBe('Running');
  expect(bed.sh('kubectl logs -n kube-system ds/nvidia-device-plugin-daemonset').stdout).toContain(
    'inotify: /var/lib/kubelet/device-plugins/kubelet.sock created, restarting.',
  );
  bed.sh(pod('more', 1, CUDA, wait));
  bed.until('it has the other one', () => phase(bed, 'more') === 'Running', 60);
  const uuid = (name: string) => bed.sh(`kubectl exec ${name} -- nvidia-smi -L`).stdout;
  expect(uuid('more')).not.toBe(uuid('job'));
  bed.cluster.submit({ kind: 'fault', fault: { type: 'power-off', host: 'node-1' } });
  bed.pass(5);
  bed.cluster.submit({ kind: 'fault', fault: { type: 'power-on', host: 'node-1' } });
  bed.until('Pods that came before their devices have failed', () => phase(bed, 'job') === 'Failed', 60);
  bed.until('the devices are back', () => allocatable(bed)[0] === '2', 60);
  bed.sh(pod('after', 2, CUDA, wait));
  bed.until('they can be had', () => phase(bed, 'after') === 'Running', 60);
});
