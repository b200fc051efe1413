import { expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

test('OIDC Discovery (ServiceAccountIssuerDiscovery)', () => {
  const bed = new Testbed({ workers: [{}] });
  const source = {
    serviceAccountToken: { path: 'sa-token', expirationSeconds: 7200, audience: 'oidc-discovery-test' },
  };
  const argument = ['--token-path', '/var/run/secrets/tokens/sa-token', '--audience', 'oidc-discovery-test'];
  const container = {
    name: 'oidc-discovery-validator',
    image: 'registry.k8s.io/e2e-test-images/agnhost:2.59',
    args: ['test-service-account-issuer-discovery', ...argument],
    volumeMounts: [{ mountPath: '/var/run/secrets/tokens', name: 'sa-token', readOnly: true }],
  };
  const volumes = [{ name: 'sa-token', projected: { sources: [source] } }];
  const spec = { serviceAccountName: 'default', restartPolicy: 'Never', volumes, containers: [container] };
  const name = 'oidc-discovery-validator';
  bed.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }));
  bed.pass(10);
  const log = bed.kubectl('logs', name);
  expect(log).toContain('OK: Constructed OIDC provider for issuer https://kubernetes.default.svc.cluster.local\n');
  expect(log).toContain('OK: Validated signature on JWT\n');
  expect(log).toContain('OK: Got valid claims from token!\n');
  expect(bed.kubectl('get', 'pod', name, '-o', 'jsonpath={.status.phase}')).toBe('Succeeded');
});
