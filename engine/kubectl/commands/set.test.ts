import { expect, test } from 'vitest';
import { DEPLOYMENT, POD } from '../testing/manifests.ts';
import { Workstation } from '../testing/workstation.ts';

function withDeployment(): Workstation {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: DEPLOYMENT });
  return workstation;
}

const ENV = 'get deploy web -o jsonpath={.spec.template.spec.containers[0].env}';

test('set env adds, changes, lists and removes variables', () => {
  const workstation = withDeployment();
  expect(workstation.run('set env deploy/web A=b C=d').stdout).toBe('deployment.apps/web env updated\n');
  expect(workstation.run('set env deploy/web A=b')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  expect(workstation.run('set env deploy/web --list').stdout).toBe('# Deployment web, container nginx\nA=b\nC=d\n');
  expect(workstation.run('set env deploy/web A- C=e').stdout).toBe('deployment.apps/web env updated\n');
  expect(workstation.run(ENV).stdout).toBe('[{"name":"C","value":"e"}]');
  expect(workstation.run('set env deploy/web C=f --overwrite=false').stderr).toBe(
    "error: deployments/web 'C' already has a value (e), and --overwrite is false\n",
  );
  expect(workstation.run('set env deploy/web A=x -c nope')).toEqual({
    stdout: '',
    stderr: 'Warning: Deployment/web does not have any containers matching "nope"\n',
    exitCode: 0,
  });
});

test('set env from a ConfigMap', () => {
  const workstation = withDeployment();
  workstation.run('create configmap settings --from-literal=app.mode=test');
  expect(workstation.run('set env deploy/web --from=configmap/settings --prefix=P_')).toEqual({
    stdout: 'deployment.apps/web env updated\n',
    stderr: 'Warning: key app.mode transferred to APP_MODE\n',
    exitCode: 0,
  });
  expect(workstation.run('set env deploy/web --list').stdout).toBe(
    '# Deployment web, container nginx\n# P_APP_MODE from configmap settings, key app.mode\n',
  );
  expect(workstation.run('set env deploy/web P_APP_MODE=x').exitCode).toBe(0);
  expect(workstation.run(ENV).stdout).toBe('[{"name":"P_APP_MODE","value":"x"}]');
});

test('set resources and the service account', () => {
  const workstation = withDeployment();
  const set = 'set resources deploy/web --limits=cpu=200m,memory=512Mi --requests=cpu=100m';
  expect(workstation.run(set).stdout).toBe('deployment.apps/web resource requirements updated\n');
  expect(workstation.run(set).stdout).toBe('');
  expect(workstation.run('get deploy web -o jsonpath={.spec.template.spec.containers[0].resources}').stdout).toBe(
    '{"limits":{"cpu":"200m","memory":"512Mi"},"requests":{"cpu":"100m"}}',
  );
  expect(workstation.run('set sa deploy/web builder').stdout).toBe('deployment.apps/web serviceaccount updated\n');
  expect(workstation.run('get deploy web -o jsonpath={.spec.template.spec.serviceAccountName}').stdout).toBe('builder');
});

const FAILURES: readonly (readonly [string, string])[] = [
  ['set env', 'one or more resources must be specified as <resource> <name> or <resource>/<name>'],
  ['set env deploy/nope A=b', 'Error from server (NotFound): deployments.apps "nope" not found'],
  ['set env cm/a A=b', 'configmaps/a the object is not a pod or does not have a pod template: *v1.ConfigMap'],
  ['set resources deploy/web', 'you must specify an update to requests or limits (in the form of --requests/--limits)'],
  ['set resources deploy/web --limits=cpu', 'Invalid argument syntax cpu, expected <resource>=<value>'],
  ['set resources deploy/web --limits=cpu=1 -c nope', 'unable to find container named nope'],
  ['set selector deploy/web a=b', 'setting a selector is only supported for Services'],
  ['top nodes', 'Metrics API not available'],
  ['expose deploy/web', "couldn't find port via --port flag or introspection"],
  ['expose cm/a --port=1', 'cannot expose a ConfigMap'],
  [
    'auth can-i get',
    "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
  ],
];

for (const [line, problem] of FAILURES) {
  test(`failure: kubectl ${line}`, () => {
    const stderr = `${problem.startsWith('Error') ? '' : 'error: '}${problem}\n`;
    expect(withDeployment().run(line)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
}

test('expose generates a Service', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: POD });
  const line = 'expose pod web --port=80,81 --target-port=http --type=NodePort --selector=a=b --dry-run=client';
  expect(workstation.run(`${line} -o jsonpath={.spec}`).stdout).toBe(
    '{"ports":[{"name":"port-1","port":80,"protocol":"TCP","targetPort":"http"},{"name":"port-2","port":81,"protocol":"TCP","targetPort":"http"}],"selector":{"a":"b"},"type":"NodePort"}',
  );
  expect(workstation.run('expose pod web --dry-run=client -o jsonpath={.spec}').stdout).toBe(
    '{"ports":[{"port":80,"protocol":"TCP","targetPort":80}],"selector":{"app":"web"}}',
  );
});
