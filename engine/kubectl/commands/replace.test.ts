import { expect, test } from 'vitest';
import { POD } from '../testing/manifests.ts';
import { Workstation } from '../testing/workstation.ts';

test.each([
  ['--force --dry-run=server', '--dry-run can not be used when --force is set'],
  ['--force --dry-run=client', '--dry-run can not be used when --force is set'],
  ['--grace-period=1', '--grace-period must have --force specified'],
  ['--timeout=3s', '--timeout must have --force specified'],
])('replace %s is refused before anything is asked', (flags, message) => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: POD });
  const uid = workstation.run('get -f - -o jsonpath={.metadata.uid}', { stdin: POD }).stdout;
  expect(workstation.run(`replace -f - ${flags}`, { stdin: POD })).toEqual({
    stdout: '',
    stderr: `error: ${message}\n`,
    exitCode: 1,
  });
  expect(workstation.run('get -f - -o jsonpath={.metadata.uid}', { stdin: POD }).stdout).toBe(uid);
});

test.each(['create -f -', 'apply -f -', 'replace --force -f -'])(
  'what get -o yaml has shown is made again by %s, in spite of the version that it had',
  (command) => {
    const workstation = new Workstation();
    workstation.run('apply -f -', { stdin: POD });
    const saved = workstation.run('get -f - -o yaml', { stdin: POD }).stdout;
    expect(saved).toMatch(/^ {2}resourceVersion: "\d+"$/m);
    workstation.run('delete -f - --force', { stdin: POD });
    expect(workstation.run(command, { stdin: saved })).toMatchObject({ stderr: '', exitCode: 0 });
    const uid = workstation.run('get -f - -o jsonpath={.metadata.uid}', { stdin: POD }).stdout;
    expect(saved).not.toContain(uid);
  },
);
