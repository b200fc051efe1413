import { expect, test } from 'vitest';
import { checkIpAddress, checkStrictIpAddress } from './ip-address.ts';

test.each([
  '10.9.8.7',
  '0.0.0.0',
  '255.255.255.255',
  '::',
  '::1',
  '2001:db8::ffff',
  'fe80::1:2:3:4',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:7:8',
])('%s is an address', (text) => {
  expect(checkIpAddress(text)).toEqual([]);
});

test.each([
  '',
  'x',
  '1.2.3',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.4.5',
  ':',
  '1:2:3',
  '::1::',
  '12345::',
  '1:2:3:4:5:6:7::8:9',
  'x'.repeat(10_000),
])('%s is none', (text) => {
  expect(checkIpAddress(text)).toEqual(['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
});

test.each([
  ['1.2.3.4', []],
  ['2001:db8::1', []],
  ['010.0.0.1', ['must not have leading 0s']],
  ['::ffff:1.2.3.4', ['must not be an IPv4-mapped IPv6 address']],
  ['1.2.3', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
])('strictly seen, %s', (text, problems) => {
  expect(checkStrictIpAddress(text)).toEqual(problems);
});
