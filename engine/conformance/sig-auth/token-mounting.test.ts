import { expect, test } from 'vitest';
import type { ConfigMap, Namespace } from '../../api/kinds.ts';
import { configMaps } from '../../api/resources.ts';
import { PODS, podNamed, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { ControlPlane } from '../../kube-controller-manager/testing/control-plane.ts';

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
