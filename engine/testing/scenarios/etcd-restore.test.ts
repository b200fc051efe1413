import { beforeEach, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// A cluster's backup, and what comes of giving it back. https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/

const PKI = '/etc/kubernetes/pki/etcd';
const MANIFEST = '/etc/kubernetes/manifests/etcd.yaml';

let bed: Testbed;
beforeEach(() => {
  bed = new Testbed();
});

const node = (script: string) => bed.run('control-plane', 'bash', '-c', script);
const etcdctl = (words: string) =>
  node(`etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key ${words}`);

/** Lets etcd's volume be another directory of the machine, and waits for the API server to answer from there. */
function moveData(directory: string): void {
  expect(node(`sed -i 's#path: /var/lib/etcd$#path: ${directory}#' ${MANIFEST}`).exitCode).toBe(0);
  bed.until('etcd is another one', () => bed.kubectlAnyway('get', '--raw', '/readyz').exitCode !== 0, 60);
  bed.until('it answers', () => bed.kubectlAnyway('get', '--raw', '/readyz').stdout === 'ok', 120);
}

const revisionOf = (said: string): number => Number(/"revision":(\d+)/.exec(said)?.[1]);

test('objects deleted after the backup are back, those made after it are gone', () => {
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=2');
  bed.until('two are ready', () => bed.podViews().filter(({ ready }) => ready).length === 2);
  expect(etcdctl('snapshot save /root/backup.db').exitCode).toBe(0);
  bed.kubectl('delete', 'deployment', 'web');
  bed.kubectl('create', 'configmap', 'late');
  bed.until('the Pods are gone', () => bed.podViews().length === 0);
  const restored = node('etcdutl snapshot restore /root/backup.db --data-dir=/var/lib/etcd-restore');
  expect(restored.stderr).toMatch(/\trestoring snapshot\t\{"path": "\/root\/backup.db".*\trestored snapshot\t/s);
  expect(restored.exitCode).toBe(0);
  moveData('/var/lib/etcd-restore');
  expect(bed.kubectl('get', 'deployment', 'web', '-o', 'name')).toBe('deployment.apps/web\n');
  expect(bed.kubectlAnyway('get', 'configmap', 'late').stderr).toContain('NotFound');
  bed.pass(60);
  expect(bed.kubectl('get', 'nodes')).toMatch(/(?:Ready .*\n){3}/);
  console.log(bed.kubectl('get', 'pods', '-A', '-o', 'wide'));
  bed.pass(300);
  console.log(bed.kubectl('get', 'pods', '-A', '-o', 'wide'));
  console.log(bed.podViews().map(({ name, status, ready }) => [name, status, ready]));
});
