import { afterEach, expect, test } from 'vitest';
import { scriptPod, Testbed } from './testbed.ts';

// Programs that behave badly: they get what Linux would give them, and nobody else notices.

// Half a second each on an idle machine; a busy one may take longer.
const bed = new Testbed();
bed.apply(scriptPod('witness', 'while true; do date +%s; sleep 1; done'));
bed.untilReady('witness');

/** Most events that one virtual second of a misbehaving program may cost. */
const STEPS_PER_SECOND = 20_000;

/** Lets time pass within a bounded number of events. */
function passBounded(seconds: number): void {
  bed.sim.runFor(seconds * 1000, { maxSteps: seconds * STEPS_PER_SECOND });
}

/** Runs a bad script in a Pod beside the witness for a while, within bounds. */
function misbehave(name: string, script: string, seconds = 60, spec = ''): void {
  bed.apply(
    scriptPod(name, script, 'Never').replace(
      'spec:\n',
      `spec:\n  nodeName: node-1\n  terminationGracePeriodSeconds: 1\n${spec}`,
    ),
  );
  passBounded(seconds);
}

afterEach(() => {
  const lines = bed.kubectl('logs', 'witness', '--tail=3').trim().split('\n').map(Number);
  expect(bed.sim.wallMs / 1000 - lines[2]!).toBeLessThan(3);
  expect(bed.podView('witness')?.containers[1]?.restarts).toBe(0);
  expect(bed.cluster.ready()).toBe(true);
});

test('an endless loop uses its CPU, the clock moves, and it can be deleted', () => {
  misbehave('loop', 'while :; do :; done');
  expect(bed.podView('loop')?.status).toBe('Running');
  bed.kubectl('delete', 'pod', 'loop');
  expect(bed.podView('loop')).toBeUndefined();
});

test('endless output is bounded on the disk, and its tail can be read', () => {
  misbehave('endless', 'yes', 60);
  expect(bed.kubectl('logs', 'endless', '--tail=2')).toBe('y\ny\n');
  expect(bed.kubectl('logs', 'endless', '--limit-bytes=10').length).toBe(10);
  const node = bed.nodeOf('endless')!;
  const used = bed.run(node, 'sh', '-c', 'du -s /var/log/pods | cut -f 1').stdout;
  expect(Number(used)).toBeLessThan(60_000);
  bed.kubectl('delete', 'pod', 'endless');
});

test('a fork bomb in a container runs into its pids limit', () => {
  misbehave('bomb', ':(){ :|:& };:; sleep 1000', 30);
  expect(bed.kubectl('exec', 'witness', '--', 'echo', 'alive')).toBe('alive\n');
  bed.kubectl('delete', 'pod', 'bomb', '--force', '--grace-period=0');
  passBounded(20);
  expect(bed.podView('bomb')).toBeUndefined();
});

test('a fork bomb on the workstation says so, and the cluster hardly notices', () => {
  const other = new Testbed();
  const terminal = other.openTerminal('bomb');
  terminal.type(':(){ :|:& };:\r', 0);
  other.sim.runFor(1000, { maxSteps: STEPS_PER_SECOND });
  expect(terminal.shown).toContain('fork: retry: Resource temporarily unavailable');
  // A learner who cannot start anything any more is told so, and not by a crash.
  for (let turn = 0; turn < 50; turn++) {
    other.sim.advance(other.sim.nowMs + 5, 20);
    other.cluster.submit({ kind: 'terminal.open', terminal: `t${turn}`, columns: 80, rows: 24 });
    other.cluster.submit({ kind: 'terminal.close', terminal: `t${turn}` });
    other.cluster.submit({ kind: 'run', run: `run-${turn + 100}`, host: 'workstation', argv: ['ls'] });
  }
  other.cluster.submit({ kind: 'terminal.close', terminal: 'bomb' });
  expect(other.cluster.ready()).toBe(true);
});

test('rm -rf / in a container empties that container only', () => {
  misbehave('rm', 'rm -rf / 2>/tmp/err; echo done; ls /', 10);
  expect(bed.podView('rm')?.status).toMatch(/Error|Completed/);
  expect(bed.run('node-1', 'ls', '/bin/sh').exitCode).toBe(0);
  bed.kubectl('run', 'fresh', '--image=busybox:1.37', '--restart=Never', '--', 'ls', '/bin/sh');
  bed.untilStatus('fresh', 'Completed');
  bed.kubectl('delete', 'pod', 'rm', 'fresh');
});

test('kill -9 -1 in a container reaches its own processes only, and not PID 1', () => {
  misbehave('kills', 'sleep 1000 & kill -9 -1; sleep 1; echo survived', 10);
  expect(bed.kubectl('logs', 'kills')).toContain('survived\n');
  expect(bed.podView('kills')?.status).toBe('Completed');
  bed.kubectl('delete', 'pod', 'kills');
});

test('a file of a gigabyte: the disk says no or holds it, and it goes with the Pod', () => {
  misbehave('big', 'dd if=/dev/zero of=/big bs=1M count=1024; ls -l /big; sleep 1000', 60);
  expect(bed.kubectl('logs', 'big')).toMatch(/1073741824|No space left on device|File too large/);
  bed.kubectl('delete', 'pod', 'big');
});

test('recursion without end, in functions, substitutions and sources, is an error of that shell', () => {
  misbehave('deep', 'f(){ f; }; f; echo after', 30);
  expect(bed.podView('deep')?.status).toMatch(/Error|Completed|OOMKilled/);
  const script = bed.sh('g(){ echo $(g); }; g 2>/dev/null | tail -c 100; echo after');
  expect(script.stdout).toContain('after');
  bed.sh('echo ". ./self.sh" > self.sh');
  expect(bed.sh('. ./self.sh; echo after').stdout.length).toBeLessThan(100_000);
  bed.sh('echo "./me.sh" > me.sh; chmod +x me.sh');
  bed.cluster.submit({ kind: 'run', run: 'run-900', host: 'workstation', argv: ['bash', '-c', './me.sh'] });
  passBounded(10);
  bed.kubectl('delete', 'pod', 'deep');
});

test('what is written to /proc, /sys and the kernel’s devices is refused, and changes nothing for others', () => {
  const before = bed.run('node-1', 'sh', '-c', 'cat /proc/sys/kernel/pid_max /proc/meminfo | head -2').stdout;
  misbehave(
    'procs',
    'for f in /proc/sysrq-trigger /proc/meminfo /proc/1/status /proc/sys/kernel/pid_max /proc/sys/vm/overcommit_memory ' +
      '/sys/fs/cgroup/cpu.max /sys/class/net/eth0/mtu; do echo 1 > $f && echo "wrote $f"; done 2>&1; ' +
      'echo 1 > /proc/self/oom_score_adj; rm -rf /proc /sys 2>/dev/null; mkdir /proc/x; echo $? end',
    10,
  );
  const said = bed.kubectl('logs', 'procs');
  expect(said).toContain("can't create /proc/sys/kernel/pid_max: Read-only file system\n");
  expect(said).not.toContain('wrote');
  expect(said).toMatch(/\n[1-9]\d* end\n$/);
  expect(bed.run('node-1', 'sh', '-c', 'cat /proc/sys/kernel/pid_max /proc/meminfo | head -2').stdout).toBe(before);
  bed.kubectl('delete', 'pod', 'procs');
});

test('symlinks in a circle are ELOOP', () => {
  expect(bed.sh('ln -s a b; ln -s b a; cat a')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('Too many levels of symbolic links'),
  });
  expect(bed.sh('mkdir d; ln -s . d/d; ls d/d/d/d/d').exitCode).toBe(0);
  expect(bed.sh(`cat ${'d/'.repeat(60)}x`).stderr).toContain('Too many levels of symbolic links');
});

test('very long lines, words and paths', () => {
  expect(bed.sh(`x=$(head -c 1000000 /dev/zero | tr '\\0' a); echo \${#x}`).stdout).toBe('1000000\n');
  expect(bed.sh(`cat ${'x'.repeat(300)}`).stderr).toContain('File name too long');
  expect(bed.sh(`cat ${'x/'.repeat(3000)}`).stderr).toContain('File name too long');
  expect(bed.sh('echo {1..10000} | wc -w').stdout.trim()).toBe('10000');
  expect(bed.sh('echo {1..1000000000} | wc -c; echo after').stdout).toMatch(/after\n$/);
  misbehave('long', `head -c 300000 /dev/zero | tr '\\0' a; echo; echo end`, 10);
  expect(bed.kubectl('logs', 'long').length).toBe(300_005);
  bed.kubectl('delete', 'pod', 'long');
});

test('ten megabytes pasted into a terminal: what fits is taken, the terminal lives', () => {
  const terminal = bed.openTerminal('paste');
  terminal.type('x'.repeat(10_000_000), 0);
  passBounded(10);
  terminal.type('\u0003', 0);
  passBounded(2);
  expect(terminal.line('echo alive', 2)).toContain('\nalive\n');
  terminal.type('echo pasted\r'.repeat(2000), 0);
  passBounded(30);
  expect(terminal.line('echo alive', 2)).toContain('\nalive\n');
  terminal.line('cat > pasted.txt', 1);
  terminal.type(`${'line of text\r'.repeat(50_000)}\u0004`, 0);
  passBounded(30);
  terminal.type('\u0003', 1);
  expect(terminal.line('echo alive', 2)).toContain('\nalive\n');
  expect(terminal.line('yes', 1).length).toBeLessThan(20_000_000);
  terminal.type('\u0003', 1);
  expect(terminal.line('echo alive', 2)).toContain('\nalive\n');
});

test('NUL bytes, escapes and broken UTF-8 in logs come through as they are', () => {
  misbehave('raw', `printf 'a\\000b\\n\\033[31mred\\033[0m\\n\\377\\376\\n'; printf 'no newline'`, 10);
  const { stdout } = bed.kubectlAnyway('logs', 'raw');
  expect(stdout).toContain('a\u0000b\n\u001b[31mred\u001b[0m\n');
  expect(stdout.endsWith('no newline')).toBe(true);
  bed.kubectl('delete', 'pod', 'raw');
});

test('kill -9 of everything on the workstation leaves the cluster alone, and a new terminal opens', () => {
  const terminal = bed.openTerminal('end');
  terminal.line('kill -9 -1', 2);
  expect(bed.openTerminal('again').line('echo alive')).toContain('\nalive\n');
});

test('rm -rf / on the workstation leaves the learner a cluster, if no kubectl', () => {
  const other = new Testbed();
  expect(other.sh('rm -rf --no-preserve-root / 2>/dev/null; echo $?').exitCode).toBe(0);
  other.pass(10);
  expect(other.cluster.ready()).toBe(true);
  expect(other.kubectlAnyway('get', 'nodes')).toMatchObject({ exitCode: expect.any(Number) });
});

test('a thousand crashing Pods’ worth of events stays bounded', () => {
  bed.kubectl('create', 'deployment', 'crashers', '--image=busybox:1.37', '--replicas=30', '--', 'false');
  passBounded(120);
  expect(bed.podViews().filter(({ status }) => status === 'CrashLoopBackOff').length).toBeGreaterThan(25);
  bed.kubectl('delete', 'deployment', 'crashers');
  passBounded(30);
});
