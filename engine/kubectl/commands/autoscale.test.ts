import { expect, test } from 'vitest';
import { DEPLOYMENT } from '../testing/manifests.ts';
import { Workstation } from '../testing/workstation.ts';

function withDeployment(): Workstation {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: DEPLOYMENT });
  return workstation;
}

test('autoscale generates a HorizontalPodAutoscaler', () => {
  const line = 'autoscale deploy web --min=2 --max=5 --cpu=80% --memory=1Gi --dry-run=client -o yaml';
  expect(withDeployment().run(line).stdout).toBe(`apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  maxReplicas: 5
  metrics:
  - resource:
      name: cpu
      target:
        averageUtilization: 80
        type: Utilization
    type: Resource
  - resource:
      name: memory
      target:
        averageValue: 1Gi
        type: AverageValue
    type: Resource
  minReplicas: 2
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
status:
  currentMetrics: null
  desiredReplicas: 0
`);
});

test('autoscale creates it', () => {
  const workstation = withDeployment();
  expect(workstation.run('autoscale deploy web --max=3 --cpu=50%').stdout).toBe(
    'horizontalpodautoscaler.autoscaling/web autoscaled\n',
  );
  expect(workstation.run('get hpa web -o jsonpath={.spec.maxReplicas}').stdout).toBe('3');
});

const FAILURES: readonly (readonly [string, string])[] = [
  ['autoscale deploy web', 'error: required flag(s) "max" not set\n'],
  ['autoscale deploy web --max=0', 'error: --max=MAXPODS is required and must be at least 1, max: 0\n'],
  [
    'autoscale deploy web --min=6 --max=5',
    'error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 5, min: 6\n',
  ],
  ['autoscale deploy web --max=4 --cpu=x%', 'error: invalid percentage value: x\n'],
  ['autoscale deploy nope --max=1', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
];

for (const [line, stderr] of FAILURES) {
  test(`failure: kubectl ${line}`, () => {
    expect(withDeployment().run(line)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
}
