import { expect, test } from 'vitest';
import {
  checkConfigMapKey,
  checkEnvironmentName,
  checkLabel1035,
  checkLabel1123,
  checkLabelValue,
  checkPortName,
  checkQualifiedName,
  checkSubdomain1123,
} from './names.ts';

// Sentences as seen from k8s.io/apimachinery 0.36.

const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test('good names have no problems', () => {
  expect(checkLabel1123('web-1')).toEqual([]);
  expect(checkSubdomain1123('web-1.example.com')).toEqual([]);
  expect(checkQualifiedName('app.kubernetes.io/name')).toEqual([]);
  expect(checkLabelValue('')).toEqual([]);
  expect(checkPortName('http')).toEqual([]);
  expect(checkEnvironmentName('1 A')).toEqual([]);
});

test('labels of DNS', () => {
  expect(checkLabel1123('Bad')).toEqual([
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
  expect(checkLabel1123('a.b')).toEqual(['must not contain dots']);
  expect(checkLabel1123('a'.repeat(64))).toEqual(['must be no more than 63 characters']);
  expect(checkLabel1035('1a')[0]).toContain('a DNS-1035 label must');
  expect(checkSubdomain1123('a'.repeat(254))).toEqual(['must be no more than 253 characters']);
});

test('a hostile name costs nothing', () => {
  expect(checkSubdomain1123(`${'a.'.repeat(500_000)}!`)).toEqual(['must be no more than 253 characters']);
});

test('qualified names', () => {
  expect(checkQualifiedName('a b')).toEqual([NAME_PART]);
  expect(checkQualifiedName('')).toEqual(['name part must be non-empty', NAME_PART]);
  expect(checkQualifiedName('example.com/')).toEqual(['name part must be non-empty', NAME_PART]);
  expect(checkQualifiedName('/b')).toEqual(['prefix part must be non-empty']);
  expect(checkQualifiedName('A_/b')[0]).toContain('prefix part a lowercase RFC 1123 subdomain must');
  expect(checkQualifiedName('a/b/c')[0]).toContain("a valid label key must consist of alphanumeric characters, '-'");
  expect(checkQualifiedName('a'.repeat(64))).toEqual(['name part must be no more than 63 bytes']);
});

test('values, keys and ports', () => {
  expect(checkLabelValue('-a')[0]).toContain('a valid label must be an empty string or consist of');
  expect(checkConfigMapKey('..')).toEqual(["must not be '..'"]);
  expect(checkConfigMapKey('..a')).toEqual(["must not start with '..'"]);
  expect(checkEnvironmentName('a=b')[0]).toContain("printable ASCII characters other than '='");
  expect(checkPortName('80')).toEqual(['must contain at least one letter (a-z)']);
  expect(checkPortName('a--b')).toEqual(['must not contain consecutive hyphens']);
  expect(checkPortName('-a')).toEqual(['must not begin or end with a hyphen']);
  expect(checkPortName('a'.repeat(16))).toEqual(['must be no more than 15 characters']);
});
