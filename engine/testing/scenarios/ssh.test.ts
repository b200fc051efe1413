import { expect, test } from 'vitest';
import { plain, scriptPod, Testbed } from './testbed.ts';

// ssh and its kin, as every task of an exam begins with them.

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_Z = '\u001a';

const bed = new Testbed();

test('a command on another machine: its output, its errors, its exit code', () => {
  expect(bed.sh("ssh node-1 'hostname; echo oops >&2; exit 7'")).toMatchObject({
    stdout: 'node-1\n',
    stderr: 'oops\n',
    exitCode: 7,
  });
  expect(bed.sh('echo hello | ssh root@node-2 cat').stdout).toBe('hello\n');
  expect(bed.sh('ssh node-1 ssh node-2 hostname').stdout).toBe('node-2\n');
  expect(bed.sh('ssh node-1 kill -9 \\$\\$').exitCode).toBe(255);
  expect(bed.sh('head -c 3000000 /dev/zero | ssh node-1 "wc -c"').stdout).toBe('3000000\n');
  expect(bed.sh('ssh node-1 "head -c 3000000 /dev/zero" | wc -c').stdout).toBe('3000000\n');
});

test('what cannot be reached, and who is not let in', () => {
  expect(bed.sh('ssh nowhere true')).toMatchObject({
    stderr: 'ssh: Could not resolve hostname nowhere: Name or service not known\r\n',
    exitCode: 255,
  });
  expect(bed.sh('ssh -p 2222 node-1 true').stderr).toBe(
    'ssh: connect to host node-1 port 2222: Connection refused\r\n',
  );
  expect(bed.sh('ssh workstation true').stderr).toBe(
    'ssh: connect to host workstation port 22: Connection refused\r\n',
  );
  expect(bed.sh('ssh alice@node-1 true')).toMatchObject({
    stderr: 'alice@node-1: Permission denied (publickey).\r\n',
    exitCode: 255,
  });
  expect(bed.sh('ssh -o Nonsense=1 node-1 true').stderr).toBe(
    'command-line: line 0: Bad configuration option: nonsense\r\n',
  );
});

test('a login shell on a terminal of its own', () => {
  const terminal = bed.openTerminal('login', 100, 30);
  expect(terminal.line('ssh node-1')).toContain('root@node-1:~# ');
  expect(terminal.line('tty; stty size; echo $SSH_TTY $TERM $0')).toContain(
    '/dev/pts/0\n30 100\n/dev/pts/0 xterm-256color -bash\n',
  );
  bed.cluster.submit({ kind: 'terminal.resize', terminal: 'login', columns: 90, rows: 20 });
  expect(terminal.line('stty size')).toContain('\n20 90\n');
  expect(terminal.line('sudo -i')).toContain('root@node-1:~# ');
  expect(terminal.line('exit')).toContain('logout\n');
  terminal.line('sleep 100');
  terminal.type(CTRL_C);
  expect(terminal.line('echo $?')).toContain('\n130\n');
  terminal.line('sleep 100');
  terminal.type(CTRL_Z);
  expect(terminal.line('jobs')).toContain('Stopped                 sleep 100');
  const left = terminal.line('kill %1; exit 3');
  expect(left).toContain('Connection to node-1 closed.\n~ $ ');
  expect(terminal.line('echo $?')).toContain('\n3\n');
  expect(terminal.line('ssh node-1')).toContain('from 10.0.0.2\n');
  const mark = terminal.shown.length;
  terminal.type(CTRL_D);
  expect(terminal.since(mark)).toContain('Connection to node-1 closed.\n~ $ ');
  expect(terminal.line("ssh -t node-1 'tty; kubectl get nodes'")).toContain('/dev/pts/0\n');
  expect(terminal.line('ssh control-plane kubectl get nodes --no-headers -o name')).toContain('node/node-1\n');
  expect(bed.run('node-1', 'ls', '/dev/pts').stdout).toBe('');
});

test('scp carries files and directories to machines, from them and between them', () => {
  expect(bed.sh('mkdir -p d/e; echo one > d/one; echo two > d/e/two; scp -r d node-1:/tmp').exitCode).toBe(0);
  expect(bed.run('node-1', 'sh', '-c', 'cat /tmp/d/one /tmp/d/e/two').stdout).toBe('one\ntwo\n');
  expect(bed.sh('scp node-1:/tmp/d/e/two . && cat two').stdout).toBe('two\n');
  expect(
    bed.sh("ssh node-2 'test -e /tmp/one'; scp node-1:/tmp/d/one node-2:/tmp; ssh node-2 cat /tmp/one").stdout,
  ).toBe('one\n');
  expect(bed.sh('scp nothing node-1:')).toMatchObject({
    stderr: 'scp: stat local "nothing": No such file or directory\n',
    exitCode: 1,
  });
  expect(bed.sh('scp node-1:/nothing .')).toMatchObject({
    stderr: 'scp: /nothing: No such file or directory\n',
    exitCode: 1,
  });
  expect(bed.sh('scp d node-1:').stderr).toContain('scp: local "d" is not a regular file');
});

test('a host whose key is not known is asked about, one whose key has changed is refused', () => {
  const terminal = bed.openTerminal('keys');
  expect(terminal.line('ssh-keygen -R node-2; ssh-keygen -R 10.0.0.12')).toContain('# Host node-2 found: line ');
  expect(terminal.line('ssh node-2 hostname')).toMatch(
    /The authenticity of host 'node-2 \(10\.0\.0\.12\)' can't be established\.\nED25519 key fingerprint is SHA256:[\w+/]{43}\.\n.*\nAre you sure you want to continue connecting \(yes\/no\/\[fingerprint\]\)\? $/,
  );
  expect(terminal.line('yes')).toContain(
    "Warning: Permanently added 'node-2' (ED25519) to the list of known hosts.\nnode-2\n",
  );
  expect(bed.sh('ssh 10.0.0.12 true').stderr).toBe('Host key verification failed.\r\n');
  expect(bed.sh('ssh -o StrictHostKeyChecking=no 10.0.0.12 hostname').stdout).toBe('node-2\n');
  bed.run('node-2', 'sh', '-c', 'yes | ssh-keygen -q -N "" -f /etc/ssh/ssh_host_ed25519_key');
  const refused = bed.sh('ssh node-2 true');
  expect(refused.stderr).toContain('@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @');
  expect(refused.exitCode).toBe(255);
  expect(bed.sh('ssh-keyscan node-2 2>/dev/null > /root/.ssh/known_hosts; ssh node-2 hostname').stdout).toBe(
    'node-2\n',
  );
  bed.sh('ssh-keyscan node-1 control-plane 2>/dev/null >> /root/.ssh/known_hosts');
});

test('sshd is a unit: stopped it refuses, its configuration counts from the next start', () => {
  const on = (command: string) => bed.run('node-1', 'sh', '-c', command);
  expect(on('systemctl status sshd').stdout).toMatch(
    /^● ssh\.service - OpenBSD Secure Shell server\n[\s\S]*Active: active \(running\)[\s\S]*sshd\[\d+\]: Accepted publickey for root from 10\.0\.0\.2 port \d+ ssh2: ED25519 SHA256:/,
  );
  expect(on('ss -tlnp').stdout).toMatch(/LISTEN .*0\.0\.0\.0:22 .*"sshd"/);
  on('systemctl stop ssh');
  expect(bed.sh('ssh node-1 true').stderr).toBe('ssh: connect to host node-1 port 22: Connection refused\r\n');
  on('systemctl start ssh');
  expect(bed.sh('ssh node-1 true').exitCode).toBe(0);
  on("echo 'PermitRootLogin no' >> /etc/ssh/sshd_config");
  expect(on('sshd -t').exitCode).toBe(0);
  expect(bed.sh('ssh node-1 true').exitCode).toBe(0);
  on('systemctl restart sshd');
  expect(bed.sh('ssh node-1 true').stderr).toBe('root@node-1: Permission denied (publickey).\r\n');
  on(
    "sed -i /PermitRootLogin.no/d /etc/ssh/sshd_config; echo 'Port 2222' >> /etc/ssh/sshd_config; systemctl restart ssh",
  );
  expect(bed.sh('ssh -p 2222 -o StrictHostKeyChecking=no node-1 hostname').stdout).toBe('node-1\n');
  on("echo 'Bogus yes' >> /etc/ssh/sshd_config");
  expect(on('sshd -t')).toMatchObject({
    stderr:
      '/etc/ssh/sshd_config: line 16: Bad configuration option: Bogus\n' +
      '/etc/ssh/sshd_config: terminating, 1 bad configuration options\n',
    exitCode: 255,
  });
  on('head -14 /etc/ssh/sshd_config > /tmp/c; cp /tmp/c /etc/ssh/sshd_config; systemctl restart ssh');
  expect(bed.sh('ssh node-1 hostname').stdout).toBe('node-1\n');
});

test('forwarding a port, and jumping over a machine', () => {
  expect(bed.sh('ssh -J node-1 node-2 hostname').stdout).toBe('node-2\n');
  const forwarded = 'ssh -fN -L 8080:localhost:10248 node-1; curl -s localhost:8080/healthz; pkill ssh';
  expect(bed.sh(forwarded).stdout).toBe('ok');
});

test('a cut network, a machine without power, a Pod', () => {
  bed.apply(scriptPod('web', 'sleep 1000'));
  bed.untilReady('web');
  const podIp = bed.pod('web').status!.podIP!;
  expect(bed.run('node-1', 'ssh', podIp, 'true').stderr).toBe(
    `ssh: connect to host ${podIp} port 22: Connection refused\r\n`,
  );
  const terminal = bed.openTerminal('cut');
  terminal.line('ssh node-2');
  bed.cluster.submit({ kind: 'fault', fault: { type: 'partition', hosts: ['workstation', 'node-2'] } });
  terminal.line('echo heard');
  expect(plain(terminal.shown)).not.toContain('heard\nheard');
  terminal.line('');
  expect(terminal.line('~.')).toContain('Connection to node-2 closed.\n~ $ ');
  expect(bed.sh('ssh -o ConnectTimeout=3 node-2 true').stderr).toBe(
    'ssh: connect to host node-2 port 22: Connection timed out\r\n',
  );
  bed.cluster.submit({ kind: 'fault', fault: { type: 'heal', hosts: ['workstation', 'node-2'] } });
  terminal.line('ssh node-2');
  bed.run('node-2', 'reboot');
  bed.pass(2);
  expect(terminal.since(0)).toContain('Connection to node-2 closed by remote host.\nConnection to node-2 closed.\n');
  bed.pass(30);
  expect(terminal.line('ssh node-2 hostname')).toContain('node-2\n');
});
