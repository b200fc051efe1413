import { createCluster } from '../index.ts';

// How a container comes to its GPU: the Pod asks, the scheduler picks, the kubelet asks the plugin, the runtime is told,
// and the container sees it; each step with its message. `node engine/examples/07-device-allocation.ts`

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: trainer
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: ghcr.io/drydock/learning:1.0
    command: [sh, -c, "nvidia-smi -L; ls /dev/nvidia*; train --epochs 1"]
    resources:
      limits:
        nvidia.com/gpu: 1
`;

const cluster = createCluster({ seed: 'example', workers: [{ name: 'plain-1' }, { name: 'gpu-1', gpus: 2 }] });
const { trace } = cluster.sim;
cluster.submit({ kind: 'file.write', path: 'trainer.yaml', text: POD });
const begin = trace.entries.length;
cluster.run('workstation', ['kubectl', 'apply', '-f', 'trainer.yaml'], 60_000);
cluster.sim.runFor(30_000);

const entries = trace.entries.slice(begin);
const writes = entries.filter(
  ({ kind, subject }) => kind === 'etcd.put' && subject === '/registry/pods/default/trainer',
);
const binding = writes.find(({ activity }) => activity?.component.includes('scheduler'));
for (const entry of entries) {
  const { timeMs, kind, subject, detail } = entry;
  const at = `${(timeMs / 1000).toFixed(4)} s `;
  if (entry === writes[0]) console.log(`${at} the Pod asks for nvidia.com/gpu: 1`);
  else if (entry === binding) {
    for (const { node, refusedBy, reasons } of cluster.explainScheduling('trainer')?.nodes ?? []) {
      console.log(`${at} the scheduler: ${node}: ${refusedBy === undefined ? 'fits' : reasons?.join(', ')}`);
    }
    console.log(`${at} the Pod is bound to ${cluster.explainScheduling('trainer')?.node}`);
  } else if (subject.startsWith('v1beta1.') || kind === 'cri.call') {
    console.log(`${at} ${kind}  ${subject}\n            ${detail}`);
  } else if (kind === 'container.start' && subject.startsWith('gpu-1:')) {
    console.log(`${at} the container starts: ${detail}`);
  }
}
console.log('What the container sees:');
console.log(cluster.run('workstation', ['kubectl', 'logs', 'trainer'], 60_000)?.stdout);
