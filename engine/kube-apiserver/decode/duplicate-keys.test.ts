import { expect, test } from 'vitest';
import { CONFIG_MAPS, DEPLOYMENTS, startTestServer } from '../testing/test-server.ts';

const YAML = { 'content-type': 'application/yaml' };

test('a JSON field that comes twice is refused when strict, else warned of; the last one counts', () => {
  const { request } = startTestServer();
  const text =
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,"replicas":2,' +
    '"selector":{"matchLabels":{"a":"x"}},"template":{"metadata":{"labels":{"a":"x"}},' +
    '"spec":{"containers":[{"name":"a","image":"x"},{"name":"\\"{","name":"b", "image" : "x"}]}}}}';
  expect(request('POST', `${DEPLOYMENTS}?fieldValidation=Strict`, text)).toMatchObject({
    status: 400,
    body: {
      message:
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ' +
        'duplicate field "spec.replicas", duplicate field "spec.template.spec.containers[1].name"',
    },
  });
  const warned = request('POST', DEPLOYMENTS, text);
  expect(warned.body.spec.replicas).toBe(2);
  expect(warned.headers['warning']).toContain(String.raw`299 - "duplicate field \"spec.replicas\""`);
  expect(
    request('POST', `${DEPLOYMENTS}?fieldValidation=Ignore`, text.replace('"d"', '"e"')).headers['warning'],
  ).toBeUndefined();
});

test('a YAML key that comes twice is named with its line', () => {
  const { request } = startTestServer();
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: b}\nfoo: 1\ndata:\n  x: "1"\n  x: "2"\n';
  expect(request('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, text, YAML).body.message).toBe(
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n' +
      '  line 3: key "name" already set in map\n  line 7: key "x" already set in map, unknown field "foo"',
  );
  expect(request('POST', CONFIG_MAPS, text, YAML).body).toMatchObject({ metadata: { name: 'b' }, data: { x: '2' } });
});
