import { makeOwnCertificate, RANDOM_BYTES } from '../../linux/tls.ts';
import type { Testbed } from '../../testing/scenarios/testbed.ts';

// What upstream's tests of webhooks set up first: agnhost behind a Service, with a certificate for the Service's name.

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';

const DAY_MS = 24 * 3600 * 1000;

/** A webhook server in the namespace `default`, ready to be called. */
export interface WebhookServer {
  /** Of the authority that has signed the server's certificate, base64. */
  readonly caBundle: string;
  /** `clientConfig` of a webhook at this path. */
  clientConfig(path: string): object;
}

/** @param subcommand of agnhost */
export function deployWebhookServer(bed: Testbed, subcommand: 'webhook' | 'crd-conversion-webhook'): WebhookServer {
  const nowMs = bed.sim.wallMs;
  const { certificate, key } = makeOwnCertificate(
    {
      subject: [['CN', 'e2e-test-webhook.default.svc']],
      dnsNames: ['e2e-test-webhook.default.svc'],
      isAuthority: true,
      notBeforeMs: nowMs - DAY_MS,
      notAfterMs: nowMs + DAY_MS,
    },
    Uint8Array.from({ length: RANDOM_BYTES }, (_, index) => (index * 37 + 11) & 255),
  );
  bed.apply(manifest(subcommand, btoa(certificate), btoa(key)));
  bed.until('the webhook server is ready', () =>
    bed.podViews().some(({ name, ready }) => name.startsWith('sample-webhook') && ready),
  );
  // The rules of kube-proxy follow the endpoints.
  bed.pass(2);
  const caBundle = btoa(certificate);
  const service = { namespace: 'default', name: 'e2e-test-webhook', port: 8443 };
  return { caBundle, clientConfig: (path) => ({ service: { ...service, path }, caBundle }) };
}

function manifest(subcommand: string, certificate: string, key: string): string {
  return `apiVersion: v1
kind: Secret
metadata: {name: sample-webhook-secret}
data: {tls.crt: ${certificate}, tls.key: ${key}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sample-webhook-deployment}
spec:
  replicas: 1
  selector: {matchLabels: {app: sample-webhook}}
  template:
    metadata: {labels: {app: sample-webhook}}
    spec:
      terminationGracePeriodSeconds: 0
      volumes: [{name: webhook-certs, secret: {secretName: sample-webhook-secret}}]
      containers:
      - name: sample-webhook
        image: ${AGNHOST}
        args: [${subcommand}, --tls-cert-file=/webhook.local.config/certificates/tls.crt, --tls-private-key-file=/webhook.local.config/certificates/tls.key, --port=8444]
        volumeMounts: [{name: webhook-certs, readOnly: true, mountPath: /webhook.local.config/certificates}]
        ports: [{containerPort: 8444}]
        readinessProbe: {httpGet: {scheme: HTTPS, port: 8444, path: /readyz}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: e2e-test-webhook}
spec:
  selector: {app: sample-webhook}
  ports: [{protocol: TCP, port: 8443, targetPort: 8444}]
`;
}
