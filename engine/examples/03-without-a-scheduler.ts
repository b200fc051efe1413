import { createCluster } from '../index.ts';

// The scheduler is a static Pod. Move its manifest away and new Pods stay Pending; move it back and they are placed:
// `node engine/examples/03-without-a-scheduler.ts`

const MANIFEST = '/etc/kubernetes/manifests/kube-scheduler.yaml';
const ASIDE = '/root/kube-scheduler.yaml';

const cluster = createCluster({ seed: 'example' });
const getPods = () => console.log(cluster.run('workstation', ['kubectl', 'get', 'pods', '-A'], 60_000)?.stdout);

cluster.submit({ kind: 'fault', fault: { type: 'move-file', host: 'control-plane', from: MANIFEST, to: ASIDE } });
cluster.sim.runFor(40_000);
cluster.run('workstation', ['kubectl', 'run', 'web', '--image=nginx:1.29'], 60_000);
cluster.sim.runFor(20_000);
getPods();

cluster.submit({ kind: 'fault', fault: { type: 'move-file', host: 'control-plane', from: ASIDE, to: MANIFEST } });
cluster.sim.runFor(60_000);
getPods();
