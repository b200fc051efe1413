import { expect, test } from 'vitest';
import { testShell } from './testing/test-shell.ts';

test.for([
  ['foo', 'sh: foo: not found\n', 127],
  ['./foo', 'sh: ./foo: not found\n', 127],
  ['/tmp', 'sh: /tmp: Permission denied\n', 126],
  ['cd /nope; true', "sh: cd: line 1: can't cd to /nope: No such file or directory\n", 0],
  ['echo > /nope/x; true', "sh: can't create /nope/x: nonexistent directory\n", 0],
  ['cat < /nope; true', "sh: can't open /nope: no such file\n", 0],
  ['if', 'sh: syntax error: unexpected end of file (expecting "then")\n', 2],
  ['fi', 'sh: syntax error: unexpected "fi"\n', 2],
  ['echo "', 'sh: syntax error: unterminated quoted string\n', 2],
  ['set -u; echo $nothing; echo no', 'sh: nothing: parameter not set\n', 2],
  ['readonly r=1; r=2; echo no', 'sh: r: is read only\n', 2],
  ['sleep 5 & kill -9 $!; wait $!', '', 137],
  ['sh -c "kill -9 \\$\\$"; true', 'Killed\n', 0],
] as const)('busybox ash: %s', ([text, stderr, exitCode]) => {
  const result = testShell('ash').sh(text);
  expect({ stderr: result.stderr, exitCode: result.exitCode }).toEqual({ stderr, exitCode });
});

test('bash’s trace shows by its first character how deep in substitutions a command is', () => {
  const script = 'set -x; a=$(echo $(echo 1)); eval "echo 2"; (echo 3)';
  const trace = ['++ echo 1', '++ echo 1', '+ a=1', "+ eval 'echo 2'", '++ echo 2', '+ echo 3'];
  expect(testShell('bash').sh(script).stderr).toBe(`${['+'.concat(trace[0]!), ...trace.slice(1)].join('\n')}\n`);
  expect(testShell('dash').sh('set -x; a=$(echo 1)').stderr).toBe('+ echo 1\n+ a=1\n');
});

test('braces are text in ash and dash', () => {
  expect(testShell('ash').sh('echo {1..3} {a,b}').stdout).toBe('{1..3} {a,b}\n');
  expect(testShell('bash').sh('echo {1..3} {a,b}').stdout).toBe('1 2 3 a b\n');
});

test('a single command that is timed is waited for', () => {
  expect(testShell('bash').sh('time sleep 2').stderr).toContain('real\t0m2.00');
});

test('a single command replaces the shell', () => {
  const shell = testShell('ash');
  expect(shell.sh('ps -o pid,args').stdout).not.toContain('sh -c');
  expect(shell.sh('ps -o pid,args; true').stdout).toContain('sh -c');
});

test('children of a script that has ended live on', () => {
  const shell = testShell('ash');
  const { stdout } = shell.sh('(sleep 2; echo late > /tmp/late) & echo $!');
  const pid = Number(stdout);
  expect(shell.host.processes().some((process) => process.hostPid === pid)).toBe(true);
  shell.sim.runFor(3000);
  expect(shell.sh('cat /tmp/late').stdout).toBe('late\n');
});

test('a script from standard input leaves the rest to its commands', () => {
  const script = 'echo first\nread x\nfor this line\necho "got $x"\ncat\nthe rest\n';
  expect(testShell('ash').run(['sh'], script).stdout).toBe('first\ngot for this line\nthe rest\n');
});

test('a file without #! is a script; one with #! has its interpreter', () => {
  const shell = testShell('ash', {
    '/work/plain': { text: 'echo "plain $1 $0"', mode: 0o755 },
    '/work/hashed': { text: '#!/bin/cat\nshown\n', mode: 0o755 },
    '/work/closed': { text: 'echo no\n' },
  });
  expect(shell.sh('./plain a; ./hashed; ./closed; echo $?')).toEqual({
    stdout: 'plain a ./plain\n#!/bin/cat\nshown\n126\n',
    stderr: 'sh: ./closed: Permission denied\n',
    exitCode: 0,
  });
});

test('time passes in sleep and in loops', () => {
  const shell = testShell('ash');
  const before = shell.sim.nowMs;
  shell.sh('for i in 9 8 7 6 5 4 3 2 1; do echo $i; sleep 2; done');
  expect(shell.sim.nowMs - before).toBeGreaterThanOrEqual(18_000);
  expect(shell.sim.nowMs - before).toBeLessThan(19_000);
});

test.for([
  ['f() { f; }; f', 'maximum function nesting level exceeded'],
  ['f() { if true; then { for i in 1; do case x in x) f;; esac; done; }; fi; }; f', 'maximum'],
  [`x='eval "$x"'; eval "$x"`, 'maximum eval nesting level exceeded'],
  ['x=aaaaaaaa; while :; do x=$x$x; done', 'value too long'],
  ['x=$(cat /dev/zero)', 'output too large'],
  [`echo ${'a;'.repeat(200_000)}`, 'script too large'],
  [`[[ ${'a'.repeat(200)} =~ (a*)*b ]]`, 'too complex'],
] as const)('%s ends with an error', ([text, message]) => {
  const result = testShell('bash').sh(text);
  expect(result.stderr).toContain(message);
  expect(result.exitCode).not.toBe(0);
});

test('a loop that never ends lets time pass', () => {
  const shell = testShell('ash');
  const result = shell.sh('timeout 3 sh -c "while :; do :; done"; echo $?');
  expect(result.stdout).toBe('143\n');
});

test('options that do not exist', () => {
  expect(testShell('bash').run(['bash', '--nope'])).toMatchObject({
    exitCode: 2,
    stderr: 'bash: --nope: invalid option\n',
  });
  expect(testShell('ash').run(['sh', '/nope.sh'])).toMatchObject({
    exitCode: 2,
    stderr: "sh: can't open '/nope.sh': No such file or directory\n",
  });
});

test('/dev/tcp/host/port is a connection in bash, and a missing file elsewhere', () => {
  const script = 'nc -l -p 8080 -e cat & sleep 1; exec 3<>/dev/tcp/localhost/8080 && echo hello >&3 && head -n 1 <&3';
  expect(testShell('bash').sh(script).stdout).toBe('hello\n');
  const refused = testShell('bash').sh('cat </dev/tcp/127.0.0.1/9; echo $?; cat </dev/tcp/nosuch.invalid/9');
  expect(refused.stdout).toBe('1\n');
  expect(refused.stderr).toContain('connect: Connection refused\n');
  expect(refused.stderr).toContain('/dev/tcp/nosuch.invalid/9: Invalid argument\n');
  expect(testShell('dash').sh('cat </dev/tcp/127.0.0.1/9').stderr).toContain('No such file');
});

test('what is sourced may come through a pipe', () => {
  expect(testShell('bash').sh('source <(echo tide=low; sleep 1; echo wind=west); echo $tide $wind').stdout).toBe(
    'low west\n',
  );
  expect(testShell('bash').sh('mkdir d; . ./d').stderr).toContain('./d: Is a directory');
});

test.each(['bash', 'dash', 'ash'] as const)(
  '%s starts the commands of a pipeline in the background itself',
  (dialect) => {
    const { stdout } = testShell(dialect).sh(
      'sleep 9 | cat & sleep .1; cat /proc/$!/comm; [ "$(grep PPid /proc/$!/status | tr -dc 0-9)" = $$ ] && echo mine; kill $!; (exit 3) | (exit 4) & wait $!; echo $?',
    );
    expect(stdout).toBe('cat\nmine\n4\n');
  },
);

test('what a child changes its parent does not see, nor the other way round', () => {
  const script = `
    a=(1 2); declare -A m=([k]=v); export e=1; x=1; f() { echo f1; }; shopt -s nullglob
    (a[0]=9; a+=(3); m[k]=w; unset "m[k]"; e=2; unset x; f() { echo f2; }; shopt -u nullglob
     echo "\${a[*]}/\${m[*]}/$(printenv e)/\${x-none}/$(f)"; shopt -q nullglob || echo off)
    echo "\${a[*]}/\${m[*]}/$(printenv e)/$x/$(f)"; shopt -q nullglob && echo on
    (sleep 1; echo "\${a[*]} $x $(printenv e) $(f)") & a[1]=7; x=3; e=4; unset -f f; wait
    g() { local x=5; (x=6; g=$x; echo $x); echo $x; }; g; echo $x`;
  expect(testShell('bash').sh(script).stdout).toBe('9 2 3//2/none/f2\noff\n1 2/v/1/1/f1\non\n1 2 1 1 f1\n6\n5\n3\n');
});

test('the clock of a subshell is that of its shell', () => {
  expect(testShell('bash').sh('sleep 3; (echo $SECONDS; sleep 2; echo $SECONDS)').stdout).toBe('3\n5\n');
});
