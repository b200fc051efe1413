import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Who somebody is to the API server, by what their kubeconfig holds:
// https://kubernetes.io/docs/tasks/administer-cluster/certificates/ and
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/

function sh(bed: Testbed, script: string): string {
  const { stdout, stderr } = bed.run('workstation', 'bash', '-c', script);
  return stdout + stderr;
}

const UNAUTHORIZED = 'error: You must be logged in to the server (Unauthorized)\n';
const LIST_PODS = 'cannot list resource "pods" in API group "" in the namespace "default"';

/** Asks the cluster's CA for a certificate, as the documentation has it. */
const JANE = `
openssl genrsa -out jane.key 2048
openssl req -new -key jane.key -out jane.csr -subj "/CN=jane/O=dev"
kubectl apply -f - <<END
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: jane}
spec: {request: $(base64 -w0 < jane.csr), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], expirationSeconds: 600}
END
kubectl certificate approve jane
sleep 2
kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt
kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key
kubectl config set-context jane --cluster=kubernetes --user=jane
`;

test('a certificate of the cluster’s CA makes its bearer the user and the groups that it names', () => {
  const bed = new Testbed();
  expect(sh(bed, JANE)).toContain('Context "jane" created.');
  const asJane = (command: string) => sh(bed, `kubectl --context=jane ${command}`);
  expect(asJane('get pods')).toBe(`Error from server (Forbidden): pods is forbidden: User "jane" ${LIST_PODS}\n`);
  bed.kubectl('create', 'rolebinding', 'dev', '--clusterrole=view', '--group=dev');
  expect(asJane('get pods')).toBe('No resources found in default namespace.\n');
  expect(asJane('auth whoami')).toMatch(/Username +jane\nGroups +\[dev system:authenticated\]\n/);
  expect(asJane('create configmap x')).toContain('User "jane" cannot create resource "configmaps"');
  // Flags come before what the context has.
  expect(sh(bed, 'kubectl --client-certificate=jane.crt --client-key=jane.key auth whoami')).toMatch(
    /Username +jane\n/,
  );
  // Shown flat, it holds what the files hold.
  expect(sh(bed, 'kubectl config view --context=jane --minify --flatten')).toContain(
    `client-certificate-data: ${sh(bed, 'base64 -w0 jane.crt')}`,
  );
  // The certificate itself may be in the file.
  sh(
    bed,
    'cd / && kubectl config set-credentials jane --embed-certs --client-certificate=/root/jane.crt --client-key=root/jane.key',
  );
  expect(sh(bed, 'rm jane.crt jane.key; kubectl --context=jane get pods')).toBe(
    'No resources found in default namespace.\n',
  );
  bed.pass(700);
  expect(asJane('get pods')).toBe('error: You must be logged in to the server (Unauthorized)\n');
});

test('a certificate of somebody else’s, a key of another one, and files that are not there', () => {
  const bed = new Testbed();
  const made = sh(
    bed,
    `openssl req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.crt -days 30 -subj /CN=kubernetes-admin/O=system:masters
    openssl genrsa -out other.key 2048
    kubectl config set-credentials own --client-certificate=own.crt --client-key=own.key
    kubectl config set-credentials mixed --client-certificate=own.crt --client-key=other.key
    kubectl config set-credentials gone --client-certificate=gone.crt --client-key=gone.key
    kubectl config set-credentials half --client-certificate=own.crt`,
  );
  expect(made).toContain('User "half" set.');
  const as = (user: string) => sh(bed, `kubectl --user=${user} get pods`);
  expect(as('own')).toContain(UNAUTHORIZED);
  expect(as('mixed')).toBe('error: tls: private key does not match public key\n');
  expect(as('gone')).toMatch(
    /^error: invalid configuration: \[unable to read client-cert \S*gone.crt for gone due to open /,
  );
  expect(as('half')).toContain('client-key-data or client-key must be specified for half to use the clientCert');
});

test('a token makes its bearer the ServiceAccount, and one of no worth nobody', () => {
  const bed = new Testbed();
  sh(
    bed,
    `kubectl create serviceaccount bot
    kubectl config set-credentials bot --token=$(kubectl create token bot)
    kubectl config set-credentials liar --token=abc
    kubectl config set-credentials nobody`,
  );
  const as = (user: string) => sh(bed, `kubectl --user=${user} get pods`);
  const bot = 'system:serviceaccount:default:bot';
  expect(as('bot')).toBe(`Error from server (Forbidden): pods is forbidden: User "${bot}" ${LIST_PODS}\n`);
  expect(as('liar')).toContain(UNAUTHORIZED);
  expect(as('nobody')).toContain('User "system:anonymous" cannot get path "/api"');
  // The administrator has a certificate, which comes first.
  expect(sh(bed, 'kubectl --token=abc get pods')).toBe('No resources found in default namespace.\n');
});

test('files that a kubeconfig names are looked for where it is', () => {
  const bed = new Testbed({ workers: [{}] });
  sh(bed, JANE);
  sh(
    bed,
    'mkdir keys; mv jane.crt jane.key keys; cp .kube/config keys/config; sed -i "s|: /.*/jane|: jane|" keys/config',
  );
  expect(sh(bed, 'grep client-certificate: keys/config')).toBe('    client-certificate: jane.crt\n');
  const whoami = "kubectl --context=jane auth whoami -o jsonpath='{.status.userInfo.username}'";
  expect(sh(bed, `KUBECONFIG=keys/config ${whoami}; cd /tmp; KUBECONFIG=~/keys/config ${whoami}`)).toBe('janejane');
});

test('a kubeconfig may ask to be taken for somebody else, and flags have the last word', () => {
  const bed = new Testbed({ workers: [{}] });
  sh(bed, 'kubectl config set users.kubernetes-admin.as ada');
  const whoami = `kubectl auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups}'`;
  expect(sh(bed, whoami)).toBe('ada ["system:authenticated"]');
  sh(bed, `sed -i 's/^    as: ada/    as: ada\\n    as-groups: [dev, ops]/' .kube/config`);
  expect(sh(bed, whoami)).toBe('ada ["dev","ops","system:authenticated"]');
  expect(sh(bed, 'kubectl get pods')).toContain(`pods is forbidden: User "ada" ${LIST_PODS}`);
  const asAdmin = 'kubectl get pods --as=kubernetes-admin --as-group=system:masters';
  expect(sh(bed, asAdmin)).toBe('No resources found in default namespace.\n');
  sh(bed, `sed -i '/^    as: ada/d' .kube/config`);
  expect(sh(bed, 'kubectl get pods')).toBe(
    'error: requesting uid, groups or user-extra for kubernetes-admin without impersonating a user\n',
  );
});
