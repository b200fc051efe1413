import { expect, test } from 'vitest';
import { DEPLOYMENT } from '../testing/manifests.ts';
import { Workstation } from '../testing/workstation.ts';
import { unifiedDiff } from '../unified-diff.ts';

function masked(text: string): string {
  return text
    .replace(/(LIVE|MERGED)-\d+/g, '$1')
    .replace(/\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} \+0000/g, '\tTIME')
    .replace(/uid: .*/g, 'uid: UID');
}

test('diff shows what apply would change and exits with 1', () => {
  const workstation = new Workstation();
  workstation.write('web.yaml', DEPLOYMENT);
  workstation.run('apply -f web.yaml');
  expect(workstation.run('diff -f web.yaml')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  workstation.write(
    'web.yaml',
    DEPLOYMENT.replace('replicas: 2', 'replicas: 3').replace('image: nginx', 'image: nginx:1.27'),
  );
  const { stdout, stderr, exitCode } = workstation.run('diff -f web.yaml');
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
  const file = 'apps.v1.Deployment.default.web';
  const lines = masked(stdout).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    `diff -u -N /tmp/LIVE/${file} /tmp/MERGED/${file}`,
    `--- /tmp/LIVE/${file}\tTIME`,
    `+++ /tmp/MERGED/${file}\tTIME`,
  ]);
  expect(lines.filter((line) => /^[-+] /.test(line))).toEqual([
    '-  generation: 1',
    '+  generation: 2',
    '-  replicas: 2',
    '+  replicas: 3',
    '-      - image: nginx',
    '+      - image: nginx:1.27',
  ]);
  expect(workstation.run('get deploy web -o jsonpath={.spec.replicas}').stdout).toBe('2');
});

test('diff of an object that does not exist is all new', () => {
  const workstation = new Workstation();
  workstation.write('a.yaml', DEPLOYMENT.split('---\n')[1]!);
  const { stdout, exitCode } = workstation.run('diff -f a.yaml');
  expect(exitCode).toBe(1);
  expect(masked(stdout)).toContain('@@ -0,0 +1,9 @@\n+apiVersion: v1\n+data:\n+  x: "1"\n+kind: ConfigMap\n');
});

test('after an error diff exits with more than 1', () => {
  const workstation = new Workstation();
  expect(workstation.run('diff')).toEqual({
    stdout: '',
    stderr: 'error: must specify one of -f and -k\n',
    exitCode: 2,
  });
  expect(workstation.run('diff -f nope.yaml')).toEqual({
    stdout: '',
    stderr: 'error: the path "nope.yaml" does not exist\n',
    exitCode: 2,
  });
});

const letters = (text: string) => text.split('').join('\n');

test('hunks are as diff -u writes them', () => {
  expect(unifiedDiff('', '')).toBe('');
  expect(unifiedDiff('a\n', 'a\n')).toBe('');
  expect(unifiedDiff('', 'a\nb\n')).toBe('@@ -0,0 +1,2 @@\n+a\n+b\n');
  expect(unifiedDiff('a\n', '')).toBe('@@ -1 +0,0 @@\n-a\n');
  expect(unifiedDiff('a\nb\nc\n', 'a\nx\ny\nc\n')).toBe('@@ -1,3 +1,4 @@\n a\n-b\n+x\n+y\n c\n');
  const far = unifiedDiff(letters('abcdefghijklmnopqrst'), letters('Abcdefghijklmnopqrst').replace('t', 'T'));
  expect(far).toBe('@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n@@ -17,4 +17,4 @@\n q\n r\n s\n-t\n+T\n');
  expect(unifiedDiff(letters('abcdefgh'), letters('Abcdefgh').replace('h', 'H'))).toBe(
    '@@ -1,8 +1,8 @@\n-a\n+A\n b\n c\n d\n e\n f\n g\n-h\n+H\n',
  );
});
