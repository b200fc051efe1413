import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What a node's kubelet is known by, as administrators look at it.
// https://kubernetes.io/docs/tasks/tls/certificate-rotation/

const CLIENT = '/var/lib/kubelet/pki/kubelet-client-current.pem';

const bed = new Testbed();
const on = (host: string, line: string) => bed.run(host, 'bash', '-c', line);

test.each(['control-plane', 'node-1'])('the kubelet of %s has a certificate of its own, and shows it', (node) => {
  const { stdout } = on(node, `openssl x509 -noout -text -in ${CLIENT}`);
  expect(stdout).toContain('Issuer: CN=kubernetes\n');
  expect(stdout).toContain(`Subject: O=system:nodes, CN=system:node:${node}\n`);
  expect(stdout).toContain('TLS Web Client Authentication');
  expect(on(node, `openssl x509 -noout -ext extendedKeyUsage -in /var/lib/kubelet/pki/kubelet.crt`).stdout).toContain(
    'TLS Web Server Authentication',
  );
  expect(on(node, `readlink ${CLIENT}`).stdout).toMatch(
    /^\/var\/lib\/kubelet\/pki\/kubelet-client-2026-01-12-09-00-\d\d\.pem\n$/,
  );
  const kubectl = 'kubectl --kubeconfig /etc/kubernetes/kubelet.conf';
  expect(on(node, `${kubectl} auth whoami -o jsonpath={.status.userInfo.groups}`).stdout).toBe(
    '["system:nodes","system:authenticated"]',
  );
  expect(on(node, `${kubectl} label node control-plane node-1 a=b`).stderr).toContain('only its own Node object');
});

test('without that file a kubelet that has no token does not start', () => {
  on('node-1', `mv ${CLIENT} /tmp; systemctl restart kubelet`);
  bed.pass(1);
  expect(on('node-1', 'journalctl -u kubelet').stdout).toContain(
    '"command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"',
  );
  on('node-1', `mv /tmp/kubelet-client-current.pem ${CLIENT}`);
  bed.until('it runs again', () => on('node-1', 'systemctl is-active kubelet').exitCode === 0);
});

test('/var/run is another name of /run', () => {
  expect(on('node-1', 'readlink /var/run').stdout).toBe('/run\n');
  expect(on('node-1', 'stat -c %F /var/run/containerd/containerd.sock').stdout).toBe('socket\n');
  expect(bed.sh('ls -ld /var/run').stdout).toContain('/var/run -> /run\n');
});
