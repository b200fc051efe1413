import { expect, test } from 'vitest';
import { negotiate } from './media-type.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const partial = (type: string) => `${type};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
const table = (type: string) => `${type};as=Table;g=meta.k8s.io;v=v1`;

test('protobuf goes to those who ask for it over a transport that writes it', () => {
  const accept = `${PROTOBUF},application/json`;
  expect(negotiate(accept, { protobuf: true })).toEqual({ format: 'protobuf', as: '' });
  expect(negotiate(accept)).toEqual({ format: 'json', as: '' });
  expect(negotiate('*/*', { protobuf: true }).format).toBe('json');
});

test('custom resources come as JSON, what is left of them as metadata in protobuf', () => {
  const offer = { protobuf: true, custom: true };
  expect(negotiate(`${PROTOBUF},application/json`, offer).format).toBe('json');
  expect(negotiate(`${partial(PROTOBUF)},${partial('application/json')}`, offer)).toEqual({
    format: 'protobuf',
    as: 'PartialObjectMetadata',
  });
  expect(() => negotiate(PROTOBUF, offer)).toThrow(
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
});

test('tables are JSON', () => {
  const accept = `${table(PROTOBUF)},${table('application/json')}`;
  expect(negotiate(accept, { protobuf: true })).toEqual({ format: 'json', as: 'Table' });
});

test('the heaviest alternative wins, then the first; a name goes before a star', () => {
  const of = (accept: string) => negotiate(accept, { protobuf: true }).format;
  expect(of(`application/json;q=0.5,${PROTOBUF};q=0.9,application/yaml;q=0.1`)).toBe('protobuf');
  expect(of(`application/yaml;q=0.5,application/json;q=0.5`)).toBe('yaml');
  expect(of(`application/json;q=0.9,application/yaml`)).toBe('yaml');
  expect(of('*/*,application/yaml')).toBe('yaml');
  expect(of('application/yaml;q=heavy,application/json;q=0.9')).toBe('yaml');
});
