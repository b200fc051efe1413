import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Who is known by a certificate, over the network of the machines.

let bed: Testbed;

const PKI = '/etc/kubernetes/pki';
const SERVER = 'https://10.0.0.10:6443';

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
  bed.sh('true');
  on(`awk '/client-certificate-data/ { print $2 }' ${PKI}/../admin.conf | base64 -d > admin.crt
awk '/client-key-data/ { print $2 }' ${PKI}/../admin.conf | base64 -d > admin.key`);
});

function on(script: string, host = 'control-plane') {
  return bed.run(host, 'bash', '-c', `cd /root; ${script}`);
}

/** The exit code, and the first line of what is said. */
function curl(args: string): string {
  const { exitCode, stdout, stderr } = on(`curl -sS ${args}`);
  return `${exitCode} ${`${stdout}${stderr}`.split('\n')[0]}`;
}

const KNOWN = `--cacert ${PKI}/ca.crt`;
const ADMIN = '--cert admin.crt --key admin.key';

test('the administrator of admin.conf asks the API server with curl', () => {
  const { stdout } = on(`curl -s ${KNOWN} ${ADMIN} ${SERVER}/api/v1/namespaces`);
  const { items } = JSON.parse(stdout) as { items: { metadata: { name: string } }[] };
  expect(items.map(({ metadata }) => metadata.name)).toContain('kube-system');
  on('echo "Accept: application/json" > headers; cat admin.crt admin.key > admin.pem');
  expect(
    curl(
      `${KNOWN} --cert admin.pem -H @headers -o /dev/null -w '%{http_code} %{scheme} %{ssl_verify_result}' ${SERVER}/api`,
    ),
  ).toBe('0 200 https 0');
  const { stdout: who } = on(
    `curl -s ${KNOWN} ${ADMIN} --json '{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}' ${SERVER}/apis/authentication.k8s.io/v1/selfsubjectreviews`,
  );
  expect(JSON.parse(who).status.userInfo).toMatchObject({
    username: 'kubernetes-admin',
    groups: ['kubeadm:cluster-admins', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
  });
});

test('another may do what he may, and a certificate that nobody here has signed makes nobody', () => {
  const user = `--cert ${PKI}/apiserver-etcd-client.crt --key ${PKI}/apiserver-etcd-client.key`;
  expect(on(`curl -s ${KNOWN} ${user} ${SERVER}/api/v1/namespaces`).stdout).toContain(
    'namespaces is forbidden: User \\"kube-apiserver-etcd-client\\" cannot list resource \\"namespaces\\"',
  );
  on(
    'openssl req -x509 -newkey rsa:2048 -nodes -days 3 -keyout self.key -out self.crt -subj /O=system:masters/CN=root',
  );
  expect(on(`curl -s ${KNOWN} --cert self.crt --key self.key ${SERVER}/api`).stdout).toContain('"code": 401');
  // The API server's own certificate is for servers only.
  expect(on(`curl -s ${KNOWN} --cert ${PKI}/apiserver.crt --key ${PKI}/apiserver.key ${SERVER}/api`).stdout).toContain(
    '"reason": "Unauthorized"',
  );
  expect(on(`curl -s ${KNOWN} ${SERVER}/api`).stdout).toContain('User \\"system:anonymous\\" cannot get path');
});

test.each([
  [
    '--cert nope',
    '58 curl: (58) could not load PEM client certificate from nope, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)',
  ],
  [
    '--cert admin.key',
    '58 curl: (58) could not load PEM client certificate from admin.key, OpenSSL error error:0480006C:PEM routines::no start line, (no key found, wrong pass phrase, or wrong file format?)',
  ],
  ['--cert admin.crt', "58 curl: (58) unable to set private key file: 'admin.crt' type PEM"],
  ['--cert admin.crt --key nope', "58 curl: (58) unable to set private key file: 'nope' type PEM"],
  [`--cert admin.crt --key ${PKI}/sa.key`, `58 curl: (58) unable to set private key file: '${PKI}/sa.key' type PEM`],
  ['--cacert nope', '77 curl: (77) error adding trust anchors from file: nope'],
  ['--cacert admin.crt', '60 curl: (60) SSL certificate problem: unable to get local issuer certificate'],
  [
    `${KNOWN} --resolve api.example:6443:10.0.0.10 https://api.example:6443/api`,
    "60 curl: (60) SSL: no alternative certificate subject name matches target host name 'api.example'",
  ],
  ['--resolve what', "49 curl: (49) Couldn't parse CURLOPT_RESOLVE entry 'what'"],
  ['-k -m 1x', '2 curl: option --max-time: expected a proper numerical parameter'],
  ['--cret admin.crt', '2 curl: option --cret: is unknown'],
])('curl %s', (args, said) => {
  expect(curl(args.includes('https:') ? args : `${args} ${SERVER}/api`)).toBe(said);
});

test('what went wrong is told by -w, too', () => {
  expect(on(`curl -s -o /dev/null -w '%{http_code} %{exitcode} %{errormsg}' https://10.0.0.10:1/`)).toMatchObject({
    exitCode: 7,
    stdout: '000 7 Failed to connect to 10.0.0.10 port 1 after 0 ms: Could not connect to server',
  });
  expect(on(`curl -s -o /dev/null -w '%{http_code} %header{content-type}\\n%{nope}' -k ${SERVER}/livez`)).toMatchObject(
    {
      stdout: '200 text/plain; charset=utf-8\n',
      stderr: "curl: unknown --write-out variable: 'nope'\n",
    },
  );
});
