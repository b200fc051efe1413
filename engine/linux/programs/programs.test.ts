import { expect, test } from 'vitest';
import { testShell } from '../shell/testing/test-shell.ts';

test.for([
  ['cat nope', "cat: can't open 'nope': No such file or directory\n", 1],
  ['cat /tmp', 'cat: read error: Is a directory\n', 1],
  ['ls nope', 'ls: nope: No such file or directory\n', 1],
  ['cp nope x', "cp: can't stat 'nope': No such file or directory\n", 1],
  ['mv nope x', "mv: can't rename 'nope': No such file or directory\n", 1],
  ['rm nope', "rm: can't remove 'nope': No such file or directory\n", 1],
  ['rm /tmp', "rm: '/tmp' is a directory\n", 1],
  ['mkdir /tmp', "mkdir: can't create directory '/tmp': File exists\n", 1],
  ['rmdir nope', "rmdir: 'nope': No such file or directory\n", 1],
  ['sleep x', "sleep: invalid number 'x'\n", 1],
  ['/bin/kill 99999', "kill: can't kill pid 99999: No such process\n", 1],
  ['killall nope', 'killall: nope: no process killed\n', 1],
  ['grep x nope', 'grep: nope: No such file or directory\n', 2],
  ["sed 's/x'", 'sed: unterminated address or command\n', 1],
  ['wget nowhere', "wget: bad address 'nowhere'\n", 1],
  [
    'wget -O- 127.0.0.1:81',
    "Connecting to 127.0.0.1:81 (127.0.0.1:81)\nwget: can't connect to remote host (127.0.0.1): Connection refused\n",
    1,
  ],
  ['nc 127.0.0.1 81', 'nc: 127.0.0.1 (127.0.0.1:81): Connection refused\n', 1],
  ['date -d nonsense', "date: invalid date 'nonsense'\n", 1],
  ['vi x', 'vi: standard input is not a terminal\n', 1],
  ['env nope', "env: can't execute 'nope': No such file or directory\n", 127],
] as const)('busybox: %s', ([command, stderr, exitCode]) => {
  const result = testShell('ash').sh(`${command} </dev/null; exit $?`);
  expect({ stderr: result.stderr, exitCode: result.exitCode }).toEqual({ stderr, exitCode });
});

test.for([
  ['cat nope', 'cat: nope: No such file or directory\n', 1],
  ['ls nope', "ls: cannot access 'nope': No such file or directory\n", 2],
  ['cp nope x', "cp: cannot stat 'nope': No such file or directory\n", 1],
  ['rm nope', "rm: cannot remove 'nope': No such file or directory\n", 1],
  ['mkdir /tmp', "mkdir: cannot create directory '/tmp': File exists\n", 1],
  ['ls -z', "ls: invalid option -- 'z'\nTry 'ls --help' for more information.\n", 1],
  ['curl http://:8080/', 'curl: (3) URL rejected: No host part in the URL\n', 3],
  ['curl http://nowhere', 'curl: (6) Could not resolve host: nowhere\n', 6],
  [
    'curl -sS 127.0.0.1:81',
    'curl: (7) Failed to connect to 127.0.0.1 port 81 after 0 ms: Could not connect to server\n',
    7,
  ],
  [
    'curl -sS https://localhost',
    'curl: (7) Failed to connect to localhost port 443 after 0 ms: Could not connect to server\n',
    7,
  ],
] as const)('GNU: %s', ([command, stderr, exitCode]) => {
  const result = testShell('dash').sh(`${command} </dev/null; exit $?`);
  expect({ stderr: result.stderr, exitCode: result.exitCode }).toEqual({ stderr, exitCode });
});

test('wget writes to a device as to a file', () => {
  const result = testShell('ash').sh(
    "printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhi' | nc -l -p 8081 >/dev/null & sleep 1; wget -q -O /dev/null 127.0.0.1:8081; echo $?",
  );
  expect(result).toMatchObject({ stdout: '0\n', stderr: '' });
});

test('long listings', () => {
  const result = testShell('ash').sh(
    'mkdir d; echo text > f; ln -s f l; chmod 640 f; mkfifo p; touch -d 2025-01-02 old; ls -l; ls -a; ls -F; ls -d d',
  );
  expect(result.stdout.replace(/Jan 12 09:00/g, 'DATE')).toBe(
    `total 8
drwxr-xr-x    2 root     root          4096 DATE d
-rw-r-----    1 root     root             5 DATE f
lrwxrwxrwx    1 root     root             1 DATE l -> f
-rw-r--r--    1 root     root             0 Jan  2  2025 old
prw-r--r--    1 root     root             0 DATE p
.
..
d
f
l
old
p
d/
f
l@
old
p|
d
`,
  );
});

test('ps in both flavours', () => {
  expect(testShell('ash').sh('ps; true').stdout).toMatch(
    /^PID {3}USER {5}TIME {2}COMMAND\n(.*\n)* +\d+ root {6}0:00 sh -c ps; true\n +\d+ root {6}0:00 ps\n$/,
  );
  expect(testShell('dash').sh('ps aux; true').stdout).toMatch(
    /^USER +PID %CPU %MEM +VSZ +RSS TTY +STAT START +TIME COMMAND\n(.*\n)*root +\d+ .* ps aux\n$/,
  );
});

test('processes are found and killed by name', () => {
  const result = testShell('ash').sh(
    'sleep 100 & sleep 200 & pgrep -f "^sleep 1" | wc -l; killall sleep; wait; pgrep sleep; echo $?',
  );
  expect(result.stdout).toBe('1\n1\n');
});

test('tail -f shows what is added', () => {
  const result = testShell('ash').sh(
    'echo one > log; timeout 9 tail -f log & sleep 2; echo two >> log; sleep 2; echo three >> log; wait',
  );
  expect(result.stdout).toBe('one\ntwo\nthree\n');
});

test.for([
  ['ash', "can't open 'log': No such file or directory", 'log', '; following end of new file'],
  ['dash', "cannot open 'log' for reading: No such file or directory", "'log'", ';  following new file'],
] as const)(
  'tail -F waits for a file, and goes on with the one that has its name: %s',
  ([shell, missing, log, then]) => {
    const result = testShell(shell).sh(
      'timeout 12 tail -F log & sleep 2; echo one > log; sleep 2; echo two >> log; sleep 2; mv log old; sleep 2; ' +
        'echo three > log; sleep 2; echo four > new; mv new log; wait',
    );
    expect(result.stdout).toBe('one\ntwo\nthree\nfour\n');
    expect(result.stderr).toBe(
      `tail: ${missing}\ntail: ${log} has appeared${then}\n` +
        `tail: ${log} has become inaccessible: No such file or directory\n` +
        `tail: ${log} has appeared${then}\ntail: ${log} has been replaced${then}\n`,
    );
    const gone = testShell(shell).sh('tail -f log; exit $?');
    expect([gone.exitCode, gone.stderr]).toEqual([1, expect.stringMatching(/\ntail: no files( remaining)?\n$/)]);
  },
);

test('timeout, with what the command says', () => {
  expect(testShell('dash').sh('timeout 1 sleep 9; echo $?; timeout 5 sh -c "exit 3"; echo $?').stdout).toBe('124\n3\n');
  expect(testShell('ash').sh('timeout 1 sleep 9; echo $?').stdout).toBe('143\n');
});

test('two ends of a connection', () => {
  const result = testShell('ash').sh(
    '(echo answer | nc -l -p 1234 > got) & sleep 1; echo question | nc box 1234; wait; cat got; nc -z box 1235; echo $?',
  );
  expect(result.stdout).toBe('answer\nquestion\n1\n');
});

test('nc gives what comes to a command, whose arguments follow in busybox', () => {
  const script = (command: string) => `(nc -lp 1234 -e ${command}) & sleep 1; echo question | nc box 1234`;
  expect(testShell('ash').sh(script("sed 's/^/your /'")).stdout).toBe('your question\n');
  expect(testShell('bash').sh(script("'tr a-z A-Z'")).stdout).toBe('QUESTION\n');
  expect(testShell('ash').sh('nc -l -p 1234 -e').exitCode).toBe(1);
});

test('find, with tests and actions', () => {
  const shell = testShell('ash');
  const result = shell.sh(
    'mkdir -p a/b; touch a/x.txt a/b/y.txt; echo 1 > a/z; find a -name "*.txt" -exec echo found {} ";"; find a -type f ! -name "*.txt"; find a -size +0c -type f; find a -name b -prune -o -type f -print; find a -delete; ls -A',
  );
  expect(result.stdout.split('\n')).toEqual(['found a/b/y.txt', 'found a/x.txt', 'a/z', 'a/z', 'a/x.txt', 'a/z', '']);
});

test('sed edits in place', () => {
  const shell = testShell('dash');
  expect(
    shell.sh(
      "printf 'a=1\\nb=2\\n' > f; sed -i 's/^a=.*/a=9/; /^b/i\\\\inserted' f; cat f; sed -i.bak /a/d f; cat f f.bak",
    ).stdout,
  ).toBe('a=9\ninserted\nb=2\ninserted\nb=2\na=9\ninserted\nb=2\n');
});

test('network interfaces, routes and sockets', () => {
  const shell = testShell('ash');
  const result = shell.sh('ip -br addr; ip route; (nc -l -p 80 & sleep 1; netstat -ltn; kill $!)');
  expect(result.stdout).toContain('eth0             UP             10.0.0.1/24 \n');
  expect(result.stdout).toContain('10.0.0.0/24 dev eth0 scope link  src 10.0.0.1 \n');
  expect(result.stdout).toContain('tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN');
});

test('digests agree with the published test vectors', () => {
  const result = testShell('ash').sh(
    'printf abc | md5sum; printf abc | sha1sum; printf abc | sha256sum; seq 1000 | sha256sum; printf "" | md5sum',
  );
  expect(result.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
    '900150983cd24fb0d6963f7d28e17f72',
    'a9993e364706816aba3e25717850c26c9cd0d89d',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '67d4ff71d43921d5739f387da09746f405e425b07d727e4c69d029461d1f051f',
    'd41d8cd98f00b204e9800998ecf8427e',
    '',
  ]);
});

test('dd, df, du, mount and free say something plausible', () => {
  const shell = testShell('ash');
  expect(shell.sh('dd if=/dev/zero of=z bs=1k count=3').stderr).toMatch(
    /^3\+0 records in\n3\+0 records out\n3072 bytes/,
  );
  expect(shell.sh('du -s z; mount | grep -c proc; df -h | head -1').stdout).toMatch(
    /^4\tz\n[1-9]\d*\nFilesystem {16}Size {6}Used Available Use% Mounted on\n/,
  );
  expect(shell.sh('df -h / | tail -1').stdout).toMatch(/^\S+ +\d+\.\d[MG] +(0|\d+\.\d[KMG]) +\d+\.\d[MG] +\d+% \/\n$/);
  expect(testShell('bash').sh('df -h / | head -1').stdout).toMatch(/^Filesystem +Size +Used +Avail Use% Mounted on\n/);
  expect(shell.sh('free -m').stdout).toMatch(/total +used +free/);
});

test('pause leaves at once when it is told to', () => {
  const shell = testShell('dash', { '/pause': { symlink: '/bin/true' } });
  expect(shell.sh('watch -n1 true & sleep 2; kill $!; wait $!; echo $?').stdout).toMatch(/143\n$/);
});

test('garbage for arguments is refused', () => {
  const shell = testShell('ash');
  for (const command of [
    'seq x',
    'head -n x /dev/null',
    'cut x',
    'find -nope',
    'xargs -n',
    'kill -NOPE 1',
    'printf',
    'chmod 999 /tmp',
    'stat',
    'grep',
    'nsenter',
    'dd what=1',
    'sort -k x',
  ]) {
    const result = shell.sh(`/usr/bin/env ${command} </dev/null`);
    expect([command, result.exitCode === 0, result.stderr !== '']).toEqual([command, false, true]);
  }
});

test('egrep, fgrep, factor and sha512sum, as GNU and busybox have them', () => {
  const script =
    "printf 'ab\\na.b\\n' >f; egrep '^(a|x)b$' f; fgrep a.b f; factor 12 97 1 0; printf abc | sha512sum | cut -c 1-16";
  const expected = 'ab\na.b\n12: 2 2 3\n97: 97\n1:\n0:\nddaf35a193617aba\n';
  expect(testShell('ash').sh(script)).toMatchObject({ stdout: expected, stderr: '' });
  const gnu = testShell('bash').sh(script);
  expect(gnu.stdout).toBe(expected);
  expect(gnu.stderr).toContain('egrep: warning: egrep is obsolescent; using grep -E\n');
  expect(testShell('bash').sh('factor x 6')).toMatchObject({
    stdout: '6: 2 3\n',
    stderr: 'factor: ‘x’ is not a valid positive integer\n',
    exitCode: 1,
  });
  expect(testShell('ash').sh('factor x').exitCode).toBe(1);
});

test.for([
  [`jq -nc '"b"|IN("a","b")'`, 'true\n'],
  [`jq -nc '[label $out | foreach (1,2,3,4) as $n (0; .+$n; if . > 3 then ., break $out else . end)]'`, '[1,3,6]\n'],
  [`jq -nc '[label $a | (label $b | 1, break $a, 2), 3], [try (label $c | error("x")) catch .]'`, '[1]\n["x"]\n'],
  [`echo '1 2 3 4' | jq -c '[., input]'`, '[1,2]\n[3,4]\n'],
  [`echo '1 2 3' | jq -nc '[inputs]'`, '[1,2,3]\n'],
  [`echo '{"label": 1, "break": 2}' | jq -c '[.label, .break]'`, '[1,2]\n'],
  [`jq -nc --arg a 1 '$ARGS' --args x y`, '{"positional":["x","y"],"named":{"a":"1"}}\n'],
  [`jq -nc '$ARGS.positional' --jsonargs 1 '{"a":null}'`, '[1,{"a":null}]\n'],
  [`jq -n '1'`, '1\n'],
  [`jq -nc 'IN("a","b";"c","b")'`, 'true\n'],
  [`jq -nc '[range(0;10;3)],[range(5;0;-2)]'`, '[0,3,6,9]\n[5,3,1]\n'],
  [`jq -nc '1|until(.>100;.*2)'`, '128\n'],
  [`jq -nc '[1|while(.<10;.*2)]'`, '[1,2,4,8]\n'],
  [`jq -nc '1|[limit(2;repeat(.*2))], isempty(empty)'`, '[1,2]\ntrue\n'],
  [`jq -nc 'any(1,2;.>1), all(1,2;.>1)'`, 'true\nfalse\n'],
  [`jq -nc '[{"n":"x"},{"n":"y"}]|INDEX(.n)|keys'`, '["x","y"]\n'],
  [`jq -nc '"a1b2"|[splits("[0-9]")]'`, '["a","b",""]\n'],
  [`jq -nc '"aXbx"|gsub("x";"-";"i")'`, '"a-b-"\n'],
  [`jq -nc '{"a":[1]}|[paths(type=="number")]'`, '[["a",0]]\n'],
  [`printf 'a:b:c\\n' | cut -d: -f2 --complement`, 'a:c\n'],
  [`printf 'a:b:c\\n' | cut -d: -f1,3 --output-delimiter=,`, 'a,c\n'],
  [`printf 'a b\\nc\\n' | xargs -d '\\n' -n1 echo`, 'a b\nc\n'],
  [`printf 'a\\nb\\n' >x; printf 'b\\na\\n' >y; grep -A1 a x y`, 'x:a\nx-b\n--\ny:a\n'],
] as const)('GNU and jq: %s', ([command, stdout]) => {
  expect(testShell('bash').sh(command).stdout).toBe(stdout);
});
