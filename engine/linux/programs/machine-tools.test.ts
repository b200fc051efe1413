import { expect, test } from 'vitest';
import { testShell } from '../shell/testing/test-shell.ts';

// What people type to see what a machine is. Texts as busybox 1.36, net-tools 2.10, psmisc 23.6 and file 5.44 print them.

const bash = testShell('bash', {
  '/etc/data.json': { text: '{"a": 1}' },
  '/etc/script': { text: '#!/bin/sh\necho\n', mode: 0o755 },
  '/etc/cert.pem': { text: '-----BEGIN CERTIFICATE-----\nMIIB\n' },
  '/etc/crlf': { text: 'a\r\nb\r\n' },
  '/etc/umlaut': { text: 'hé\n' },
  '/etc/page.html': { text: '<!DOCTYPE html><html></html>' },
});
const ash = testShell('ash');

test('routes are shown, added and taken away', () => {
  const add = 'route add -net 10.9.0.0 netmask 255.255.0.0 gw 10.0.0.2 eth0; route add default gw 10.0.0.3';
  expect(bash.sh(`${add}; route -n; ip route del default`).stdout).toBe(
    'Kernel IP routing table\n' +
      'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n' +
      '0.0.0.0         10.0.0.3        0.0.0.0         UG    0      0        0 eth0\n' +
      '10.0.0.0        0.0.0.0         255.255.255.0   U     0      0        0 eth0\n' +
      '10.9.0.0        10.0.0.2        255.255.0.0     UG    0      0        0 eth0\n',
  );
  expect(bash.sh('route del -net 10.9.0.0/16; route -n | grep -c 10.9').stdout).toBe('0\n');
  expect(bash.sh('route del -net 10.9.0.0/16')).toMatchObject({
    stderr: 'route: SIOCDELRT: No such process\n',
    exitCode: 1,
  });
  expect(ash.sh('route').stdout).toContain(
    '10.0.0.0        *               255.255.255.0   U     0      0        0 eth0\n',
  );
});

test('the neighbours that were spoken to', () => {
  bash.sh('ping -c 1 -W 1 10.0.0.77');
  expect(bash.sh('arp -n').stdout).toBe(
    'Address                  HWtype  HWaddress           Flags Mask            Iface\n' +
      '10.0.0.77                        (incomplete)                              eth0\n',
  );
  expect(bash.sh('arp -n 10.0.0.9')).toMatchObject({ stderr: '10.0.0.9 (10.0.0.9) -- no entry\n', exitCode: 1 });
});

test('processes as a tree', () => {
  const script =
    "sleep 9 & sleep 9 & sh -c 'sleep 8 & wait' & sleep 1; pstree $$; pstree -a $$ | sed s/-c.*/-c/; kill %1 %2 %3";
  expect(bash.sh(script).stdout.replace(/pstree -a \d+/, 'pstree -a PID')).toBe(
    'bash-+-pstree\n     |-sh---sleep\n     `-2*[sleep]\n' +
      'bash -c\n  |-pstree -a PID\n  |-sed s/-c\n  |-sh -c\n  |   `-sleep 8\n  |-sleep 9\n  `-sleep 9\n',
  );
});

test('who has a file or a port', () => {
  const { stdout } = bash.sh(
    'sleep 99 < /etc/crlf & nc -l -p 8080 & sleep 1; fuser /etc/crlf 2>/dev/null; fuser -k 8080/tcp 2>&1; sleep 1; fuser 8080/tcp; echo $?; kill %1',
  );
  expect(stdout).toMatch(/^ +\d+8080\/tcp: {11} +\d+\n1\n$/);
  expect(bash.sh('fuser /nope')).toMatchObject({ stderr: 'Specified filename /nope does not exist.\n', exitCode: 1 });
});

test('what a file is', () => {
  expect(
    bash.sh(
      'cd /etc; ln -s nope broken; : > empty; file data.json script cert.pem crlf umlaut page.html passwd empty broken . /dev/null /bin/ls nope',
    ).stdout,
  ).toBe(
    'data.json: JSON text data\n' +
      'script:    POSIX shell script, ASCII text executable\n' +
      'cert.pem:  PEM certificate\n' +
      'crlf:      ASCII text, with CRLF line terminators\n' +
      'umlaut:    Unicode text, UTF-8 text\n' +
      'page.html: HTML document, ASCII text, with no line terminators\n' +
      'passwd:    ASCII text\n' +
      'empty:     empty\n' +
      'broken:    broken symbolic link to nope\n' +
      '.:         directory\n' +
      '/dev/null: character special (1/3)\n' +
      '/bin/ls:   ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked\n' +
      "nope:      cannot open `nope' (No such file or directory)\n",
  );
  expect(bash.sh('file -i /etc/data.json').stdout).toBe('/etc/data.json: application/json; charset=us-ascii\n');
  expect(
    bash.sh(
      'head -c 300 /dev/urandom > /tmp/r; printf "a\\000b" > /tmp/n; gzip -k /etc/passwd; file -b /tmp/n /etc/passwd.gz',
    ).stdout,
  ).toBe('data\ngzip compressed data\n');
});

test('processors and disks', () => {
  const { stdout } = bash.sh('lscpu');
  expect(stdout).toContain('CPU(s):              2\nOn-line CPU(s) list: 0,1\n');
  expect(stdout).toContain('Model name:          Drydock virtual CPU\n');
  const disks = bash.sh('truncate -s 64M /tmp/disk; losetup -f /tmp/disk; lsblk; losetup -D').stdout;
  expect(disks).toMatch(/^NAME +MAJ:MIN RM +SIZE RO TYPE MOUNTPOINTS\nloop0 +7:0 +0 +64M +0 loop\n/);
  expect(disks).toMatch(/\nvda +254:0 +0 +[\d.]+[GT] +0 disk\n`-vda1 +254:1 +0 +[\d.]+[GT] +0 part \/\n$/);
  expect(bash.sh('lsblk /dev/nope')).toMatchObject({ stderr: 'lsblk: /dev/nope: not a block device\n', exitCode: 32 });
});

test('modules: none are loaded, and where there is no list of them nothing is found', () => {
  expect(bash.sh('lsmod').stdout).toBe('Module                  Size  Used by\n');
  expect(ash.sh('lsmod').stdout).toBe('Module                  Size  Used by    Not tainted\n');
  expect(ash.sh('modprobe overlay').stderr).toBe(
    "modprobe: can't change directory to '/lib/modules': No such file or directory\n",
  );
  expect(bash.sh('modprobe nope')).toMatchObject({
    stderr: 'modprobe: FATAL: Module nope not found in directory /lib/modules/6.12.57+deb13-amd64\n',
    exitCode: 1,
  });
});

test('mknod makes what may be made, in the words of either', () => {
  expect(bash.sh('mknod p p; mknod c c 1 3; ls -l p c | cut -c 1; echo x > c; cat c').stdout).toBe('c\np\n');
  expect(bash.sh('mknod x c a 2').stderr).toBe("mknod: invalid major device number 'a'\n");
  expect(bash.sh('mknod x').stderr).toBe(
    "mknod: missing operand after 'x'\nTry 'mknod --help' for more information.\n",
  );
  expect(bash.sh('mknod x p 1 2').stderr).toBe(
    "mknod: extra operand '1'\nFifos do not have major and minor device numbers.\nTry 'mknod --help' for more information.\n",
  );
  expect(ash.sh('mknod p q')).toMatchObject({ exitCode: 1 });
});

test('telnet tells whether a port answers', () => {
  expect(ash.sh('telnet 127.0.0.1 81')).toMatchObject({
    stderr: "telnet: can't connect to remote host (127.0.0.1): Connection refused\n",
    exitCode: 1,
  });
  expect(ash.sh('telnet nowhere 80').stderr).toBe("telnet: bad address 'nowhere'\n");
  expect(bash.sh('telnet 127.0.0.1 81')).toMatchObject({
    stdout: 'Trying 127.0.0.1...\n',
    stderr: 'telnet: Unable to connect to remote host: Connection refused\n',
  });
  expect(ash.sh('echo hello | nc -l -p 82 & sleep 1; telnet 127.0.0.1 82').stdout).toBe(
    'Connected to 127.0.0.1\nhello\n',
  );
});

test('what is logged where nobody listens, who logged in, and names that nobody else has', () => {
  expect(ash.sh('logger -s -t me hello')).toMatchObject({ stderr: 'me: hello\n', exitCode: 0 });
  expect(bash.sh('logger -p user.nonsense x')).toMatchObject({
    stderr: 'logger: unknown priority name: nonsense\n',
    exitCode: 1,
  });
  expect(ash.sh('last').stdout).toBe('USER       TTY            HOST               LOGIN        TIME\n');
  expect(bash.sh('uuidgen; uuidgen').stdout).toMatch(/^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n){2}$/);
});

test("a host name has a domain where /etc/hosts says so, and is root's to change", () => {
  const shell = testShell('bash', { '/etc/hosts': { text: '10.0.0.1 box.example.org box\n' } });
  expect(shell.sh('hostname -f; hostname -d; hostname -s').stdout).toBe('box.example.org\nexample.org\nbox\n');
  expect(shell.sh('hostname other; hostname; hostname -d').stdout).toBe('other\n');
});

test('ps -l shows priorities and sizes, and cuts long names short', () => {
  const shell = testShell('bash', {
    '/etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\nzookeeper:x:1000:1000::/:\n' },
  });
  expect(shell.sh('ps -elf').stdout).toMatch(
    /^F S UID {8}PID {2}PPID {2}C PRI {2}NI ADDR SZ WCHAN {2}STIME TTY {10}TIME CMD\n4 S root {9}1 {5}0 {2}0 {2}80 {3}0 - /,
  );
  expect(shell.sh('nice -n 5 ps -l').stdout).toMatch(
    /^F S {3}UID {3}PID {2}PPID {2}C PRI {2}NI ADDR SZ WCHAN {2}TTY {10}TIME CMD\n/,
  );
});
