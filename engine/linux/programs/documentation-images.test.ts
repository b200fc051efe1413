import { expect, test } from 'vitest';
import { testShell } from '../shell/testing/test-shell.ts';
import { allPrograms } from './all-programs.ts';
import { redisFiles } from './redis/files.ts';

// What the images of the documentation's examples run.

const machine = (...names: readonly string[]) =>
  testShell(
    'bash',
    Object.fromEntries(names.map((name) => [`/bin/${name}`, { program: allPrograms.program(name, 'gnu') }])),
  );

test('perl prints pi, and says what it does not know', () => {
  const shell = machine('perl');
  expect(shell.sh(`perl -Mbignum=bpi -wle 'print bpi(50)'`).stdout).toBe(
    '3.1415926535897932384626433832795028841971693993751\n',
  );
  const { stdout } = shell.sh(`perl -Mbignum=bpi -wle 'print bpi(2000)'`);
  expect(stdout).toHaveLength(2002);
  expect(shell.sh(`perl -e 'print "a\\n", 5; print("b\\n")'`).stdout).toBe('a\n5b\n');
  expect(shell.sh(`perl -le 'print bpi(5)'`).exitCode).toBe(255);
  expect(shell.sh(`perl -e 'my $x = 1'`).stderr).toContain('is not part of this simulation');
  expect(shell.sh('perl script.pl').stderr).toContain('is not part of this simulation');
});

test('hello-app greets with its version and its Pod', () => {
  const shell = machine('hello-app-2');
  shell.sh('hello-app-2 2> /tmp/log & sleep 1');
  expect(shell.sh('curl -s localhost:8080').stdout).toBe('Hello, world!\nVersion: 2.0.0\nHostname: box\n');
  expect(shell.sh('cat /tmp/log').stdout).toMatch(/Server listening on port 8080\n.* Serving request: \/\n$/);
});

test('the bootcamp tells its version and counts its requests', () => {
  const shell = machine('bootcamp-2');
  shell.sh('bootcamp-2 > /tmp/log & sleep 1');
  expect(shell.sh('curl -s localhost:8080').stdout).toBe('Hello Kubernetes bootcamp! | Running on: box | v=2\n');
  expect(shell.sh('cat /tmp/log').stdout).toMatch(/Started At: .*\n\nRunning On: box \| Total Requests: 1 \|/);
});

test('echoserver tells from where a request came', () => {
  const shell = machine('echoserver');
  shell.sh('echoserver & sleep 1');
  const { stdout } = shell.sh('curl -s "localhost:8080/a?b=c" -d x=1');
  expect(stdout).toContain('\n\nHostname: box\n\nPod Information:\n\t-no pod information available-\n\nServer values:');
  expect(stdout).toContain('\tclient_address=127.0.0.1\n\tmethod=POST\n\treal path=/a?b=c\n\tquery=b=c\n');
  expect(stdout).toContain('\thost=localhost:8080\n\tuser-agent=curl');
  expect(stdout).toMatch(/Request Body:\nx=1\n$/);
});

test('hpa-example answers, and works for it', () => {
  const shell = machine('hpa-example');
  shell.sh('hpa-example > /tmp/log & sleep 1');
  const before = shell.sim.nowMs;
  expect(shell.sh('wget -q -O- http://localhost').stdout).toBe('OK!');
  expect(shell.sim.nowMs - before).toBeGreaterThan(50);
});

test('vish/stress logs what it takes', () => {
  const shell = machine('vish-stress');
  const { stderr } = shell.sh('timeout 5 vish-stress -cpus 2 -mem-total 2Mi -mem-alloc-size 1Mi -mem-alloc-sleep 1s');
  expect(stderr).toMatch(
    /^I.* main.go:26\] Allocating "2Mi" memory, in "1Mi" chunks, with a 1s sleep between allocations\n/,
  );
  expect(stderr.match(/main.go:39\] Spawning a thread to consume CPU/g)).toHaveLength(2);
  expect(stderr).toContain('main.go:29] Allocated "2Mi" memory');
  expect(shell.sh('vish-stress -mem-total much').exitCode).toBe(2);
});

test('the guestbook writes to the leader, reads from a follower, and says when there is none', () => {
  const shell = testShell('bash', {
    ...redisFiles(allPrograms),
    '/bin/guestbook-frontend': { program: allPrograms.program('guestbook-frontend', 'gnu') },
    '/etc/hosts': { text: '127.0.0.1 localhost redis-leader redis-follower\n' },
  });
  shell.sh('guestbook-frontend > /tmp/log 2>&1 & sleep 1');
  const ask = (query: string) => shell.sh(`curl -s 'localhost/guestbook.php?${query}' -w '%{http_code}'`).stdout;
  expect(ask('cmd=get&key=messages')).toBe('500');
  shell.sh('cd /data; /usr/local/bin/redis-server > /dev/null & sleep 1');
  expect(ask('cmd=get&key=messages')).toBe('{"data": ""}200');
  expect(ask('cmd=set&key=messages&value=,Hi%20there')).toBe('{"message": "Updated"}200');
  expect(ask('cmd=get&key=messages')).toBe('{"data": ",Hi there"}200');
  expect(shell.sh('curl -s localhost').stdout).toContain('<title>Guestbook</title>');
  expect(shell.sh('cat /tmp/log').stdout).toMatch(
    /ConnectionException: Connection refused \[tcp:\/\/redis-follower:6379\]/,
  );
});
