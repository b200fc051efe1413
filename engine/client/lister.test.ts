import { expect, test } from 'vitest';
import type { KubeObject } from '../api/object.ts';
import { Store } from './lister.ts';

function object(namespace: string, name: string, color: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { namespace, name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: { color } },
  };
}

function colors(one: KubeObject): string[] {
  const color = one.metadata.labels?.['color'];
  return color === undefined || color === '' ? [] : [color];
}

test('objects are found by key, by namespace and by index', () => {
  const store = new Store();
  store.addIndex('color', colors);
  const a = object('one', 'a', 'red');
  const b = object('two', 'b', 'red');
  store.set(a);
  store.set(b);

  expect(store.get('a', 'one')).toBe(a);
  expect(store.byKey('two/b')).toBe(b);
  expect(store.list('one')).toEqual([a]);
  expect(store.byIndex('color', 'red')).toEqual([a, b]);
  expect(store.byIndex('color', 'blue')).toEqual([]);
});

test('an object that changes moves in the indices, one that goes leaves them', () => {
  const store = new Store();
  store.addIndex('color', colors);
  store.set(object('one', 'a', 'red'));
  const blue = object('one', 'a', 'blue');
  store.set(blue);
  expect(store.byIndex('color', 'red')).toEqual([]);
  expect(store.byIndex('color', 'blue')).toEqual([blue]);

  store.delete(blue);
  expect(store.byIndex('color', 'blue')).toEqual([]);
  expect(store.list('one')).toEqual([]);
  expect(store.size).toBe(0);
});

test('an index added later knows what is there; a wrong name is a mistake in the program', () => {
  const store = new Store();
  const a = object('one', 'a', 'red');
  store.set(a);
  store.addIndex('color', colors);
  expect(store.byIndex('color', 'red')).toEqual([a]);
  expect(() => store.byIndex('size', 'big')).toThrow('no index "size"');
});
