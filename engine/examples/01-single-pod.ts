import { createCluster, HOME } from '../index.ts';

// A Pod that counts down, watched in virtual time: `node engine/examples/01-single-pod.ts`

const COUNTDOWN = `apiVersion: v1
kind: Pod
metadata:
  name: countdown
spec:
  restartPolicy: Never
  containers:
  - name: countdown
    image: busybox:1.37
    command: ["sh", "-c", "for i in 9 8 7 6 5 4 3 2 1; do echo $i; sleep 2; done"]
`;

const cluster = createCluster({ seed: 'example', files: { 'countdown.yaml': COUNTDOWN } });
const kubectl = (...args: string[]) => {
  const outcome = cluster.run('workstation', ['kubectl', ...args], 60_000);
  console.log(`$ kubectl ${args.join(' ')}\n${outcome?.stdout ?? ''}${outcome?.stderr ?? ''}`);
};

kubectl('get', 'nodes');
kubectl('apply', '-f', `${HOME}/countdown.yaml`);
cluster.sim.runFor(10_000);
kubectl('logs', 'countdown', '--timestamps');
cluster.sim.runFor(15_000);
kubectl('get', 'pod', 'countdown', '-o', 'wide');
kubectl('describe', 'pod', 'countdown');
