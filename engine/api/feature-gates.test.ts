import { expect, test } from 'vitest';
import { readFeatureGates } from './feature-gates.ts';
import { alphaKinds } from './runtime-config.ts';

const GATES = readFeatureGates('GenericWorkload=true');
const served = (text: string | undefined, gates = GATES) => alphaKinds(text, gates).map(({ plural }) => plural);

test('gates are off unless they are turned on, and the last word counts', () => {
  expect([...readFeatureGates(undefined)]).toEqual([]);
  expect([...readFeatureGates('GenericWorkload=true,GangScheduling=T')]).toEqual(['GenericWorkload', 'GangScheduling']);
  expect([...readFeatureGates(' GenericWorkload = 1 , GenericWorkload=false')]).toEqual([]);
});

test.each([
  [
    'GenericWorkload',
    'invalid argument "GenericWorkload" for "--feature-gates" flag: missing bool value for GenericWorkload',
  ],
  [
    'GenericWorkload=yes',
    'invalid value of GenericWorkload=yes, err: strconv.ParseBool: parsing "yes": invalid syntax',
  ],
  ['Foo=true', 'invalid argument "Foo=true" for "--feature-gates" flag: unrecognized feature gate: Foo'],
  ['__proto__=true', 'unrecognized feature gate: __proto__'],
  ['GenericWorkload=constructor', 'invalid syntax'],
  ['GangScheduling=true', 'GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]'],
])('%s is refused', (text, message) => {
  expect(() => readFeatureGates(text)).toThrow(message);
});

test('an alpha version is served when it and its feature are on', () => {
  const both = ['podgroups', 'workloads'];
  expect(served(undefined)).toEqual([]);
  expect(served('scheduling.k8s.io/v1alpha2=true')).toEqual(both);
  expect(served('scheduling.k8s.io/v1alpha2')).toEqual(both);
  expect(served('api/alpha=true')).toEqual(both);
  expect(served('scheduling.k8s.io/v1alpha2=false,api/all=true')).toEqual([]);
  expect(served('api/all=true', readFeatureGates(undefined))).toEqual([]);
  expect(() => served('no.such.group/v1=true')).toThrow('unknown api groups no.such.group');
});
