import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Devices by ResourceClaims: NVIDIA's DRA driver, from its installation to what a container sees of its GPU.
// https://kubernetes.io/docs/tasks/configure-pod-container/assign-resources/allocate-devices-dra/

const CUDA = 'docker.io/nvidia/cuda:13.0.1-base-ubuntu24.04';
const INSTALL =
  'helm repo add drydock https://charts.drydock.example && helm install nvidia-dra-driver-gpu drydock/nvidia-dra-driver-gpu ' +
  '--create-namespace --namespace nvidia-dra-driver-gpu --set gpuResourcesEnabledOverride=true';

function apply(bed: Testbed, text: string): string {
  const { stdout, stderr } = bed.sh(`kubectl apply -f - <<'END'\n${text}\nEND\n`);
  return stdout + stderr;
}

function get(bed: Testbed, what: string, path: string): string {
  return bed.sh(`kubectl get ${what} -o jsonpath='{${path}}'`).stdout;
}

const phase = (bed: Testbed, pod: string) => get(bed, `pod ${pod}`, '.status.phase');
const events = (bed: Testbed, pod: string, reason: string) =>
  bed.sh(
    `kubectl get events --field-selector involvedObject.name=${pod},reason=${reason} -o jsonpath='{.items[*].message}'`,
  ).stdout;

/** A cluster whose workers have so many GPUs, with the driver. */
function draBed(gpus: readonly number[] = [2, 1]): Testbed {
  const bed = new Testbed({
    workers: gpus.map((count) => ({ gpus: count, memory: '4Gi' })),
    nvidiaDevicePlugin: false,
  });
  const { stdout, stderr } = bed.sh(INSTALL);
  expect(stderr).toBe('');
  expect(stdout).toContain('STATUS: deployed');
  const slices = () => bed.sh('kubectl get resourceslices -o name').stdout.trim().split('\n').filter(Boolean);
  bed.until('the drivers have published their devices', () => slices().length === gpus.length, 120);
  return bed;
}

function claimed(name: string, claims: string, more = ''): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  ${more}
  resourceClaims: [{name: gpu, ${claims}}]
  containers:
  - name: main
    image: '${CUDA}'
    command: [sleep, "100000"]
    resources: {claims: [{name: gpu}]}`;
}

const TEMPLATE = `apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: one-gpu}
spec:
  spec:
    devices:
      requests: [{name: gpu, exactly: {deviceClassName: gpu.nvidia.com}}]`;

test('Pods get GPUs of their own by a template, wait when there is none, and give them back', () => {
  const bed = draBed();
  apply(bed, TEMPLATE);
  for (const name of ['a', 'b', 'c', 'd']) apply(bed, claimed(name, 'resourceClaimTemplateName: one-gpu'));
  bed.until('three run', () => ['a', 'b', 'c'].every((name) => phase(bed, name) === 'Running'), 120);
  expect(phase(bed, 'd')).toBe('Pending');
  expect(events(bed, 'd', 'FailedScheduling')).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 cannot allocate all claims. still not schedulable, ' +
      'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
  const shown = ['a', 'b', 'c'].map((name) => bed.sh(`kubectl exec ${name} -- nvidia-smi -L`).stdout.trim());
  expect(new Set(shown).size).toBe(3);
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    const claim = get(bed, `pod ${name}`, '.status.resourceClaimStatuses[0].resourceClaimName');
    const [device, pool] = get(
      bed,
      `resourceclaim ${claim}`,
      '.status.allocation.devices.results[0].device} {.status.allocation.devices.results[0].pool',
    ).split(' ');
    const path = `.items[?(@.spec.nodeName=="${pool}")].spec.devices[?(@.name=="${device}")].attributes.uuid.string`;
    expect(shown[index]).toContain(get(bed, 'resourceslices', path));
    expect(shown[index]!.split('\n')).toHaveLength(1);
  }
  expect(bed.sh('kubectl get resourceclaims').stdout.match(/allocated,reserved/g)).toHaveLength(3);
  bed.sh('kubectl delete pod b --grace-period=1');
  bed.until('the fourth runs', () => phase(bed, 'd') === 'Running', 60);
  expect(bed.sh('kubectl get resourceclaims -o name').stdout.trim().split('\n')).toHaveLength(3);
});

test('a claim is shared by Pods, which all go where its devices are', () => {
  const bed = draBed();
  apply(bed, claimed('one', 'resourceClaimName: shared'));
  bed.pass(3);
  expect(phase(bed, 'one')).toBe('Pending');
  expect(get(bed, 'pod one', '.status.conditions')).toBe('');
  apply(
    bed,
    `apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: shared}
spec:
  devices:
    requests: [{name: gpu, exactly: {deviceClassName: gpu.nvidia.com}}]`,
  );
  apply(bed, claimed('two', 'resourceClaimName: shared'));
  bed.until('both run', () => phase(bed, 'one') === 'Running' && phase(bed, 'two') === 'Running', 120);
  const of = (name: string) => bed.sh(`kubectl exec ${name} -- nvidia-smi -L`).stdout;
  expect(of('one')).toBe(of('two'));
  expect(of('one')).toMatch(/^GPU 0: Tesla T4 \(UUID: GPU-/);
  expect(get(bed, 'resourceclaim shared', '.status.reservedFor[*].name')).toBe('one two');
  bed.sh('kubectl delete resourceclaim shared --wait=false');
  expect(bed.sh('kubectl get resourceclaim shared').stdout).toContain('deleted,allocated,reserved');
  bed.sh('kubectl delete pod one two --grace-period=1');
  bed.until('it is gone', () => bed.sh('kubectl get resourceclaims -o name').stdout === '', 60);
});

test('what has been prepared outlives kubelets and drivers; without its driver a Pod waits with a reason', () => {
  const bed = draBed([2]);
  apply(bed, TEMPLATE);
  apply(bed, claimed('first', 'resourceClaimTemplateName: one-gpu'));
  bed.until('it runs', () => phase(bed, 'first') === 'Running', 120);
  const before = bed.sh('kubectl exec first -- nvidia-smi -L').stdout;
  bed.pass(2);
  bed.run('node-1', 'systemctl', 'restart', 'kubelet');
  bed.pass(10);
  expect(bed.sh('kubectl exec first -- nvidia-smi -L').stdout).toBe(before);
  bed.sh('kubectl -n nvidia-dra-driver-gpu delete pod -l nvidia-dra-driver-gpu-component=kubelet-plugin');
  bed.pass(15);
  expect(bed.sh('kubectl get resourceslices -o name').stdout).not.toBe('');
  bed.sh(
    'kubectl -n nvidia-dra-driver-gpu patch daemonset nvidia-dra-driver-gpu-kubelet-plugin ' +
      `-p '{"spec":{"template":{"spec":{"nodeSelector":{"no":"node"}}}}}'`,
  );
  bed.pass(5);
  apply(bed, claimed('second', 'resourceClaimTemplateName: one-gpu'));
  bed.until('it is told', () => events(bed, 'second', 'FailedPrepareDynamicResources') !== '', 60);
  expect(events(bed, 'second', 'FailedPrepareDynamicResources')).toBe(
    'Failed to prepare dynamic resources: prepare dynamic resources: DRA driver gpu.nvidia.com is not registered',
  );
  bed.until('nothing is offered', () => bed.sh('kubectl get resourceslices -o name').stdout === '', 60);
});

/** The page's manifests, with what its cluster administrator has set up: the class, and attributes of this driver. */
const PAGE = `apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: example-device-class}
spec:
  selectors: [{cel: {expression: device.driver == "gpu.nvidia.com"}}]
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: example-resource-claim-template}
spec:
  spec:
    devices:
      requests:
      - name: gpu-claim
        exactly:
          deviceClassName: example-device-class
          selectors:
          - cel:
              expression: |-
                device.attributes["gpu.nvidia.com"].type == "gpu" &&
                device.capacity["gpu.nvidia.com"].memory == quantity("15Gi")
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: example-resource-claim}
spec:
  devices:
    requests:
    - name: single-gpu-claim
      exactly:
        deviceClassName: example-device-class
        allocationMode: All
        selectors:
        - cel:
            expression: |-
              device.attributes["gpu.nvidia.com"].type == "gpu" &&
              device.attributes["gpu.nvidia.com"].pcieBusID == "0000:01:00.0"`;

const JOB = `apiVersion: batch/v1
kind: Job
metadata: {name: example-dra-job}
spec:
  completions: 4
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: container0, image: 'ubuntu:24.04', command: [sleep, "20"], resources: {claims: [{name: separate-gpu-claim}]}}
      - {name: container1, image: 'ubuntu:24.04', command: [sleep, "20"], resources: {claims: [{name: shared-gpu-claim}]}}
      - {name: container2, image: 'ubuntu:24.04', command: [sleep, "20"], resources: {claims: [{name: shared-gpu-claim}]}}
      resourceClaims:
      - {name: separate-gpu-claim, resourceClaimTemplateName: example-resource-claim-template}
      - {name: shared-gpu-claim, resourceClaimName: example-resource-claim}`;

test('the page "Allocate devices to workloads with DRA" can be followed', () => {
  const bed = draBed([3]);
  expect(apply(bed, PAGE)).toContain('resourceclaim.resource.k8s.io/example-resource-claim created');
  expect(bed.sh('kubectl get deviceclasses').stdout).toMatch(/^NAME +AGE\nexample-device-class +/);
  apply(bed, JOB);
  const running = () =>
    bed.sh('kubectl get pods --field-selector status.phase=Running -o name').stdout.trim().split('\n');
  bed.until('two run', () => running().length === 2 && running()[0] !== '', 120);
  const [one = '', two = ''] = running();
  const gpu = (pod: string, container: string) => bed.sh(`kubectl exec ${pod} -c ${container} -- nvidia-smi -L`).stdout;
  expect(gpu(one, 'container1')).toBe(gpu(two, 'container2'));
  expect(new Set([gpu(one, 'container0'), gpu(two, 'container0'), gpu(one, 'container1')]).size).toBe(3);
  expect(bed.sh('kubectl describe resourceclaim example-resource-claim').stdout).toContain('Reserved For:');
  bed.until('all are done', () => get(bed, 'job example-dra-job', '.status.succeeded') === '4', 180);
  expect(bed.sh('kubectl get resourceclaims').stdout).toMatch(/^NAME +STATE +AGE\nexample-resource-claim +pending +/);
  bed.sh('kubectl delete job example-dra-job');
  bed.sh('kubectl delete resourceclaimtemplate example-resource-claim-template');
  bed.sh('kubectl delete resourceclaim example-resource-claim');
  expect(bed.sh('kubectl get resourceclaims -o name').stdout).toBe('');
});
