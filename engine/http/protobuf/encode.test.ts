import { expect, test } from 'vitest';
import { KINDS } from '../../api/kind-list.ts';
import type { ValueSchema } from '../../api/schema/definitions.ts';
import { Random } from '../../sim/index.ts';
import { decodeProtobuf } from './decode.ts';
import { encodeProtobuf, encodeWatchEvent } from './encode.ts';
import { fieldsByNumber } from './field-numbers.ts';
import { schemaOf } from './kinds.ts';

/** Bytes as hexadecimal digits, with spaces anywhere. */
function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

function ascii(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** By hand, from core/v1 and meta/v1 generated.proto and runtime.Unknown. */
const NAMESPACE = hex(
  `
  6b387300                                   the magic
  0a0f 0a02 ${ascii('v1')} 1209 ${ascii('Namespace')}
  1245
    0a2b                                     metadata
      0a01 ${ascii('n')} 1200 1a00 2200      name, generateName, namespace, selfLink
      2a01 ${ascii('u')} 3201 ${ascii('7')}  uid, resourceVersion
      3800                                   generation
      4208 0880e2cfaa06 1000                 creationTimestamp 2023-11-14T22:13:20Z
      5a06 0a01 ${ascii('a')} 1201 ${ascii('1')}
      5a06 0a01 ${ascii('b')} 1201 ${ascii('2')}
    120c 0a0a ${ascii('kubernetes')}         spec.finalizers
    1a08 0a06 ${ascii('Active')}             status.phase
  1a00 2200                                  contentEncoding, contentType
`.replaceAll(/(the magic|metadata|name, .*|uid, .*|generation|creation.*|spec\..*|status\..*|content.*)$/gm, ''),
);

const NAMESPACE_OBJECT = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'n',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: '2023-11-14T22:13:20Z',
    labels: { b: '2', a: '1' },
  },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
};

test('an object byte by byte', () => {
  expect(encodeProtobuf(NAMESPACE_OBJECT)!.toString('hex')).toBe(NAMESPACE.toString('hex'));
});

// Bodies of kubectl 1.35, which has Go's own encoder: read and written again they are the same bytes.

const SENT_BY_KUBECTL: Readonly<Record<string, string>> = {
  'create deployment web --image=nginx:1.29 --replicas=0 --port=80':
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50Er0BCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEosBCAASDAoKCgNhcHASA3dlYhpx' +
    'ChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViElESMwoFbmdpbngSCm5naW54OjEuMjkqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIB' +
    'ABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==',
  'create configmap c --from-literal=a=b --from-literal=e= --from-file=rnd':
    'azhzAAoPCgJ2MRIJQ29uZmlnTWFwEj8KEQoBYxIAGgAiACoAMgA4AEIAEgYKAWESAWISBQoBZRIAGhsKA3JuZBIUlA0RyNVB5lT/RtLswKwIXlwBg08aACIA',
};

test.each(Object.entries(SENT_BY_KUBECTL))('%s', (_command, base64) => {
  const bytes = Buffer.from(base64, 'base64');
  expect(encodeProtobuf(decodeProtobuf(bytes))!.toString('hex')).toBe(bytes.toString('hex'));
});

const random = new Random('encode');
const LETTERS = ['a', 'b-1', '漢', '', 'x'.repeat(200)];

/** A value of any type; with each step down fewer fields, so that what holds itself comes to an end. */
function anyOf(schema: ValueSchema, depth: number, form?: string): unknown {
  const integer = () => random.below(2 ** 31) - random.below(2 ** 31);
  if (form === 'int64') return integer();
  if (form === 'orList' && random.below(2) === 0) return [anyOf(schema, depth), anyOf(schema, depth)];
  if (form === 'orBoolean') return random.below(2) === 0;
  if (form === 'orStrings') return ['a', 'b'];
  switch (schema.type) {
    case 'string':
      return LETTERS[random.below(LETTERS.length)];
    case 'boolean':
      return random.below(2) === 0;
    case 'int32':
      return integer();
    case 'int64':
      return integer() * 4000;
    case 'number':
      return integer() / 8;
    case 'quantity':
      return ['1', '100m', '5Gi'][random.below(3)];
    case 'intOrString':
      return random.below(2) === 0 ? integer() : 'http';
    case 'time':
      return new Date(random.below(2 ** 31) * 1000).toISOString().replace('.000', '');
    case 'microTime':
      return new Date(random.below(2 ** 31) * 1000 + 7).toISOString().replace('Z', '009Z');
    case 'bytes':
      return Buffer.from('x'.repeat(random.below(9))).toString('base64');
    case 'any':
      return { a: [1, 'b', null, { c: true }] };
    case 'object':
      return objectOf(schema.definition, depth + 1);
    case 'list':
      return Array.from({ length: 1 + random.below(2) }, () => anyOf(schema.of, depth));
    case 'map':
      return { b: anyOf(schema.of, depth, form), '': anyOf(schema.of, depth, form) };
  }
}

function objectOf(definition: string, depth = 0): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  const add = (message: string): void => {
    for (const field of fieldsByNumber(message)?.values() ?? []) {
      if (field.type === 'inline') add(field.definition);
      else if (depth < 6 && random.below(2 ** depth) === 0) {
        const schema = schemaOf(definition)?.get(field.name);
        const value = schema && anyOf(schema, depth, field.form);
        // Of what is no pointer a zero means absence.
        if (value !== undefined && (field.pointer || ![0, '', false].includes(value as string))) {
          object[field.name] = value;
        }
      }
    }
  };
  add(definition);
  return object;
}

test.each(KINDS.map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))('%s', (_name, kind) => {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  for (let round = 0; round < 8; round++) {
    const object = { apiVersion, kind: kind.kind, ...objectOf(kind.schema) };
    const bytes = encodeProtobuf(object)!;
    const decoded = decodeProtobuf(bytes);
    // Messages that are no pointers are there even when nothing is in them.
    expect(decoded).toMatchObject(object);
    expect(encodeProtobuf(decoded)).toEqual(bytes);
  }
});

test('a list is its metadata and its items, without their kinds', () => {
  const list = {
    apiVersion: 'v1',
    kind: 'NamespaceList',
    metadata: { resourceVersion: '9' },
    items: [NAMESPACE_OBJECT, NAMESPACE_OBJECT],
  };
  const item = NAMESPACE.subarray(NAMESPACE.indexOf('1245', 0, 'hex') + 2, -4).toString('hex');
  expect(encodeProtobuf(list)!.toString('hex')).toBe(
    hex(`
      6b387300 0a13 0a02 ${ascii('v1')} 120d ${ascii('NamespaceList')}
      129701
        0a07 0a00 1201 ${ascii('9')} 1a00
        1245 ${item} 1245 ${item}
      1a00 2200`).toString('hex'),
  );
});

test('an event of a watch is a frame: four bytes of length, the type, the object in its envelope', () => {
  const frame = encodeWatchEvent({ type: 'ADDED', object: NAMESPACE_OBJECT })!;
  const object = Buffer.concat([hex('0a60'), NAMESPACE]);
  expect(NAMESPACE.length).toBe(0x60);
  const event = Buffer.concat([hex(`0a05 ${ascii('ADDED')} 1262`), object]);
  expect(frame.toString('hex')).toBe(Buffer.concat([hex('0000006b'), event]).toString('hex'));
});

test('a refusal, and what is left of an object when only its metadata is asked for', () => {
  const status = {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: 'pods "a" not found',
    reason: 'NotFound',
    details: { name: 'a', kind: 'pods' },
    code: 404,
  };
  expect(decodeProtobuf(encodeProtobuf(status)!)).toMatchObject(status);
  const { metadata } = NAMESPACE_OBJECT;
  const partial = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata };
  expect(decodeProtobuf(encodeProtobuf(partial)!)).toEqual(partial);
});

test('of tables, custom resources and documents there is no message', () => {
  expect(encodeProtobuf({ apiVersion: 'meta.k8s.io/v1', kind: 'Table', rows: [] })).toBeUndefined();
  expect(encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: {} })).toBeUndefined();
  expect(encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'WidgetList', metadata: {}, items: [] })).toBeUndefined();
  expect(encodeProtobuf({ gitVersion: 'v1.36.4' })).toBeUndefined();
});

test('keys of __proto__ and constructor are data', () => {
  const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{},"data":{"__proto__":"x","constructor":"y"}}';
  const { data } = decodeProtobuf(encodeProtobuf(JSON.parse(text))!) as { data: object };
  expect(Object.entries(data)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});
