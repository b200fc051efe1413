import { expect, test } from 'vitest';
import {
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  PODS,
  podNamed,
  startTestServer,
} from './testing/test-server.ts';

const YAML = { 'content-type': 'application/yaml' };

test.each<[string, unknown, Record<string, string>]>([
  ['JSON text', JSON.stringify(configMapNamed('x')), {}],
  ['JSON bytes', new TextEncoder().encode(JSON.stringify(configMapNamed('x'))), { 'content-type': 'application/json' }],
  ['YAML', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  creationTimestamp: null\ndata: {a: "1"}\n', YAML],
  ['an object without kind', { metadata: { name: 'x' }, data: { a: '1' } }, {}],
])('%s is understood', (_what, body, headers) => {
  const { request } = startTestServer();
  const answer = request('POST', CONFIG_MAPS, body, headers);
  expect([answer.status, answer.body.kind, answer.body.data]).toEqual([201, 'ConfigMap', { a: '1' }]);
});

const unrecognized = 'the object provided is unrecognized (must be of type Pod): ';
const badJson = `${unrecognized}couldn't get version/kind; json parse error: `;

test.each<[unknown, Record<string, string>, number, string]>([
  ['{"kind":', {}, 400, `${badJson}unexpected end of JSON input ({"kind":)`],
  ['', {}, 400, `${badJson}unexpected end of JSON input (<empty>)`],
  ['{"a":1,}', {}, 400, `${badJson}invalid character '}' looking for beginning of object key string ({"a":1,})`],
  ['{"a" 1}', {}, 400, `${badJson}invalid character '1' after object key ({"a" 1})`],
  ['nope', {}, 400, `${badJson}invalid character 'o' in literal null (expecting 'u') (6e6f7065)`],
  [
    '[]',
    {},
    400,
    `${badJson}json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
  ],
  [
    'x',
    { 'content-type': 'text/plain' },
    415,
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  ],
  ['x'.repeat(4 * 1024 * 1024), {}, 413, 'Request entity too large: limit is 3145728'],
  [podNamed('x'.repeat(4 * 1024 * 1024)), {}, 413, 'Request entity too large: limit is 3145728'],
  [
    deploymentNamed('d'),
    {},
    400,
    'Deployment in version "v1" cannot be handled as a Pod: converting (v1.Deployment) to (core.Pod): unknown conversion',
  ],
  [
    { apiVersion: 'v1', kind: 'Foo' },
    {},
    400,
    'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ],
])('%.60j is refused', (body, headers, code, message) => {
  expect(startTestServer().request('POST', PODS, body, headers).body).toMatchObject({ code, message });
});

test('malformed YAML and YAML that multiplies itself are refused', () => {
  const { request } = startTestServer();
  expect(request('POST', PODS, 'a: [', YAML).body.message).toMatch(
    /^the object provided is unrecognized .*: yaml: line 1: .* \(613a205b\)$/,
  );
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`)}]`).join('\n')}`;
  expect(request('POST', PODS, bomb, YAML).body.code).toBe(400);
  for (const nested of ['['.repeat(1_000_000), '- '.repeat(1_000_000)]) {
    expect(request('POST', PODS, nested, YAML).body.message).toContain('yaml: exceeded max depth');
  }
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  expect(request('POST', PODS, deep).body).toMatchObject({ code: 400, message: 'exceeded max depth' });
});

test.each([
  ['?fieldValidation=Strict', 400, undefined],
  [
    '?fieldValidation=Warn',
    201,
    '299 - "unknown field \\"spec.containers[0].prt\\"", 299 - "unknown field \\"spec.imagee\\""',
  ],
  ['?fieldValidation=Ignore', 201, undefined],
])('unknown fields under %s', (query, status, warning) => {
  const { request } = startTestServer();
  const pod = podNamed('x', { imagee: 'x', containers: [{ name: 'web', image: 'nginx', prt: 80 }] });
  const answer = request('POST', PODS + query, pod);
  expect([answer.status, answer.headers['warning']]).toEqual([status, warning]);
  if (status === 201) expect(answer.body.spec.imagee).toBeUndefined();
  else {
    expect(answer.body.message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].prt", unknown field "spec.imagee"',
    );
  }
});

test('a value of the wrong type is refused in the words of the decoder', () => {
  const { request } = startTestServer();
  expect(request('POST', DEPLOYMENTS, JSON.stringify(deploymentNamed('d', '3'))).body).toMatchObject({
    code: 400,
    reason: 'BadRequest',
    message:
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  });
  expect(request('POST', `${PODS}?fieldValidation=Foo`, podNamed('x')).body.message).toBe(
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"',
  );
});

test('a finalizer without a domain is warned of or refused, never stored silently', () => {
  const { request } = startTestServer();
  const answer = request('POST', CONFIG_MAPS, configMapNamed('x', { metadata: { name: 'x', finalizers: ['nope'] } }));
  expect(answer.headers['warning'] ?? answer.body.message).toContain('nope');
});
