import { expect, test } from 'vitest';
import type { APIService } from '../../api/extension-kinds.ts';
import { makeOwnCertificate, RANDOM_BYTES } from '../../linux/tls.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// After test/e2e/apimachinery/aggregator.go

const NAME = 'v1alpha1.wardle.example.com';
const FLUNDERS = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders';

function deploy(bed: Testbed): void {
  const nowMs = bed.sim.wallMs;
  const host = 'sample-api.aggregator.svc';
  const random = Uint8Array.from({ length: RANDOM_BYTES }, (_, index) => (index * 41 + 7) & 255);
  const validity = { notBeforeMs: nowMs - 86_400_000, notAfterMs: nowMs + 86_400_000 };
  const { certificate, key } = makeOwnCertificate(
    { subject: [['CN', host]], dnsNames: [host], isAuthority: true, ...validity },
    random,
  );
  bed.apply(manifest(btoa(certificate), btoa(key)));
}

function manifest(certificate: string, key: string): string {
  return `apiVersion: v1
kind: Namespace
metadata: {name: aggregator}
---
apiVersion: v1
kind: Secret
metadata: {name: sample-apiserver-secret, namespace: aggregator}
data: {tls.crt: ${certificate}, tls.key: ${key}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sample-apiserver-deployment, namespace: aggregator}
spec:
  selector: {matchLabels: {apiserver: "true"}}
  template:
    metadata: {labels: {apiserver: "true"}}
    spec:
      terminationGracePeriodSeconds: 0
      volumes: [{name: apiserver-certs, secret: {secretName: sample-apiserver-secret}}]
      containers:
      - name: sample-apiserver
        image: registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2
        args: ["--etcd-servers=http://localhost:2379", --tls-cert-file=/apiserver.local.config/certificates/tls.crt, --tls-private-key-file=/apiserver.local.config/certificates/tls.key, --audit-log-path=-]
        volumeMounts: [{name: apiserver-certs, readOnly: true, mountPath: /apiserver.local.config/certificates}]
      - name: etcd
        image: registry.k8s.io/etcd:3.6.6-0
        command: [/usr/local/bin/etcd, "--listen-client-urls=http://0.0.0.0:2379", "--advertise-client-urls=http://0.0.0.0:2379"]
---
apiVersion: v1
kind: Service
metadata: {name: sample-api, namespace: aggregator}
spec:
  selector: {apiserver: "true"}
  ports: [{protocol: TCP, port: 7443, targetPort: 443}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: ${NAME}}
spec:
  service: {namespace: aggregator, name: sample-api, port: 7443}
  group: wardle.example.com
  version: v1alpha1
  caBundle: ${certificate}
  groupPriorityMinimum: 2000
  versionPriority: 200
`;
}

function available(bed: Testbed): string {
  const { status } = bed.get<APIService>('apiservice', NAME);
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  return `${condition?.status} ${condition?.reason}`;
}

test('aggregator-supports-the-sample-apiserver', () => {
  const bed = new Testbed({ workers: [{}] });
  deploy(bed);
  bed.pass(6);
  bed.until('the server is available', () => available(bed) === 'True Passed');
  expect(bed.kubectl('api-resources', '--api-group=wardle.example.com', '-o', 'name')).toBe(
    'fischers.wardle.example.com\nflunders.wardle.example.com\n',
  );
  expect(JSON.parse(bed.kubectl('get', '--raw', FLUNDERS))).toMatchObject({ kind: 'FlunderList', items: [] });
  const flunder = (name: string, more: object = {}) =>
    JSON.stringify({
      apiVersion: 'wardle.example.com/v1alpha1',
      kind: 'Flunder',
      metadata: { name, labels: { 'sample-label': 'true' } },
      ...more,
    });
  bed.apply(flunder('rest-flunder', { spec: { flunderReference: 'a' } }));
  bed.apply(flunder('other'));
  expect(bed.kubectl('get', 'flunders', '-o', 'name')).toBe(
    'flunder.wardle.example.com/other\nflunder.wardle.example.com/rest-flunder\n',
  );
  expect(bed.kubectl('get', 'flunders', 'rest-flunder')).toMatch(/^NAME +CREATED AT\n|^NAME +AGE\nrest-flunder /);
  bed.kubectl('patch', 'flunder', 'other', '--type=merge', '-p', '{"spec":{"flunderReference":"rest-flunder"}}');
  expect(bed.kubectl('get', 'flunder', 'other', '-o', 'jsonpath={.spec.flunderReference}')).toBe('rest-flunder');
  expect(bed.kubectlAnyway('get', 'flunder', 'none').stderr).toBe(
    'Error from server (NotFound): flunders.wardle.example.com "none" not found\n',
  );
  bed.kubectl('delete', 'flunder', 'rest-flunder', '--wait=false');
  bed.kubectl('delete', 'flunders', '-l', 'sample-label=true', '--wait=false');
  expect(JSON.parse(bed.kubectl('get', '--raw', FLUNDERS)).items).toEqual([]);
  // Who may do what is decided before anything is passed on.
  expect(bed.kubectlAnyway('get', 'flunders', '--as=jane').stderr).toContain(
    'User "jane" cannot list resource "flunders"',
  );

  bed.kubectl('label', 'apiservice', NAME, 'e2e=patched');
  expect(bed.kubectl('get', 'apiservices', '-l', 'e2e=patched', '-o', 'name')).toBe(
    `apiservice.apiregistration.k8s.io/${NAME}\n`,
  );
  bed.kubectl('delete', 'apiservices', '-l', 'e2e=patched');
  expect(bed.kubectlAnyway('get', '--raw', FLUNDERS).stderr).toContain('NotFound');
});
