import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Who may ask a kubelet what. https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/

let bed: Testbed;

const PKI = '/etc/kubernetes/pki';
const CONFIG = '/var/lib/kubelet/config.yaml';
const API_SERVER = `--cert ${PKI}/apiserver-kubelet-client.crt --key ${PKI}/apiserver-kubelet-client.key`;

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
  bed.kubectl('run', 'web', '--image=nginx');
  bed.untilReady('web');
});

function on(host: string, script: string) {
  return bed.run(host, 'bash', '-c', script);
}

/** The status and what is said, as the control plane's machine hears it. */
function curl(path: string, more = '', port = 'https://node-1:10250'): string {
  return on('control-plane', `curl -sSk -w ' %{http_code}' ${more} ${port}${path} 2>&1`).stdout.trim();
}

/** Changes the kubelet's configuration on node-1 and starts it anew. */
function reconfigure(script: string): void {
  on('node-1', `${script} ${CONFIG}; systemctl restart kubelet`);
  bed.pass(8);
}

test('whoever proves nothing is refused, and it speaks HTTPS with a certificate of its own', () => {
  expect(curl('/pods/')).toBe('Unauthorized 401');
  expect(curl('/healthz', '-H "Authorization: Bearer nobody"')).toBe('Unauthorized 401');
  expect(curl('/pods', '', 'http://node-1:10250')).toContain('Client sent an HTTP request to an HTTPS server.');
  expect(on('control-plane', `curl -sS --cacert ${PKI}/ca.crt https://node-1:10250/pods`)).toMatchObject({
    exitCode: 60,
    stderr: expect.stringContaining('self-signed certificate in certificate chain'),
  });
  const { stdout } = on('node-1', 'cd /var/lib/kubelet/pki; ls; openssl x509 -in kubelet.crt -noout -subject -issuer');
  expect(stdout).toMatch(
    /^kubelet-client-\d[\d-]+\.pem\nkubelet-client-current\.pem\nkubelet\.crt\nkubelet\.key\nsubject=CN ?= ?node-1@\d+\nissuer=CN ?= ?node-1-ca@\d+\n$/,
  );
  expect(curl('/pods', '--cacert /var/lib/kubelet/pki/kubelet.crt', 'https://control-plane:10250')).toContain('401');
});

test('the API server is let in by its certificate, and others by what they may', () => {
  expect(curl('/pods/', API_SERVER)).toContain('"name":"web"');
  expect(curl('/metrics/resource', API_SERVER)).toContain('node_cpu_usage_seconds_total');
  const other = `--cert ${PKI}/apiserver-etcd-client.crt --key ${PKI}/apiserver-etcd-client.key`;
  expect(curl('/pods', other)).toBe(
    'Forbidden (user=kube-apiserver-etcd-client, verb=get, resource=nodes, subresource(s)=[pods proxy])\n 403',
  );
  expect(curl('/metrics', other)).toContain('verb=get, resource=nodes, subresource(s)=[metrics])');
  expect(curl('/exec/default/web/web?command=id', `-X POST ${other}`)).toContain(
    'verb=create, resource=nodes, subresource(s)=[proxy])',
  );
  bed.kubectl('create', 'clusterrole', 'look', '--verb=get', '--resource=nodes/healthz,nodes/log');
  bed.kubectl('create', 'clusterrolebinding', 'look', '--clusterrole=look', '--serviceaccount=default:default');
  const token = `-H "Authorization: Bearer ${bed.kubectl('create', 'token', 'default').trim()}"`;
  expect(curl('/healthz', token)).toBe('ok 200');
  expect(curl('/logs/', token)).toContain('<a href="pods/">pods/</a>');
  expect(curl('/configz', token)).toContain(
    'Forbidden (user=system:serviceaccount:default:default, verb=get, resource=nodes, subresource(s)=[configz proxy])',
  );
});

test('an open kubelet shows everything to everybody', () => {
  const good = `cp ${CONFIG} /root/good.yaml; sed -i`;
  reconfigure(`${good} -e '/anonymous:/{n;s/false/true/}' -e 's/mode: Webhook/mode: AlwaysAllow/'`);
  expect(curl('/pods/')).toContain('"name":"web"');
  reconfigure(`sed -i 's/mode: AlwaysAllow/mode: Webhook/'`);
  expect(curl('/pods/')).toBe(
    'Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource(s)=[pods proxy])\n 403',
  );
  reconfigure(`echo 'readOnlyPort: 10255' >>`);
  expect(curl('/pods', '', 'http://node-1:10255')).toContain('"name":"web"');
  expect(curl('/logs/', '', 'http://node-1:10255')).toBe('404 page not found\n 404');
  reconfigure('cp /root/good.yaml');
  expect(curl('/pods', '', 'http://node-1:10255')).toContain('Could not connect to server');
  expect(curl('/pods/')).toBe('Unauthorized 401');
});

test('a kubelet that does not find its authority, or knows no such mode, does not start', () => {
  const journal = () => on('node-1', 'journalctl -u kubelet --no-pager -n 20').stdout;
  reconfigure(`cp ${CONFIG} /root/good.yaml; sed -i s/ca.crt/WRONG-CA-FILE.crt/`);
  expect(journal()).toMatch(
    /kubelet\[\d+\]: E\d{4} \S+ +\d+ run\.go:72\] "command failed" err="failed to construct kubelet dependencies: unable to load client CA file \/etc\/kubernetes\/pki\/WRONG-CA-FILE\.crt: open \/etc\/kubernetes\/pki\/WRONG-CA-FILE\.crt: no such file or directory"/,
  );
  reconfigure(`cp /root/good.yaml ${CONFIG}; sed -i 's/mode: Webhook/mode: Maybe/'`);
  expect(journal()).toContain('err="failed to run Kubelet: unknown authorization mode Maybe"');
  reconfigure(`cp /root/good.yaml ${CONFIG}; echo 'someday: 1' >>`);
  expect(journal()).toContain(
    '"Using lenient decoding as strict decoding failed" err="strict decoding error: unknown field \\"someday\\""',
  );
  expect(on('node-1', 'systemctl is-active kubelet').stdout).toBe('active\n');
  reconfigure('cp /root/good.yaml');
});

test('an API server that shows no certificate hears nothing from kubelets', () => {
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  on('control-plane', `cp ${manifest} /root; sed -i /kubelet-client-/d ${manifest}`);
  bed.pass(60);
  bed.until('the API server is back', () => bed.kubectlAnyway('get', 'nodes').exitCode === 0);
  expect(bed.kubectlAnyway('logs', 'web').stderr).toBe(
    'error: You must be logged in to the server (the server has asked for the client to provide credentials ( pods/log web))\n',
  );
  expect(bed.kubectlAnyway('exec', 'web', '--', 'id').stderr).toBe(
    'error: Internal error occurred: unable to upgrade connection: Unauthorized\n',
  );
  on('control-plane', `sed s/kubelet-client.crt/kubelet-clinet.crt/ /root/kube-apiserver.yaml > ${manifest}`);
  bed.pass(60);
  const log = on('control-plane', 'cat /var/log/containers/kube-apiserver-*.log').stdout;
  expect(log).toContain('"command failed" err="open /etc/kubernetes/pki/apiserver-kubelet-clinet.crt: no such file');
  on('control-plane', `cp /root/kube-apiserver.yaml ${manifest}`);
  bed.until('the API server is back', () => bed.kubectlAnyway('logs', 'web').exitCode === 0, 120);
});

test('who takes the administrators their right takes it from the API server, once kubelets have forgotten', () => {
  bed.kubectl('logs', 'web');
  bed.kubectl('create', 'clusterrolebinding', 'me', '--clusterrole=cluster-admin', '--user=kubernetes-admin');
  bed.kubectl('delete', 'clusterrolebinding', 'kubeadm:cluster-admins');
  expect(bed.kubectlAnyway('logs', 'web').exitCode).toBe(0);
  bed.pass(301);
  expect(bed.kubectlAnyway('logs', 'web').stderr).toBe(
    'Error from server (Forbidden): Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource(s)=[proxy])\n ( pods/log web)\n',
  );
});
