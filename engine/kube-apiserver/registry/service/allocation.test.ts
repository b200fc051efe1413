import { expect, test } from 'vitest';
import type { Service } from '../../../api/kinds.ts';
import { startTestServer } from '../../testing/test-server.ts';

// https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services on a cluster that speaks IPv4 only

const SERVICES = '/api/v1/namespaces/default/services';

/** What comes of a Service with this in its spec. */
function created(spec: object) {
  const { request } = startTestServer();
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }], ...spec } };
  return request('POST', SERVICES, body);
}

const families = (spec: object) => {
  const { ipFamilies, ipFamilyPolicy } = (created(spec).body as Service).spec;
  return [ipFamilyPolicy, ...(ipFamilies ?? [])];
};

test('a Service has the one family that there is, also where two are preferred', () => {
  expect(families({})).toEqual(['SingleStack', 'IPv4']);
  expect(families({ ipFamilyPolicy: 'PreferDualStack' })).toEqual(['PreferDualStack', 'IPv4']);
  expect(families({ ipFamilies: ['IPv4'] })).toEqual(['SingleStack', 'IPv4']);
});

test('a headless Service without selector may be anything', () => {
  expect(families({ clusterIP: 'None' })).toEqual(['RequireDualStack', 'IPv4', 'IPv6']);
  expect(families({ clusterIP: 'None', ipFamilies: ['IPv6'] })).toEqual(['RequireDualStack', 'IPv6', 'IPv4']);
  expect(families({ clusterIP: 'None', ipFamilyPolicy: 'SingleStack' })).toEqual(['SingleStack', 'IPv4']);
});

test.each([
  [
    { ipFamilyPolicy: 'RequireDualStack' },
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
  [{ ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  [
    { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv6'] },
    'spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster',
  ],
])('%j is refused', (spec, why) => {
  expect(created(spec).body).toMatchObject({ code: 422, message: `Service "s" is invalid: ${why}` });
});
