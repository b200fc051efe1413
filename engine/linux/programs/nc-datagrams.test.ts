import { expect, test } from 'vitest';
import { testShell } from '../shell/testing/test-shell.ts';
import { allPrograms } from './all-programs.ts';
import { busyboxTree } from './index.ts';

test('nc -u speaks in datagrams, both ways, and hears that nobody listens', () => {
  const { sh } = testShell('dash', busyboxTree(allPrograms));
  expect(
    sh(
      '(sleep 1; echo back) | nc -l -u -p 9000 -w 2 > /tmp/got & echo there | nc -u -w 2 127.0.0.1 9000; wait; cat /tmp/got',
    ).stdout,
  ).toBe('back\nthere\n');
  expect(sh('echo x | nc -u -w 1 127.0.0.1 9001; echo $?').stdout).toBe('1\n');
  expect(
    sh(
      'sleep 5 | nc -l -u -p 9002 -w 3 > /dev/null & sleep 1; nc -zuv 127.0.0.1 9002; echo $?; nc -zu 127.0.0.1 9003; echo $?',
    ),
  ).toMatchObject({ stdout: '0\n1\n', stderr: '127.0.0.1 (127.0.0.1:9002) open\n' });
});
