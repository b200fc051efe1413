import { expect, test } from 'vitest';
import { testTerminal } from './testing/test-terminal.ts';

const UP = '\x1b[A';
const LEFT = '\x1b[D';

test('a command, its output, the next prompt', () => {
  const terminal = testTerminal('bash');
  expect(terminal.shown()).toBe('root@box:~# ');
  terminal.type('echo hello; cd /tmp\r');
  expect(terminal.shown()).toBe('echo hello; cd /tmp\nhello\nroot@box:/tmp# ');
  terminal.type('\x04');
  expect(terminal.shown()).toBe('\nexit\n');
  expect(terminal.exitStatus()).toEqual({ kind: 'exited', code: 0 });
});

test('busybox has its own prompt and words', () => {
  const terminal = testTerminal('ash');
  terminal.type('foo\r');
  terminal.type('cd /nope\r');
  expect(terminal.shown()).toBe(
    "~ # foo\nsh: foo: not found\n~ # cd /nope\nsh: cd: can't cd to /nope: No such file or directory\n~ # ",
  );
});

test('an unfinished command goes on after PS2; a wrong one does not', () => {
  const terminal = testTerminal('bash');
  for (const line of ['for i in 1 2', 'do echo $i', 'done', 'echo "a', 'b"', 'cat <<E', 'doc', 'E'])
    terminal.type(`${line}\r`);
  const shown = terminal.shown();
  expect(shown).toContain('> done\n1\n2\n');
  expect(shown).toContain('> b"\na\nb\n');
  expect(shown).toContain('> E\ndoc\n');
  terminal.type('if true\r');
  terminal.type('\x03');
  terminal.type('fi\r');
  expect(terminal.shown()).toContain('syntax error near unexpected token `fi');
});

test('editing within the line', () => {
  const terminal = testTerminal('bash');
  terminal.type(`echo ac${LEFT}b\x01\x05d\r`);
  expect(terminal.shown()).toContain('\nabcd\n');
  terminal.type('rubbish\x15echo one two\x17three\r');
  expect(terminal.shown()).toContain('\none three\n');
  terminal.type('echo wörld\x7f\x7f\x7f日本\r');
  expect(terminal.shown()).toContain('\nwö日本\n');
});

test('history, and searching it', () => {
  const terminal = testTerminal('bash');
  terminal.type('echo first\r');
  terminal.type('echo second\r');
  terminal.shown();
  terminal.type(`${UP}${UP}\r`);
  expect(terminal.shown()).toContain('\nfirst\n');
  terminal.type('\x12sec\r');
  expect(terminal.shown()).toContain('\nsecond\n');
  terminal.type('history\r');
  expect(terminal.shown()).toContain('1  echo first\n    2  echo second\n');
});

test('what stands for earlier lines is shown, run and remembered', () => {
  const terminal = testTerminal('bash');
  terminal.type('echo one two\r');
  terminal.shown();
  terminal.type('!!\r');
  expect(terminal.shown()).toContain('!!\necho one two\none two\n');
  terminal.type('printf "%s\\n" !$\r');
  expect(terminal.shown()).toContain('\nprintf "%s\\n" two\ntwo\n');
  terminal.type('^two^three\r');
  expect(terminal.shown()).toContain('\nthree\n');
  terminal.type('!nothing\r');
  expect(terminal.shown()).toContain('\nbash: !nothing: event not found\n');
  terminal.type('!echo:p\r');
  expect(terminal.shown()).toMatch(/\necho one two\n\S*# $/);
  terminal.type('cat <<E\r');
  terminal.type('a!b\r');
  terminal.type('E\r');
  expect(terminal.shown()).toContain('\na!b\n');
  terminal.type("echo 'a\r");
  terminal.type("!!'\r");
  expect(terminal.shown()).toContain('\na\n!!\n');
  terminal.type('\x1b[200~cat <<E\nc!d\nE\n\x1b[201~\r');
  expect(terminal.shown()).toContain('\nc!d\n');
  terminal.type('set +H; echo $-\r');
  terminal.type('echo a!b\r');
  expect(terminal.shown()).toContain('\na!b\n');
});

test('history forgets, takes in and writes down', () => {
  const terminal = testTerminal('bash');
  for (const line of ['echo one', 'echo two', 'history -d 1', 'history -s kept for later']) terminal.type(`${line}\r`);
  terminal.shown();
  terminal.type('history\r');
  expect(terminal.shown()).toContain('    1  echo two\n    2  history -d 1\n    3  kept for later\n    4  history\n');
  terminal.type('history -d 9; history x; history -z\r');
  expect(terminal.shown()).toMatch(
    /history: 9: history position out of range\n.*history: x: numeric argument required\n.*history: -z: invalid option\n/,
  );
  terminal.type("history -p '!!:0' '!none'\r");
  expect(terminal.shown()).toMatch(/\nhistory\nbash: history: !none: history expansion failed\n/);
  terminal.type('history -w saved; history -c; history -r saved; history 2\r');
  expect(terminal.shown()).toMatch(/ {4}\d {2}history -d 9.*\n/);
});

test('Tab completes commands, paths and what a program offers', () => {
  const terminal = testTerminal('bash', {
    files: { '/root/some file': { text: 'x\n' }, '/root/sub/inner': { text: '' } },
    completers: { kubectl: (words) => (words.length === 2 ? ['get', 'getall', 'delete'] : []) },
  });
  terminal.type('unam\t\r');
  expect(terminal.shown()).toContain('uname \nLinux\n');
  terminal.type('cat so\t\r');
  expect(terminal.shown()).toContain('cat some\\ file \nx\n');
  terminal.type('ls su\tin\t\r');
  expect(terminal.shown()).toContain('ls sub/inner \nsub/inner\n');
  terminal.type('kubectl d\t\x15kubectl g\t\t');
  expect(terminal.shown()).toContain('kubectl delete ');
  terminal.type('\t\t');
  expect(terminal.shown()).toContain('get     getall');
});

test('Ctrl-C ends a program, a loop, a half-typed line', () => {
  const terminal = testTerminal('bash');
  terminal.type('sleep 1000\r');
  terminal.type('\x03');
  terminal.type('echo $?\r');
  expect(terminal.shown()).toContain('\n130\n');
  terminal.type('while :; do :; done\r');
  terminal.type('\x03');
  terminal.type('echo $?\r');
  expect(terminal.shown()).toContain('\n130\n');
  terminal.type('half typed\x03');
  terminal.type('echo fine\r');
  expect(terminal.shown()).toContain('\nfine\n');
});

test('job control: stop, list, go on', () => {
  const terminal = testTerminal('bash');
  terminal.type('sleep 100\r');
  terminal.type('\x1a');
  expect(terminal.shown()).toContain('[1]+  Stopped                 sleep 100\n');
  terminal.type('bg\r');
  terminal.type('jobs\r');
  expect(terminal.shown()).toContain('[1]+  Running                 sleep 100 &\n');
  terminal.type('fg\r');
  terminal.type('\x03');
  terminal.type('sleep 1 &\r');
  terminal.sim.runFor(2000);
  terminal.type('\r');
  expect(terminal.shown()).toContain('[1]+  Done                    sleep 1\n');
});

test('a program reads what is typed after its command', () => {
  const terminal = testTerminal('bash');
  for (const text of ['cat > note\r', 'line one\rline two\r', '\x04', 'cat note\r']) terminal.type(text);
  expect(terminal.shown()).toMatch(/cat note\nline one\nline two\nroot@box:~# $/);
});

test('a pasted script waits for Enter and runs as one', () => {
  const terminal = testTerminal('bash');
  terminal.type('\x1b[200~echo a\necho b\n\x1b[201~');
  expect(terminal.shown()).not.toContain('\na\n');
  terminal.type('\r');
  expect(terminal.shown()).toContain('\na\nb\n');
});

test.for([
  ['bracketed', `\x1b[200~${'x'.repeat(10_000_000)}\x1b[201~`],
  ['bracketed lines', `\x1b[200~${'echo hello\n'.repeat(900_000)}\x1b[201~`],
  ['plain', 'y'.repeat(10_000_000)],
  ['escapes without end', '\x1b['.repeat(100_000)],
] as const)('a paste of 10 MB (%s) leaves the shell alive', ([, text]) => {
  const terminal = testTerminal('bash');
  terminal.type(text);
  // A process that does much at once gets slow.
  terminal.sim.runFor(20_000);
  terminal.type('\x03');
  terminal.type('echo alive\r');
  expect(terminal.shown()).toMatch(/\nalive\nroot@box:~# $/);
});

test('errors come back to the prompt', () => {
  const terminal = testTerminal('bash');
  terminal.type('f() { f; }; f\r');
  terminal.type(`echo ${'$'}{x:?unset}\r`);
  terminal.type('echo $((1/0))\r');
  terminal.type('break; return 1; echo on\r');
  const shown = terminal.shown();
  expect(shown).toContain('bash: f: maximum function nesting level exceeded');
  expect(shown).toContain('bash: x: unset\n');
  expect(shown).toContain('bash: 1/0: division by 0 (error token is "0")\n');
  expect(shown).toContain('\non\n');
});

test('a prompt from PS1, with a name that tries to be clever', () => {
  const terminal = testTerminal('bash', { files: { '/root/$(echo evil)': { directory: true } } });
  terminal.type("PS1='[\\W $((1+1))] \\$ '\r");
  terminal.shown();
  terminal.type("cd '$(echo evil)'\r");
  expect(terminal.shown()).toMatch(/\[\$\(echo evil\) 2\] # $/);
});

test('a window that changes its size keeps the line', () => {
  const terminal = testTerminal('bash');
  terminal.type('echo unfinished');
  terminal.resize(40, 10);
  terminal.type(' business\r');
  expect(terminal.shown()).toContain('\nunfinished business\n');
});

test('a trap runs at the prompt; TERM does not end an interactive shell', () => {
  const terminal = testTerminal('bash');
  terminal.type("trap 'echo trapped' USR1\r");
  terminal.type('kill -USR1 $$; kill -TERM $$; echo on\r');
  expect(terminal.shown()).toMatch(/trapped\non\n/);
  expect(terminal.exitStatus()).toBeUndefined();
});

test('complete gives an alias the words of its program, or a list', () => {
  const fruit = (words: readonly string[]) => (words.length === 2 ? ['pear', 'plum'] : []);
  const terminal = testTerminal('bash', { completers: { fruit } });
  terminal.type('alias f=fruit; complete -o default -F __start_fruit f; complete -W "red green" colour\r');
  terminal.shown();
  terminal.type('echo f; f pl\t\x15');
  terminal.type('colour g\t\x15');
  expect(terminal.shown()).toMatch(/f plum .*colour green /s);
  terminal.type('complete -F mine f; complete -F __start_constructor f; complete -D\r');
  const refusal = 'bash: complete: only functions of programs, such as __start_kubectl, complete words here\n';
  expect(terminal.shown()).toContain(`${refusal}${refusal}bash: complete: only -F function, -W words and -o option`);
});
