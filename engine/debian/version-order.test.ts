import { expect, test } from 'vitest';
import { compareVersions } from './version-order.ts';

test.each([
  ['1.36.2-1.1', '1.36.10-1.1'],
  ['1.36.1-1.1', '1.36.2-1.1'],
  ['1.36.2-1.1', '1.36.2-1.2'],
  ['1.0~rc1-1', '1.0-1'],
  ['1.0', '1.0+deb1'],
  ['1.0a', '1.0.1'],
  ['9.9-1', '1:1.0-1'],
  ['1.0', '1.0-1'],
])('%s comes before %s', (earlier, later) => {
  expect(compareVersions(earlier, later)).toBeLessThan(0);
  expect(compareVersions(later, earlier)).toBeGreaterThan(0);
  expect(compareVersions(later, later)).toBe(0);
});
