import { expect, test } from 'vitest';
import { pod as podKind } from '../../api/core/pod.ts';
import type { KindDescriptor } from '../../api/descriptor.ts';
import type { Pod, ServiceAccount } from '../../api/kinds.ts';
import type { AdmissionRequest, Lookup } from './admission.ts';
import { serviceAccount } from './service-account.ts';

const PLUGIN = serviceAccount({ nameSuffix: () => 'abcde' });

function account(more: object = {}): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' }, ...more } as ServiceAccount;
}

function admit(spec: object, of: ServiceAccount | undefined = account(), metadata: object = {}): Pod {
  const found = (_: string, __: string, name: string) => (name === 'default' ? of : undefined);
  const lookup = Object.assign(found, { all: () => [] }) as Lookup;
  const containers = [{ name: 'web', image: 'nginx' }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec: { containers, ...spec } };
  const request = { operation: 'CREATE', kind: podKind as unknown as KindDescriptor, namespace: 'default', name: 'p' };
  return PLUGIN.admit!(request as AdmissionRequest, pod as unknown as Pod, lookup) as Pod;
}

const MOUNT = {
  name: 'kube-api-access-abcde',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

test('containers find a token, the root certificate and the namespace where clients look for them', () => {
  const { spec } = admit({ initContainers: [{ name: 'init', image: 'nginx' }] });
  expect(spec.serviceAccountName).toBe('default');
  expect(spec.containers[0]?.volumeMounts).toEqual([MOUNT]);
  expect(spec.initContainers?.[0]?.volumeMounts).toEqual([MOUNT]);
  expect(spec.volumes).toEqual([
    {
      name: 'kube-api-access-abcde',
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
        defaultMode: 0o644,
      },
    },
  ]);
});

test.each([
  [{ automountServiceAccountToken: false }, {}],
  [{}, { automountServiceAccountToken: false }],
  [{ containers: [{ name: 'web', image: 'nginx', volumeMounts: [{ ...MOUNT, name: 'own' }] }] }, {}],
])('a Pod with %j of an account with %j gets no volume', (spec, more) => {
  expect(admit(spec, account(more)).spec.volumes).toBeUndefined();
});

test("the Pod's word counts before the account's", () => {
  const { spec } = admit({ automountServiceAccountToken: true }, account({ automountServiceAccountToken: false }));
  expect(spec.volumes).toHaveLength(1);
});

test("the account's pull secrets are the Pod's unless it has its own", () => {
  const of = account({ imagePullSecrets: [{ name: 'registry' }] });
  expect(admit({}, of).spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect(admit({ imagePullSecrets: [{ name: 'own' }] }, of).spec.imagePullSecrets).toEqual([{ name: 'own' }]);
});

test.each([
  [
    { serviceAccountName: 'nope' },
    {},
    'error looking up service account default/nope: serviceaccount "nope" not found',
  ],
  [
    { serviceAccountName: 'default' },
    { annotations: { 'kubernetes.io/config.mirror': 'x' } },
    'a mirror pod may not reference service accounts',
  ],
])('a Pod with %j %j is refused', (spec, metadata, why) => {
  expect(() => admit(spec, account(), metadata)).toThrow(`pods "p" is forbidden: ${why}`);
});

test('an account may limit its Pods to the secrets it lists', () => {
  const of = account({
    metadata: { name: 'default', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
    secrets: [{ name: 'listed' }],
  });
  const using = (secretName: string) => admit({ volumes: [{ name: 'v', secret: { secretName } }] }, of);
  expect(using('listed').spec.volumes).toHaveLength(2);
  expect(() => using('other')).toThrow('volume with secret.secretName="other" is not allowed');
});
