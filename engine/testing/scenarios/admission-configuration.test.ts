import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What admission does because of files, as courses on security have a learner set it up.

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const FOLDER = '/etc/kubernetes/admission';

function writeFile(bed: Testbed, name: string, text: string): void {
  bed.run('control-plane', 'sh', '-c', `mkdir -p ${FOLDER}; cat > ${FOLDER}/${name} <<'E'\n${text}\nE\n`);
}

/** Adds flags, and the folder with what they name, to the API server's manifest. */
function configure(bed: Testbed, plugins: string): void {
  const flags = `--admission-control-config-file=${FOLDER}/config.yaml`;
  const edits = [
    `s/--enable-admission-plugins=.*/--enable-admission-plugins=${plugins}/`,
    `/- kube-apiserver$/a\\    - ${flags}`,
    `/volumeMounts:/a\\    - mountPath: ${FOLDER}\\n      name: admission\\n      readOnly: true`,
    `/^  volumes:/a\\  - hostPath: {path: ${FOLDER}, type: DirectoryOrCreate}\\n    name: admission`,
  ];
  bed.run('control-plane', 'sed', '-i', ...edits.flatMap((edit) => ['-e', edit]), MANIFEST);
  bed.pass(30);
}

const CONFIGURATION = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: ImagePolicyWebhook
  configuration:
    imagePolicy:
      kubeConfigFile: ${FOLDER}/kubeconfig.yaml
      allowTTL: 2
      denyTTL: 2
      retryBackoff: 500
      defaultAllow: false`;

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: image-bouncer
  cluster: {certificate-authority: ${FOLDER}/tls.crt, server: "https://image-bouncer:30443/review"}
users:
- {name: api-server, user: {}}
contexts:
- {name: image-bouncer, context: {cluster: image-bouncer, user: api-server}}
current-context: image-bouncer`;

const verdict = (status: string) =>
  `{"apiVersion":"imagepolicy.k8s.io/v1alpha1","kind":"ImageReview","status":${status}}`;

/** An nginx that says the same of all images, at port 30443 of every node. */
function runBackend(bed: Testbed, status: string): void {
  const conf = `server { listen 443 ssl; ssl_certificate /tls/tls.crt; ssl_certificate_key /tls/tls.key;
  location / { default_type application/json; return 200 '${verdict(status)}'; } }`;
  bed.sh(`cat > default.conf <<'E'\n${conf}\nE`);
  bed.sh('kubectl create configmap bouncer --from-file=default.conf --dry-run=client -o yaml | kubectl apply -f -');
  bed.kubectl('delete', 'pod', 'bouncer', '--ignore-not-found', '--now');
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: bouncer, labels: {app: bouncer}}
spec:
  containers:
  - name: nginx
    image: nginx:1.29
    volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}, {name: tls, mountPath: /tls}]
  volumes: [{name: conf, configMap: {name: bouncer}}, {name: tls, secret: {secretName: bouncer}}]
---
apiVersion: v1
kind: Service
metadata: {name: bouncer}
spec: {type: NodePort, selector: {app: bouncer}, ports: [{port: 443, nodePort: 30443}]}
`);
  bed.untilReady('bouncer');
}

test('a server behind an API server decides about images', () => {
  const bed = new Testbed();
  bed.sh(
    'openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 30 -subj /CN=image-bouncer -addext subjectAltName=DNS:image-bouncer',
  );
  bed.kubectl('create', 'secret', 'tls', 'bouncer', '--cert=tls.crt', '--key=tls.key');
  runBackend(bed, '{"allowed":false,"reason":"Images using latest tag are not allowed"}');
  bed.run('control-plane', 'sh', '-c', 'echo "10.0.0.11 image-bouncer" >> /etc/hosts');
  writeFile(bed, 'tls.crt', bed.sh('cat tls.crt').stdout.trim());
  writeFile(bed, 'kubeconfig.yaml', KUBECONFIG);
  writeFile(bed, 'config.yaml', CONFIGURATION);
  configure(bed, 'NodeRestriction,ImagePolicyWebhook');
  // The backend denies the API server's own mirror Pod as well, so that the cluster does not look ready.
  bed.until('the API server serves', () => bed.kubectlAnyway('get', 'nodes').exitCode === 0, 60);

  expect(bed.kubectlAnyway('run', 'web', '--image=nginx').stderr).toBe(
    'Error from server (Forbidden): pods "web" is forbidden: image policy webhook backend denied one or more images: ' +
      'Images using latest tag are not allowed\n',
  );
  bed.kubectl('create', 'deployment', 'shop', '--image=nginx');
  bed.pass(5);
  expect(bed.kubectl('describe', 'replicaset')).toContain(
    'is forbidden: image policy webhook backend denied one or more images: Images using latest tag are not allowed',
  );

  bed.kubectl('delete', 'pod', 'bouncer', '--now');
  bed.pass(2);
  expect(bed.kubectlAnyway('run', 'web', '--image=nginx').stderr).toMatch(
    /^Error from server \(Forbidden\): pods "web" is forbidden: Post "https:\/\/image-bouncer:30443\/review\?timeout=30s": dial tcp 10.0.0.11:30443: connect: connection refused\n$/,
  );
});

test.each([
  [
    'no kubeconfig',
    CONFIGURATION,
    `couldn't init admission plugin \\"ImagePolicyWebhook\\": stat ${FOLDER}/kubeconfig.yaml: no such file or directory`,
  ],
  [
    'no configuration of the plugin',
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration',
    'couldn\'t init admission plugin \\"ImagePolicyWebhook\\": no config specified',
  ],
  [
    'another kind',
    'apiVersion: v1\nkind: ConfigMap',
    'failed to read plugin config: no kind \\"ConfigMap\\" is registered for version \\"v1\\" in scheme',
  ],
])('%s ends the API server with a word', (_, text, why) => {
  const bed = new Testbed();
  writeFile(bed, 'config.yaml', text);
  configure(bed, 'NodeRestriction,ImagePolicyWebhook');
  expect(bed.kubectlAnyway('get', 'nodes').stderr).toContain('was refused');
  const log = bed.run('control-plane', 'sh', '-c', 'cat /var/log/pods/kube-system_kube-apiserver-*/*/*.log').stdout;
  expect(log).toContain(`"command failed" err="failed to apply admission: ${why}`);
});

test('every Namespace can be held to a standard', () => {
  const bed = new Testbed();
  writeFile(
    bed,
    'pod-security.yaml',
    `apiVersion: pod-security.admission.config.k8s.io/v1
kind: PodSecurityConfiguration
defaults: {enforce: baseline}
exemptions: {namespaces: [kube-system]}`,
  );
  writeFile(
    bed,
    'config.yaml',
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, path: pod-security.yaml}]',
  );
  configure(bed, 'NodeRestriction,AlwaysPullImages');
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
  const { stderr } = bed.kubectlAnyway('run', 'root', '--image=nginx:1.29', '--privileged');
  expect(stderr).toContain('pods "root" is forbidden: violates PodSecurity "baseline:latest": privileged');
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  expect(bed.pod('web').spec.containers[0]?.imagePullPolicy).toBe('Always');
  bed.kubectl('run', 'root', '--image=nginx:1.29', '--privileged', '-n', 'kube-system');
});
