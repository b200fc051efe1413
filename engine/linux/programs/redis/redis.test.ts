import { expect, test } from 'vitest';
import { testShell } from '../../shell/testing/test-shell.ts';
import { allPrograms } from '../all-programs.ts';
import { redisFiles } from './files.ts';

const PATH = 'export PATH=/usr/local/bin:$PATH';

function started(options = '') {
  const shell = testShell('dash', redisFiles(allPrograms));
  const start = () =>
    shell.sh(`${PATH}; cd /data; docker-entrypoint.sh redis-server ${options} >> /tmp/log 2>&1 & sleep 1`);
  start();
  const cli = (command: string) => shell.sh(`${PATH}; redis-cli ${command}`);
  return { shell, start, cli, shown: (command: string) => cli(`--no-raw ${command}`).stdout.trimEnd() };
}

// Answers of redis-server 7.0.15.
test.for([
  ['set k v', 'OK'],
  ['get k', '(nil)'],
  ['set k v NX XX', '(error) ERR syntax error'],
  ['set k v EX 0', "(error) ERR invalid expire time in 'set' command"],
  ['get', "(error) ERR wrong number of arguments for 'get' command"],
  ['frob a b', "(error) ERR unknown command 'frob', with args beginning with: 'a' 'b' "],
  ['incr n', '(integer) 1'],
  ['incrby n x', '(error) ERR value is not an integer or out of range'],
  ['incrbyfloat n 0.1', '"0.1"'],
  ['rpush l a b c', '(integer) 3'],
  ['hset h a 1 b 2', '(integer) 2'],
  ['hset h a', "(error) ERR wrong number of arguments for 'hset' command"],
  ['sadd s 3 1 2', '(integer) 3'],
  ['zadd z 1 a x b', '(error) ERR value is not a valid float'],
  ['zadd z 1 a 2 b', '(integer) 2'],
  ['lset l 0 x', '(error) ERR no such key'],
  ['rename a b', '(error) ERR no such key'],
  ['select 16', '(error) ERR DB index is out of range'],
  ['exec', '(error) ERR EXEC without MULTI'],
  [
    'auth x',
    '(error) ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  ],
  [
    'config set maxmemory x',
    "(error) ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value",
  ],
  ['ping', 'PONG'],
  ['ping hi', '"hi"'],
  ['ttl k', '(integer) -2'],
  ['type k', 'none'],
  ['lrange l 0 -1', '(empty array)'],
] as const)('%s on an empty server says %s', ([command, answer]) => {
  expect(started().shown(command)).toBe(answer.trimEnd());
});

test('each type of value, and what is said to those who take it for another', () => {
  const { shell, shown } = started();
  shell.sh(`${PATH}; redis-cli <<'END'
set text "hello world"
rpush list a b c d
hset hash name x age 3
sadd set 3 1 2
zadd zset 2 two 1 one 3 three
END`);
  expect(shown('get text')).toBe('"hello world"');
  expect(shown('lrange list 1 -2')).toBe('1) "b"\n2) "c"');
  expect(shown('hgetall hash')).toBe('1) "name"\n2) "x"\n3) "age"\n4) "3"');
  expect(shown('smembers set')).toBe('1) "1"\n2) "2"\n3) "3"');
  expect(shown('zrange zset 0 -1 withscores')).toBe('1) "one"\n2) "1"\n3) "two"\n4) "2"\n5) "three"\n6) "3"');
  expect(shown('zrangebyscore zset "(1" +inf')).toBe('1) "two"\n2) "three"');
  expect(shown('-3 hgetall hash')).toBe('1# "name" => "x"\n2# "age" => "3"');
  for (const command of ['incr list', 'lpush text x', 'hget set a', 'sadd zset a', 'zadd hash 1 a'])
    expect(shown(command)).toMatch(/^\(error\) (WRONGTYPE Operation against a key holding the wrong kind of value)$/);
  expect(shown('dbsize')).toBe('(integer) 5');
});

test('keys end when their time is over', () => {
  const { shell, shown } = started();
  shown('set k v EX 10');
  expect(shown('ttl k')).toBe('(integer) 10');
  shell.sh('sleep 5');
  expect(shown('ttl k')).toBe('(integer) 5');
  shell.sh('sleep 6');
  expect(shown('get k')).toBe('(nil)');
});

test('transactions: all or nothing, and nothing when a watched key has changed', () => {
  const { cli, shell, shown } = started();
  const script = (text: string) => shell.sh(`${PATH}; redis-cli --no-raw <<'END'\n${text}\nEND`).stdout;
  expect(script('multi\nset a 1\nincr a\nlpush a x\nexec')).toBe(
    'OK\nQUEUED\nQUEUED\nQUEUED\n1) OK\n2) (integer) 2\n3) (error) WRONGTYPE Operation against a key holding the wrong kind of value\n',
  );
  expect(script('multi\nset a\nexec')).toBe(
    "OK\n(error) ERR wrong number of arguments for 'set' command\n(error) EXECABORT Transaction discarded because of previous errors.\n",
  );
  const watching = shell.sh(
    `${PATH}; (echo watch a; sleep 1; echo multi; echo set a 9; echo exec; sleep 1) | redis-cli --no-raw & sleep 0.5; redis-cli set a 5 > /dev/null; wait`,
  );
  expect(watching.stdout).toBe('OK\nOK\nQUEUED\n(nil)\n');
  expect(shown('get a')).toBe('"5"');
  expect(cli('get a').stdout).toBe('5\n');
});

test('messages reach those who subscribed, and a queue those who wait', () => {
  const { shell } = started();
  shell.sh(`${PATH}; redis-cli subscribe news > /tmp/news & redis-cli blpop jobs 0 > /tmp/job & sleep 1`);
  expect(
    shell.sh(`${PATH}; redis-cli publish news hello; redis-cli rpush jobs first; sleep 1; cat /tmp/news /tmp/job`)
      .stdout,
  ).toBe('1\n1\nsubscribe\nnews\n1\nmessage\nnews\nhello\njobs\nfirst\n');
  expect(shell.sh(`${PATH}; redis-cli --no-raw blpop jobs 2`).stdout).toBe('(nil)\n');
});

test.for(['', '--appendonly yes', '--save 60 1'])('data survive a restart with %j', (options) => {
  const { shell, start, shown, cli } = started(options);
  shell.sh(`${PATH}; redis-cli set a 1; redis-cli -n 2 rpush l x y; redis-cli set gone x EX 5; redis-cli zadd z 1.5 m`);
  shell.sh('kill -TERM $(pgrep redis-server); sleep 10');
  expect(cli('ping')).toMatchObject({
    exitCode: 1,
    stderr: 'Could not connect to Redis at 127.0.0.1:6379: Connection refused\n',
  });
  start();
  expect(shown('get a')).toBe('"1"');
  expect(shown('-n 2 lrange l 0 -1')).toBe('1) "x"\n2) "y"');
  expect(shown('get gone')).toBe('(nil)');
  expect(shown('zscore z m')).toBe('"1.5"');
  expect(shell.sh('cat /tmp/log').stdout).toMatch(/DB loaded from (disk|append only file)/);
});

test('without snapshots nothing survives, unless it was saved', () => {
  const { shell, start, shown } = started('--save ""');
  shell.sh(
    `${PATH}; redis-cli set kept 1; redis-cli save; redis-cli set lost 1; kill -9 $(pgrep redis-server); sleep 1`,
  );
  start();
  expect(shown('keys "*"')).toBe('1) "kept"');
});

test('snapshots are taken after enough changes', () => {
  const { shell } = started('--save "10 2"');
  shell.sh(`${PATH}; redis-cli set a 1; redis-cli set b 1; sleep 11`);
  const log = shell.sh('cat /tmp/log; ls /data').stdout;
  expect(log).toMatch(/\* 2 changes in 10 seconds\. Saving\.\.\.\n.*Background saving started by pid \d+\n/);
  expect(log).toMatch(/Background saving terminated with success\n[\s\S]*dump\.rdb\n/);
});

test('a password is asked for', () => {
  const { shown, cli } = started('--requirepass secret');
  expect(shown('get a')).toBe('(error) NOAUTH Authentication required.');
  expect(cli('-a wrong get a').stderr).toContain(
    'AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n',
  );
  expect(cli('-a secret --no-auth-warning ping')).toMatchObject({ stdout: 'PONG\n', stderr: '' });
});

test('memory has a limit that writes run into', () => {
  const { shown, cli } = started('--maxmemory 1mb');
  cli('set big x');
  cli(`append big ${'x'.repeat(200_000)}`);
  expect(shown('set a 1')).toBe("(error) OOM command not allowed when used memory > 'maxmemory'.");
  expect(shown('config get maxmemory')).toBe('1) "maxmemory"\n2) "1048576"');
  expect(shown('config set maxmemory-policy allkeys-lru')).toBe('OK');
  expect(shown('set a 1')).toBe('OK');
});

test('a configuration that is wrong ends the server', () => {
  const { shell } = started('--frobnicate yes');
  expect(shell.sh('cat /tmp/log').stdout).toContain(
    "Reading the configuration file, at line 2\n>>> 'frobnicate yes'\nBad directive or wrong number of arguments\n",
  );
});

test('what is not the protocol is refused, and others go on', () => {
  const { shell, shown } = started();
  expect(shell.sh("printf '*1\\r\\n+x\\r\\n*-5\\r\\n$x\\r\\n' | nc localhost 6379").stdout).toContain(
    '-ERR Protocol error: ',
  );
  expect(shell.sh("printf 'PING\\r\\n*1\\r\\n$4\\r\\nPING\\r\\nQUIT\\r\\n' | nc localhost 6379").stdout).toBe(
    '+PONG\r\n+PONG\r\n+OK\r\n',
  );
  expect(shown('ping')).toBe('PONG');
});
