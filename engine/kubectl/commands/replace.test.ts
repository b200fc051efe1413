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
