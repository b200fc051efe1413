import { createCluster } from '../index.ts';

// The pause process holds a Pod's address. Kill it, and the Pod gets a new sandbox and a new address:
// `node engine/examples/02-pause-process.ts`

const cluster = createCluster({ seed: 'example' });
const podAddress = () =>
  cluster
    .view()
    .nodes.flatMap(({ pods }) => pods)
    .find(({ name }) => name === 'web')?.ip;

cluster.run('workstation', ['kubectl', 'run', 'web', '--image=nginx:1.29'], 60_000);
cluster.sim.runUntil(() => podAddress() !== undefined, 60_000);
cluster.sim.runFor(5000);
console.log(`web has ${podAddress()}`);

cluster.submit({
  kind: 'fault',
  fault: { type: 'kill-container', namespace: 'default', pod: 'web', container: 'pause' },
});
cluster.sim.runFor(15_000);
console.log(`after its pause process was killed, web has ${podAddress()}`);
console.log(cluster.run('workstation', ['kubectl', 'get', 'events'], 60_000)?.stdout);
