import { expect, test } from 'vitest';
import { ManifestSource, ManifestSyntaxError } from './manifest-source.ts';

const text = `# two documents
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
---
kind: Pod
metadata: {name: other}
`;

test('a field is found by its path, in the document of its object', () => {
  const source = new ManifestSource('pod.yaml', text);
  expect(source.find('Pod', 'web', ['spec', 'containers', 0, 'image'])).toEqual({
    file: 'pod.yaml',
    line: 8,
    column: 5,
    text: '    image: nginx',
  });
  expect(source.find('Pod', 'other', ['metadata', 'name'])).toMatchObject({ line: 11, column: 12 });
});

test('where a field is missing, the nearest thing above it is shown', () => {
  const source = new ManifestSource('pod.yaml', text);
  expect(source.find('Pod', 'web', ['spec', 'volumes'])).toMatchObject({ line: 5, text: 'spec:' });
  expect(source.find('Service', 'web', ['spec'])).toBeUndefined();
});

test.each([
  ['a: b: c\n', /^bad\.yaml:1:\d+: /],
  ['kind: Pod\nspec:\n\tcontainers: []\n', /^bad\.yaml:3:1: /],
  ['kind: Pod\nspec: [\n', /^bad\.yaml:\d+:\d+: /],
  ['just words\n', /^bad\.yaml:1:1: a manifest is a map of fields/],
  ['- a\n- b\n', /^bad\.yaml:1:1: a manifest is a map of fields/],
])('%j is refused with file, line and column', (broken, message) => {
  expect(() => new ManifestSource('bad.yaml', broken)).toThrow(ManifestSyntaxError);
  expect(() => new ManifestSource('bad.yaml', broken)).toThrow(message);
});

test('empty files and empty documents hold nothing', () => {
  expect(new ManifestSource('empty.yaml', '').empty).toBe(true);
  expect(new ManifestSource('empty.yaml', '---\n---\n').empty).toBe(true);
});

test('what an alias stands for is where it was written', () => {
  const source = new ManifestSource(
    'two.yaml',
    'kind: Pod\nmetadata: {name: web}\nspec:\n  a: &probe\n    port: 80\n  b: *probe\n',
  );
  expect(source.find('Pod', 'web', ['spec', 'b', 'port'])).toMatchObject({ line: 5 });
  expect(source.object('Pod', 'web')).toMatchObject({ spec: { b: { port: 80 } } });
});
