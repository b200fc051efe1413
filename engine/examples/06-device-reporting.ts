import { createCluster } from '../index.ts';

// How the scheduler hears of GPUs: from the device plugin through the kubelet to the Node, each step with its message.
// `node engine/examples/06-device-reporting.ts`

const cluster = createCluster({ seed: 'example', workers: [{ name: 'gpu-1', gpus: 2 }] });
const run = (command: string) => cluster.run('workstation', ['bash', '-c', command], 60_000)?.stdout.trim() ?? '';
const { trace } = cluster.sim;

/** The messages of the plugin's protocol, and the Node as the kubelet writes it, from an entry of the history on. */
function tell(from: number): void {
  for (const { timeMs, kind, subject, detail, activity } of trace.entries.slice(from)) {
    const at = `${(timeMs / 1000).toFixed(4)} s`;
    if (subject.startsWith('v1beta1.')) console.log(`${at}  ${kind.padEnd(12)}  ${subject}\n            ${detail}`);
    else if (kind === 'etcd.put' && subject === '/registry/minions/gpu-1' && activity?.component === 'kubelet/gpu-1') {
      console.log(`${at}  ${kind.padEnd(12)}  the kubelet writes the status of the Node`);
    }
  }
}

const amounts = '{.status.capacity.nvidia\\.com/gpu} GPUs, {.status.allocatable.nvidia\\.com/gpu} of them to be had';
const tellNode = () => console.log(`The Node: ${run(`kubectl get node gpu-1 -o jsonpath='${amounts}'`)}\n`);

console.log('1. The plugin registers and says what it has.');
tell(trace.entries.findIndex(({ subject }) => subject === 'v1beta1.Registration/Register'));
tellNode();

console.log('2. A GPU fails.');
const before = trace.entries.length;
cluster.submit({ kind: 'fault', fault: { type: 'gpu-xid', host: 'gpu-1', gpu: 0, xid: 48 } });
cluster.sim.runFor(1000);
tell(before);
tellNode();

console.log('3. What the scheduler makes of it, for a Pod that wants two.');
const containers = '[{name: main, image: "nvidia/cuda:latest", resources: {limits: {nvidia.com/gpu: 2}}}]';
const text = `{apiVersion: v1, kind: Pod, metadata: {name: two}, spec: {containers: ${containers}}}\n`;
cluster.submit({ kind: 'file.write', path: 'two.yaml', text });
run('kubectl apply -f two.yaml');
cluster.sim.runFor(1000);
for (const { node, refusedBy, reasons } of cluster.explainScheduling('two')?.nodes ?? []) {
  console.log(`${node}: ${refusedBy === undefined ? 'it fits' : `${refusedBy}: ${reasons?.join(', ')}`}`);
}
