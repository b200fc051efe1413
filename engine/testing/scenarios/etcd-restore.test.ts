import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// A cluster's backup, and what comes of giving it back. https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/

const PKI = '/etc/kubernetes/pki/etcd';
const MANIFESTS = '/etc/kubernetes/manifests';

/** A cluster whose Deployment `web` was deleted after a backup, and whose ConfigMap `late` came after it. */
class RestoreBed extends Testbed {
  constructor() {
    super();
    this.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=2');
    this.until('two are ready', () => this.podViews().filter(({ ready }) => ready).length === 2);
    this.node(`${ETCDCTL} snapshot save /root/backup.db`);
    this.kubectl('delete', 'deployment', 'web');
    this.kubectl('create', 'configmap', 'late');
    this.until('the Pods are gone', () => this.podViews().length === 0);
    this.pass(30);
  }

  node(script: string) {
    return this.run('control-plane', 'bash', '-c', script);
  }

  /** Lets etcd's volume be another directory of the machine. */
  moveData(from: string, to: string): void {
    const { stderr } = this.node(`sed -i 's#path: ${from}$#path: ${to}#' ${MANIFESTS}/etcd.yaml`);
    expect(stderr).toBe('');
    this.pass(40);
  }

  webOn(node: string): string {
    return this.run(node, 'crictl', 'ps', '--name', 'nginx', '-q').stdout;
  }
}

const ETCDCTL = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key`;

test('with the control plane stopped and revisions bumped, everything is as it was at the backup', () => {
  const bed = new RestoreBed();
  const options = '--data-dir=/var/lib/etcd-restore --bump-revision=1000000 --mark-compacted';
  const restored = bed.node(`mv ${MANIFESTS}/*.yaml /tmp && etcdutl snapshot restore /root/backup.db ${options}`);
  expect(restored.stderr).toMatch(/\trestoring snapshot\t\{"path": "\/root\/backup.db", .*\trestored snapshot\t/s);
  bed.pass(25);
  expect(bed.kubectlAnyway('get', 'nodes').stderr).toContain('was refused');
  bed.node(`sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restore#' /tmp/etcd.yaml; mv /tmp/*.yaml ${MANIFESTS}`);
  bed.until('two are ready', () => bed.podViews().filter(({ ready }) => ready).length === 2, 90);
  bed.pass(30);
  expect(bed.kubectl('get', 'deployment', 'web')).toMatch(/web +2\/2 +2 +2 /);
  expect(bed.kubectl('get', 'configmaps', '-o', 'name')).toBe('configmap/kube-root-ca.crt\n');
  expect(bed.kubectl('get', 'nodes')).toMatch(/(?:\S+ +Ready .*\n){3}/);
  // The kubelets had ended these Pods: what begins again under the same uid are new sandboxes.
  expect(bed.webOn('node-1')).toMatch(/^\w+\n$/);
  expect(Number(bed.kubectl('get', 'namespace', 'default', '-o', 'jsonpath={.metadata.resourceVersion}'))).toBeLessThan(
    100,
  );
  expect(bed.node(`${ETCDCTL} get x -w json`).stdout).toMatch(/"revision":1000\d{3},/);
  expect(bed.node(`${ETCDCTL} get /registry/namespaces/default --rev=100`).stderr).toContain('has been compacted');
  const seen = bed.cluster.stored('/registry/').map(({ key, modRevision }) => `${key} ${modRevision}`);
  const replayed = bed.cluster.fork().stored('/registry/');
  expect(replayed.map(({ key, modRevision }) => `${key} ${modRevision}`)).toEqual(seen);
});

test('with the revision of the backup alone, objects are back, but kubelets wait for what they have already heard', () => {
  const bed = new RestoreBed();
  bed.node('etcdutl --data-dir /var/lib/etcd-restore snapshot restore /root/backup.db');
  bed.moveData('/var/lib/etcd', '/var/lib/etcd-restore');
  expect(bed.kubectl('get', 'deployment', 'web', '-o', 'name')).toBe('deployment.apps/web\n');
  expect(bed.kubectlAnyway('get', 'configmap', 'late').stderr).toContain('NotFound');
  expect(bed.kubectl('get', 'pods').match(/ Running /g)).toHaveLength(2);
  expect([bed.webOn('node-1'), bed.webOn('node-2')]).toEqual(['', '']);
});

test('a directory that is not there is an empty cluster, in which nobody is known; the old one has lost nothing', () => {
  const bed = new RestoreBed();
  bed.moveData('/var/lib/etcd', '/var/lib/etcd-nowhere');
  expect(bed.kubectlAnyway('get', 'nodes').stderr).toBe(
    'Error from server (Forbidden): nodes is forbidden: User "kubernetes-admin" cannot list resource "nodes" in API group "" at the cluster scope\n',
  );
  bed.moveData('/var/lib/etcd-nowhere', '/var/lib/etcd');
  expect(bed.kubectl('get', 'configmap', 'late', '-o', 'name')).toBe('configmap/late\n');
  expect(bed.node('cp -r /var/lib/etcd /var/lib/copied && ls /var/lib/copied/member').stdout).toBe('snap\nwal\n');
  bed.moveData('/var/lib/etcd', '/var/lib/copied');
  expect(bed.kubectl('get', 'configmap', 'late', '-o', 'name')).toBe('configmap/late\n');
  expect(bed.kubectl('get', 'nodes', '-o', 'name').split('\n')).toHaveLength(4);
});

test('what is no database keeps etcd from starting, and its log says so', () => {
  const bed = new RestoreBed();
  bed.node('mkdir -p /var/lib/bad/member/snap; echo junk > /var/lib/bad/member/snap/db');
  bed.moveData('/var/lib/etcd', '/var/lib/bad');
  expect(bed.kubectlAnyway('get', 'nodes').stderr).toBe('Error from server: etcdserver: request timed out\n');
  expect(bed.node('crictl logs $(crictl ps -a --name etcd -q | head -1)').stderr).toMatch(
    /"msg":"failed to open database","path":"\/var\/lib\/etcd\/member\/snap\/db","error":"invalid database"\}\npanic: /,
  );
});
