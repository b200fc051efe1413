import { expect, test } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

const GROUP = '/apis/networking.k8s.io/v1';
const INGRESSES = `${GROUP}/namespaces/default/ingresses`;

test('an Ingress without a class gets the default one', () => {
  const { request } = startTestServer();
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  const makeClass = (name: string) =>
    request('POST', `${GROUP}/ingressclasses`, {
      metadata: { name, annotations },
      spec: { controller: 'example.com/x' },
    });
  const make = (name: string) =>
    request('POST', INGRESSES, {
      metadata: { name },
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    });
  expect(make('before').body.spec.ingressClassName).toBeUndefined();
  makeClass('nginx');
  expect(make('a').body.spec.ingressClassName).toBe('nginx');
  makeClass('traefik');
  expect(make('b')).toMatchObject({
    status: 403,
    body: {
      message: 'ingresses.networking.k8s.io "b" is forbidden: 2 default IngressClasses were found, only 1 allowed',
    },
  });
});

test('external addresses of Services are refused where that is asked for', () => {
  const spec = { ports: [{ port: 80 }], externalIPs: ['203.0.113.9'] };
  const make = (enable: string[]) =>
    startTestServer({ admission: { enable } }).request('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 's' },
      spec,
    });
  expect(make([]).status).toBe(201);
  expect(make(['DenyServiceExternalIPs']).body.message).toBe(
    'services "s" is forbidden: Use of external IPs is denied by admission control.',
  );
});
