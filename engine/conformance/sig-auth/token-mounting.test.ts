import { expect, test } from 'vitest';
import type { ConfigMap, Namespace } from '../../api/kinds.ts';
import { configMaps } from '../../api/resources.ts';
import { PODS, podNamed, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { ControlPlane } from '../../kube-controller-manager/testing/control-plane.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';
import { output, podOf, sh, startNode } from '../testing/pod-runner.ts';

const TOKENS = '/var/run/secrets/kubernetes.io/serviceaccount';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';

test('Service account tokens auto mount optionally', () => {
  const { request } = startTestServer();
  request('POST', ACCOUNTS, { metadata: { name: 'mount' } });
  request('POST', ACCOUNTS, { metadata: { name: 'nomount' }, automountServiceAccountToken: false });
  const isMounted = (serviceAccountName: string, automountServiceAccountToken?: boolean): boolean => {
    const name = `${serviceAccountName}-${automountServiceAccountToken ?? 'default'}`;
    const { body } = request('POST', PODS, podNamed(name, { serviceAccountName, automountServiceAccountToken }));
    const [container] = body.spec.containers;
    return (container.volumeMounts ?? []).some(({ mountPath }: { mountPath: string }) => mountPath === TOKENS);
  };
  expect(isMounted('mount')).toBe(true);
  expect(isMounted('mount', true)).toBe(true);
  expect(isMounted('mount', false)).toBe(false);
  expect(isMounted('nomount')).toBe(false);
  expect(isMounted('nomount', true)).toBe(true);
  expect(isMounted('nomount', false)).toBe(false);
});

test('RootCA ConfigMap test', () => {
  const controlPlane = new ControlPlane('root ca');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, rootCa: 'the certificate' });
  controlPlane.apply<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } });
  sim.runFor(5_000);
  const resource = client.resource<ConfigMap>(configMaps);
  const data = () => resource.get('kube-root-ca.crt', 'ns').data;
  expect(data()).toEqual({ 'ca.crt': 'the certificate' });
  resource.delete('kube-root-ca.crt', 'ns');
  sim.runFor(5_000);
  expect(data()).toEqual({ 'ca.crt': 'the certificate' });
  resource.patch('kube-root-ca.crt', 'ns', 'merge', { data: { 'ca.crt': '' } });
  sim.runFor(5_000);
  expect(data()).toEqual({ 'ca.crt': 'the certificate' });
});

test('Service Account Tokens Must AutoMount', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.kubectl('create', 'serviceaccount', 'mount');
  const container = { name: 'test', image: 'busybox:1.37', command: ['sleep', '100000'] };
  const spec = { serviceAccountName: 'mount', terminationGracePeriodSeconds: 0, containers: [container] };
  bed.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec }));
  bed.untilReady('pod');
  const read = (file: string): string => bed.kubectl('exec', 'pod', '--', 'cat', `${TOKENS}/${file}`);
  const authority = bed.get<ConfigMap>('configmap', 'kube-root-ca.crt').data?.['ca.crt'];
  expect(read('ca.crt')).toBe(authority);
  expect(read('namespace')).toBe('default');
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: { name: '' } };
  bed.cluster.submit({
    kind: 'file.write',
    path: 'review.json',
    text: JSON.stringify({ ...review, spec: { token: read('token') } }),
  });
  const { status } = JSON.parse(bed.kubectl('create', '-f', 'review.json', '-o', 'json'));
  expect(status).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:default:mount' } });
});

test('TokenRequestProjection should mount a projected volume with token using TokenRequest API.', () => {
  const source = { serviceAccountToken: { path: 'test-token', expirationSeconds: 7200, audience: 'vault' } };
  const spec = podOf(
    {
      ...sh('ls -ln /test | tail -1 | cut -c1-10; cat /test/test-token'),
      volumeMounts: [{ name: 'token', mountPath: '/test' }],
    },
    { volumes: [{ name: 'token', projected: { sources: [source], defaultMode: 0o400 } }] },
  );
  const [, token = ''] = output(startNode(), spec).trim().split('\n');
  const claims = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')));
  expect(claims).toMatchObject({
    aud: ['vault'],
    sub: 'system:serviceaccount:default:default',
    'kubernetes.io': { namespace: 'default', pod: { name: 'pod' }, serviceaccount: { name: 'default' } },
  });
  expect(claims.exp - claims.iat).toBe(7200);
});
