import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { redisFiles } from './files.ts';

const PATH = 'export PATH=/usr/local/bin:$PATH';

function machine() {
  const shell = testShell('dash', { ...redisFiles(allPrograms), '/a': { directory: true }, '/b': { directory: true } });
  const start = (directory: string, options: string) =>
    shell.sh(`${PATH}; cd ${directory}; redis-server ${options} >> ${directory}/log 2>&1 & echo $! > ${directory}/pid`);
  const cli = (port: number, command: string) => shell.sh(`${PATH}; redis-cli -p ${port} ${command}`).stdout.trimEnd();
  return { shell, start, cli };
}

test('a replica has what its primary has, then and from then on, and takes no writes', () => {
  const { shell, start, cli } = machine();
  start('/a', '--port 7001');
  shell.sh('sleep 1');
  cli(7001, 'set before 1');
  cli(7001, '-n 3 rpush list a b');
  start('/b', '--port 7002 --replicaof 127.0.0.1 7001');
  shell.sh('sleep 3');
  expect(cli(7002, 'get before')).toBe('1');
  expect(cli(7002, '-n 3 lrange list 0 -1')).toBe('a\nb');
  cli(7001, 'incr before');
  cli(7001, '-n 3 lpop list');
  cli(7001, 'set passing x EX 100');
  expect(cli(7002, 'get before')).toBe('2');
  expect(cli(7002, '-n 3 lrange list 0 -1')).toBe('b');
  expect(cli(7002, 'ttl passing')).toMatch(/^(99|100)$/);
  expect(cli(7002, 'set k v')).toBe("READONLY You can't write against a read only replica.");
  expect(cli(7001, 'info replication')).toMatch(/connected_slaves:1\r?\nslave0:ip=127.0.0.1,port=7002,state=online/);
  expect(cli(7002, 'info replication')).toContain('master_link_status:up');
  expect(cli(7002, 'role')).toMatch(/^slave\n127.0.0.1\n7001\nconnected\n/);
  expect(shell.sh('cat /b/log').stdout).toContain('MASTER <-> REPLICA sync: Finished with success');
});

test('a replica waits for its primary, has a new copy when it comes back, and can become one', () => {
  const { shell, start, cli } = machine();
  start('/b', '--port 7002 --replicaof 127.0.0.1 7001');
  shell.sh('sleep 2');
  expect(cli(7002, 'info replication')).toContain('master_link_status:down');
  start('/a', '--port 7001 --save ""');
  shell.sh('sleep 2');
  cli(7001, 'set k old');
  shell.sh('kill $(cat /a/pid); sleep 2');
  expect(cli(7002, 'get k')).toBe('old');
  start('/a', '--port 7001 --save ""');
  shell.sh('sleep 3');
  expect(cli(7002, 'get k')).toBe('');
  expect(cli(7002, 'replicaof no one')).toBe('OK');
  shell.sh('sleep 2');
  expect(cli(7002, 'set k own')).toBe('OK');
  shell.sh('kill $(cat /b/pid); sleep 2');
  expect(shell.sh('cat /b/log').stdout).toMatch(/Redis is now ready to exit, bye bye\.\.\.\n$/);
});
