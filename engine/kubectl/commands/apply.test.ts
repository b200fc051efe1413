import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels:\n    app: x\ndata:\n  k: "${value}"\n`;

function withTwo(): Workstation {
  const workstation = new Workstation();
  workstation.files.set('/root/all.yaml', `${configMap('a', '1')}---\n${configMap('b', '1')}`);
  workstation.files.set('/root/one.yaml', configMap('a', '2'));
  workstation.run('apply -f /root/all.yaml');
  workstation.run('create configmap other --from-literal=k=1');
  workstation.run('label configmap other app=x');
  return workstation;
}

test('--prune deletes what was applied before and is in no manifest any more, and nothing else', () => {
  const workstation = withTwo();
  expect(workstation.run('apply --prune -l app=x -f /root/one.yaml').stdout).toBe(
    'configmap/a configured\nconfigmap/b pruned\n',
  );
  expect(workstation.run('get cm -o name').stdout).toBe('configmap/a\nconfigmap/other\n');
});

test('--prune looks at the kinds it was told only', () => {
  const workstation = withTwo();
  const line = 'apply --prune --all -f /root/one.yaml --prune-allowlist=core/v1/Secret';
  expect(workstation.run(line).stdout).toBe('configmap/a configured\n');
  expect(workstation.run('apply --prune -f /root/one.yaml').stderr).toMatch(/^error: all resources selected for prune/);
});

test('a dry run on the server deletes nothing', () => {
  const workstation = withTwo();
  expect(workstation.run('delete cm a --dry-run=server').stdout).toBe(
    'configmap "a" deleted from default namespace (server dry run)\n',
  );
  workstation.run('apply --prune -l app=x -f /root/one.yaml --dry-run=server');
  expect(workstation.run('get cm -o name').stdout).toBe('configmap/a\nconfigmap/b\nconfigmap/other\n');
});

test('several objects are shown in a List, in the order in which they were applied', () => {
  const { stdout } = withTwo().run("apply -f /root/all.yaml -o jsonpath='{.kind}: {.items[*].metadata.name}'");
  expect(stdout).toBe('List: a b');
});

test('--local and --dry-run=client print the change without making it', () => {
  const workstation = withTwo();
  const value = "-o jsonpath='{.metadata.labels.app}'";
  expect(workstation.run(`label cm a app=y --overwrite --dry-run=client ${value}`).stdout).toBe('y');
  expect(workstation.run(`label -f /root/one.yaml app=z --overwrite --local ${value}`).stdout).toBe('z');
  expect(workstation.run(`get cm a ${value}`).stdout).toBe('x');
});
