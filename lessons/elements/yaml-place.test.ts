import { expect, test } from 'vitest';
import { yamlPlaceAt } from './yaml-place.ts';

/** The place at the mark `¦`. */
function at(text: string) {
  return yamlPlaceAt(text.replace('¦', ''), text.indexOf('¦'));
}

const HEAD = 'apiVersion: apps/v1\nkind: Deployment\n';

test.each([
  [`${HEAD}sp¦`, [], 'sp'],
  [`${HEAD}spec:\n  temp¦`, ['spec'], 'temp'],
  [
    `${HEAD}spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        im¦`,
    ['spec', 'template', 'spec', 'containers'],
    'im',
  ],
  [
    `${HEAD}spec:\n  template:\n    spec:\n      containers:\n      - na¦`,
    ['spec', 'template', 'spec', 'containers'],
    'na',
  ],
  [
    `${HEAD}spec:\n  template:\n    spec:\n      containers:\n        - name: a\n          ports:\n          - cont¦`,
    ['spec', 'template', 'spec', 'containers', 'ports'],
    'cont',
  ],
  [`${HEAD}spec:\n  replicas: 1\n  # note\n\n  sel¦`, ['spec'], 'sel'],
  [`a: 1\n---\n${HEAD}metadata:\n  ¦`, ['metadata'], ''],
])('names: %j', (text, path, typed) => {
  expect(at(text)).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', path, typed, inValue: false });
});

test('values', () => {
  expect(at(`${HEAD}spec:\n  strategy:\n    type: Rec¦`)).toMatchObject({
    path: ['spec', 'strategy', 'type'],
    typed: 'Rec',
    inValue: true,
  });
  expect(at('kind: De¦')).toMatchObject({ path: ['kind'], typed: 'De', inValue: true });
});

test('the kind may stand below', () => {
  expect(at('spec:\n  no¦\nkind: Pod\napiVersion: v1\n')).toMatchObject({
    kind: 'Pod',
    apiVersion: 'v1',
    path: ['spec'],
  });
});

test('nothing is offered in comments and blocks of text', () => {
  expect(at(`${HEAD}# sp¦`)).toBeUndefined();
  expect(at('kind: ConfigMap\ndata:\n  a.conf: |\n    server ¦')).toBeUndefined();
});
