import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What a rolling update costs those who ask a Service meanwhile:
// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination

/** @param careful waits before it ends until nobody sends it anything new, and is not ready before it serves */
function web(careful: boolean): string {
  const lifecycle = careful ? '        lifecycle: {preStop: {sleep: {seconds: 5}}}\n' : '';
  const readiness = careful ? '        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}\n' : '';
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 10
      containers:
      - name: nginx
        image: nginx:1.29
        command: [sh, -c, "sleep 2; exec nginx -g 'daemon off;'"]
${lifecycle}${readiness}---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: load}
spec:
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, "while true; do wget -T 1 -qO /dev/null http://web && echo ok || echo lost; usleep 20000; done"]
`;
}

/** How many requests were answered and lost while every Pod was replaced. */
function rollOut(careful: boolean): { readonly answered: number; readonly lost: number } {
  const bed = new Testbed();
  bed.apply(web(careful));
  bed.until('all run', () => bed.podViews().length === 4 && bed.podViews().every(({ ready }) => ready), 90);
  bed.pass(5);
  const before = bed.kubectl('logs', 'load').length;
  bed.kubectl('rollout', 'restart', 'deployment/web');
  bed.kubectl('rollout', 'status', 'deployment/web');
  bed.pass(15);
  const lines = bed.kubectl('logs', 'load').slice(before).split('\n');
  const count = (word: string) => lines.filter((line) => line === word).length;
  return { answered: count('ok'), lost: count('lost') };
}

test('a rolling update loses no request when Pods say when they are ready and linger before they end', () => {
  const { answered, lost } = rollOut(true);
  expect(lost).toBe(0);
  expect(answered).toBeGreaterThan(100);
});

test('it loses some when they do not', () => {
  const { answered, lost } = rollOut(false);
  expect(lost).toBeGreaterThan(0);
  expect(answered).toBeGreaterThan(100);
});
