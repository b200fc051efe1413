import { expect, test } from 'vitest';
import type { FieldError } from './field-error.ts';
import { KINDS } from './kind-list.ts';
import type { KubeObject } from './object.ts';
import { DEFINITIONS } from './schema/definitions.ts';
import { REFUSED_CLUSTER_OBJECTS } from './testdata/refused-cluster-objects.ts';
import { REFUSED_IN_TODAYS_WORDS } from './testdata/refused-in-todays-words.ts';
import { REFUSED_NETWORK_OBJECTS } from './testdata/refused-network-objects.ts';
import { REFUSED_IN_NEW_WORDS, REFUSED_OBJECTS } from './testdata/refused-objects.ts';
import { REFUSED_PODS, type Refusal } from './testdata/refused-pods.ts';
import { REFUSED_STORED_OBJECTS } from './testdata/refused-stored-objects.ts';

function print({ field, message }: FieldError): string {
  return `${field === '' ? '[]' : field}: ${message}`;
}

/** What the server does with a new object, up to and including validation. */
function refuse([, kind, manifest]: Refusal): string[] {
  const descriptor = KINDS.find((each) => each.kind === kind)!;
  const { metadata, ...rest } = JSON.parse(manifest);
  const object = {
    kind,
    apiVersion: descriptor.version,
    ...rest,
    metadata: { ...metadata, ...(descriptor.namespaced ? { namespace: 'default' } : {}) },
  } as KubeObject;
  const defaulted = descriptor.applyDefaults?.(object) ?? object;
  const prepared = descriptor.prepareForCreate?.(defaulted, { timestamp: '', status: false }) ?? defaulted;
  return descriptor.validateCreate(prepared).map(print);
}

test.each(REFUSED_PODS)('refuses %s', (...refusal) => {
  expect(refuse(refusal)).toEqual(refusal[3]);
});

test.each(REFUSED_OBJECTS)('refuses %s', (...refusal) => {
  expect(refuse(refusal)).toEqual(refusal[3]);
});

test.each([...REFUSED_NETWORK_OBJECTS, ...REFUSED_STORED_OBJECTS, ...REFUSED_CLUSTER_OBJECTS])(
  'refuses %s',
  (...refusal) => {
    expect(refuse(refusal)).toEqual(refusal[3]);
  },
);

test.each(REFUSED_IN_TODAYS_WORDS)('refuses %s, in the words of 1.36', (...refusal) => {
  expect(refuse(refusal)).toEqual(refusal[3]);
});

test.each(REFUSED_IN_NEW_WORDS)('refuses %s, in the words of 1.36', (...refusal) => {
  expect(refuse(refusal)).toEqual(refusal[3]);
});

/** The real printer shows no time for these. */
const AGELESS = ['CSIStorageCapacity', 'IPAddress', 'PodTemplate'];

test('every kind has a schema, its own names and an age or a time', () => {
  for (const kind of KINDS) {
    expect(DEFINITIONS.has(kind.schema), kind.kind).toBe(true);
    const isTimed = kind.columns.some(({ name }) => ['Age', 'Last Seen', 'Created At'].includes(name));
    expect(isTimed, kind.kind).toBe(!AGELESS.includes(kind.kind));
  }
  const plurals = KINDS.map(({ group, version, plural }) => `${plural}.${version}.${group}`);
  expect(new Set(plurals).size).toBe(plurals.length);
});

test('what is served in several forms is stored in one', () => {
  for (const kind of KINDS.filter(({ storage }) => storage !== undefined)) {
    const { group, version, plural } = kind.storage!.kind;
    const stored = KINDS.find((each) => each.group === group && each.version === version && each.plural === plural);
    expect(stored?.storage).toBeUndefined();
    expect(stored?.kind).toBe(kind.kind);
  }
});
