import { expect, test } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

// Documents as https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery

test('the issuer of tokens says where its keys are, and the keys have the name that tokens bear', () => {
  const { request } = startTestServer({ advertiseAddress: '10.0.0.10' });
  const configuration = request('GET', '/.well-known/openid-configuration');
  expect(configuration.headers).toEqual({
    'content-type': 'application/json',
    'cache-control': 'public, max-age=3600',
  });
  expect(JSON.parse(configuration.body)).toEqual({
    issuer: 'https://kubernetes.default.svc.cluster.local',
    jwks_uri: 'https://10.0.0.10:6443/openid/v1/jwks',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  });
  const keys = request('GET', '/openid/v1/jwks');
  expect(keys.headers['content-type']).toBe('application/jwk-set+json');
  const [key] = JSON.parse(keys.body).keys;
  expect(key).toMatchObject({ use: 'sig', kty: 'RSA', alg: 'RS256', e: 'AQAB' });
  request('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'app' } });
  const { body } = request('POST', '/api/v1/namespaces/default/serviceaccounts/app/token', { spec: {} });
  const [header] = body.status.token.split('.');
  expect(JSON.parse(atob(header))).toEqual({ alg: 'RS256', kid: key.kid });
});
