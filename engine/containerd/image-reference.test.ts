import { expect, test } from 'vitest';
import { formatImageReference, parseImageReference } from './image-reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.29', 'docker.io/library/nginx:1.29'],
  ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['registry.k8s.io/pause:3.10.1', 'registry.k8s.io/pause:3.10.1'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/team/app:v1', 'localhost:5000/team/app:v1'],
  [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
  [`nginx:1.29@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`],
])('%s is %s', (text, canonical) => {
  expect(formatImageReference(parseImageReference(text))).toBe(canonical);
});

test.each([
  '',
  'nginx:',
  'nginx::1',
  'ng inx',
  '-nginx',
  'nginx@sha256:12',
  'a//b',
  `${'x'.repeat(2000)}`,
  'nginx:a b',
])('%j is no reference', (text) => {
  expect(() => parseImageReference(text)).toThrow('invalid reference format');
});

test('upper case is complained about by name', () => {
  expect(() => parseImageReference('Nginx')).toThrow(
    'invalid reference format: repository name (library/Nginx) must be lowercase',
  );
});
