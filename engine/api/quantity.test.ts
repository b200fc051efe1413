import { expect, test } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  checkQuantity,
  compareQuantities,
  milliValue,
  numericValue,
  quantityOf,
  quantityOfMilli,
  subtractQuantities,
} from './quantity.ts';

const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

// Seen from k8s.io/apimachinery 0.36.
test.each([
  ['1.5Gi', '1536Mi'],
  ['-1', '-1'],
  ['1e3', '1e3'],
  ['12e-3', '12e-3'],
  ['0.1', '100m'],
  ['1000m', '1'],
  ['0.5Gi', '512Mi'],
  ['1E', '1E'],
  ['1Ei', '1Ei'],
  ['100M', '100M'],
  ['1.23456789012', '1234567891n'],
  ['9999999999999999999999', '9999999999999999999999'],
  ['+5', '+5'],
  ['0.0001', '100u'],
  ['1024Mi', '1Gi'],
  ['1500Mi', '1500Mi'],
  ['2048Ki', '2Mi'],
  ['1000000', '1M'],
  ['1000k', '1M'],
  ['0', '0'],
  ['0Mi', '0'],
  ['1Ki', '1Ki'],
  ['0.5', '500m'],
])('%s is stored as %s', (text, stored) => {
  expect(canonicalQuantity(text)).toBe(stored);
  expect(canonicalQuantity(stored)).toBe(stored);
});

test.each([
  ['1GB', WRONG_FORMAT],
  ['', WRONG_FORMAT],
  ['abc', WRONG_FORMAT],
  ['1 Gi', WRONG_FORMAT],
  ['1K', "unable to parse quantity's suffix"],
  ['1e', "unable to parse quantity's suffix"],
  ['1m5', "unable to parse quantity's suffix"],
  ['.', 'unable to parse numeric part of quantity'],
  ['1e999999999', 'unable to parse numeric part of quantity'],
  ['9'.repeat(1_000_000), WRONG_FORMAT],
])('%s is refused', (text, sentence) => {
  expect(checkQuantity(text)).toBe(sentence);
});

test('resource lists round up to thousandths', () => {
  expect(canonicalQuantity('1n', true)).toBe('1m');
  expect(canonicalQuantity('1.0005', true)).toBe('1001m');
  expect(canonicalQuantity(2, true)).toBe('2');
});

test('what is no quantity stays for validation to report', () => {
  expect(canonicalQuantity('lots')).toBe('lots');
});

test('values round up', () => {
  expect(numericValue('1.5Gi')).toBe(1610612736);
  expect(numericValue('64Mi')).toBe(67108864);
  expect(numericValue('100m')).toBe(1);
  expect(milliValue('100m')).toBe(100);
  expect(milliValue('1.0005')).toBe(1001);
  expect(milliValue('2')).toBe(2000);
  expect(milliValue('9999999Ti')).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
});

test('quantities of different suffixes compare', () => {
  expect(compareQuantities('1', '1000m')).toBe(0);
  expect(compareQuantities('1Gi', '1G')).toBeGreaterThan(0);
  expect(compareQuantities('100m', '0.2')).toBeLessThan(0);
  expect(compareQuantities('-1', '1n')).toBeLessThan(0);
});

test('sums keep the format of the left side, zero has none', () => {
  expect(addQuantities('1Gi', '512Mi')).toBe('1536Mi');
  expect(addQuantities('0', '64Mi')).toBe('64Mi');
  expect(addQuantities('900m', '100m')).toBe('1');
  expect(subtractQuantities('1Gi', '1Gi')).toBe('0');
  expect(subtractQuantities('100m', '1')).toBe('-900m');
});

test('numbers become quantities', () => {
  expect(quantityOf(67108864, 'BinarySI')).toBe('64Mi');
  expect(quantityOf(110)).toBe('110');
  expect(quantityOfMilli(1500)).toBe('1500m');
});
