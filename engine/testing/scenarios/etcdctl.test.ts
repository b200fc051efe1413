import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// etcd's own tools where they go wrong; what they show is in ../transcripts/rows/10-etcd.txt.

const bed = new Testbed();
const PKI = '/etc/kubernetes/pki/etcd';
const CERTIFICATES = [`--cacert=${PKI}/ca.crt`, `--cert=${PKI}/server.crt`, `--key=${PKI}/server.key`];

const plain = (...args: string[]) => bed.run('control-plane', 'etcdctl', ...args);
const etcdctl = (...args: string[]) => plain(...CERTIFICATES, ...args);

test('without certificates, or with wrong ones, etcd does not answer within the time-out', () => {
  const beganMs = bed.sim.nowMs;
  const { stderr, exitCode } = plain('get', 'x');
  expect(stderr).toContain('error reading server preface: EOF');
  expect(stderr).toMatch(/\nError: context deadline exceeded\n$/);
  expect(exitCode).toBe(1);
  expect(bed.sim.nowMs - beganMs).toBeGreaterThanOrEqual(5000);
  const [, cert, key] = CERTIFICATES;
  expect(plain(cert!, key!, 'get', 'x', '--command-timeout=1s').stderr).toContain(
    'x509: certificate signed by unknown authority',
  );
  expect(plain('--cert=/nowhere', key!, 'get', 'x').stderr).toBe('Error: open /nowhere: no such file or directory\n');
  expect(plain(cert!, 'get', 'x').stderr).toContain('KeyFile and CertFile must both be present');
});

test('an endpoint at which nobody serves is refused', () => {
  const { stderr } = etcdctl('--endpoints=127.0.0.1:2399', 'endpoint', 'health', '--command-timeout=1s');
  expect(stderr).toContain('dial tcp 127.0.0.1:2399: connect: connection refused');
  expect(stderr).toContain('127.0.0.1:2399 is unhealthy: failed to commit proposal: context deadline exceeded\n');
  expect(stderr).toMatch(/Error: unhealthy cluster\n$/);
});

test('what makes no sense is told', () => {
  expect(etcdctl('fly').stderr).toContain('unknown command "fly" for "etcdctl"');
  expect(etcdctl('get').stderr).toContain('get command needs one argument as key');
  expect(etcdctl('get', 'a', '--prefix', '--from-key').stderr).toContain('cannot be set at the same time');
  expect(etcdctl('get', 'a', '--rev', '1000000').stderr).toContain('required revision is a future revision');
  expect(etcdctl('get', 'a', '-w', 'xml').stderr).toContain('unsupported output format');
  expect(etcdctl('get', 'a', '--nonsense').stderr).toContain('unknown flag: --nonsense');
  expect(etcdctl('put', '__proto__', 'x').stdout).toBe('OK\n');
  expect(etcdctl('get', '__proto__').stdout).toBe('__proto__\nx\n');
});

test('what is deleted behind the back of the API server is gone for everybody', () => {
  bed.kubectl('create', 'configmap', 'note');
  expect(etcdctl('get', '/registry/configmaps/default/note', '-w', 'json').stdout).toMatch(
    /^\{"header":\{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":\d+,"raft_term":2\},"kvs"/,
  );
  expect(etcdctl('del', '/registry/configmaps/default/note', '--prev-kv').stdout).toMatch(
    /^1\n\/registry.*"kind":"Con/s,
  );
  expect(bed.kubectlAnyway('get', 'configmap', 'note').stderr).toContain('NotFound');
});

test('a snapshot is restored into an empty directory only, and only whole', () => {
  const node = (script: string) => bed.run('control-plane', 'bash', '-c', script);
  expect(etcdctl('snapshot', 'save', '/root/a.db').exitCode).toBe(0);
  const restore = (words: string) => node(`etcdutl snapshot restore ${words} 2>&1 | tail -1`).stdout;
  expect(restore('/root/a.db')).toBe('Error: required flag(s) "data-dir" not set\n');
  expect(restore('/root/a.db --data-dir=/var/lib/etcd')).toBe(
    'Error: data-dir "/var/lib/etcd" not empty or could not be read\n',
  );
  expect(restore('/nowhere --data-dir=/a')).toBe('Error: open /nowhere: no such file or directory\n');
  expect(restore('/root/a.db --data-dir=/a --bump-revision=9')).toContain('--mark-compacted required');
  expect(restore('/root/a.db --data-dir=/a --name=x')).toContain('couldn\'t find local name "x"');
  node('head -c 5000 /root/a.db > /root/half.db; cp /root/a.db /root/b.db');
  node('printf x | dd of=/root/b.db bs=1 seek=100 conv=notrunc');
  expect(restore('/root/half.db --data-dir=/b')).toBe('Error: snapshot missing hash but --skip-hash-check=false\n');
  expect(restore('/root/half.db --data-dir=/b')).toContain('data-dir "/b" not empty');
  expect(restore('/root/b.db --data-dir=/c')).toMatch(/^Error: expected sha256 \[[\d ]+\], got \[[\d ]+\]\n$/);
  expect(restore('/var/lib/etcd/member/snap/db --data-dir=/d --skip-hash-check')).toContain('\trestored snapshot\t');
  expect(node('ls /d/member/*').stdout).toBe(
    '/d/member/snap:\n0000000000000001-0000000000000001.snap\ndb\n\n/d/member/wal:\n0000000000000000-0000000000000000.wal\n',
  );
  expect(node('etcdutl snapshot status /root/half.db').stderr).toBe('Error: invalid database\n');
});

test('etcdctl 3.6 restores nothing itself', () => {
  expect(etcdctl('snapshot', 'restore', '/root/a.db').stdout).toContain('etcdctl snapshot <subcommand>');
  expect(etcdctl('snapshot', 'restore', '/root/a.db', '--data-dir=/x').stderr).toMatch(
    /^Error: unknown flag: --data-dir/,
  );
});
