import { createCluster, restoreCluster } from '../index.ts';

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: nginx:1.29
      - name: ticker
        image: busybox:1.37
        command: [sh, -c, 'while true; do date; sleep 1; done']
`;

/** What a run and its replay came to. */
export interface RunSummary {
  readonly hash: string;
  readonly steps: number;
  readonly replayedHash: string;
  readonly pods: string;
}

/**
 * A minute of a cluster's life with a learner at the keyboard and a fault, and the same again from its journal. The
 * figures must be the same on every machine that runs JavaScript.
 */
export function recordedRun(): RunSummary {
  const cluster = createCluster({ seed: 'recorded', files: { 'web.yaml': MANIFEST } });
  const type = (text: string): void => {
    cluster.submit({ kind: 'terminal.input', terminal: 'one', text });
    cluster.sim.runFor(4000);
  };
  cluster.submit({ kind: 'terminal.open', terminal: 'one', columns: 80, rows: 24 });
  type('kubectl apply -f web.yaml\r');
  type('for i in 1 2 3; do echo $RANDOM $((i * 7)) | tee -a notes; done; sort notes\r');
  cluster.sim.runFor(10_000);
  cluster.submit({ kind: 'fault', fault: { type: 'kill-process', host: 'node-1', process: 'kubelet' } });
  type('kubectl scale deployment web --replicas=5\r');
  cluster.sim.runFor(30_000);
  const { hash } = cluster.sim.trace;
  const replayed = restoreCluster(cluster.options, cluster.journal);
  replayed.sim.runFor(cluster.sim.nowMs - replayed.sim.nowMs);
  const pods = cluster.run('workstation', ['kubectl', 'get', 'pods', '-o', 'wide'], 10_000)?.stdout ?? '';
  return { hash, steps: cluster.sim.steps, replayedHash: replayed.sim.trace.hash, pods };
}
