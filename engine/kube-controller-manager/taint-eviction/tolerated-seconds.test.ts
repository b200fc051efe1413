import { expect, test } from 'vitest';
import type { Taint, Toleration } from '../../api/kinds.ts';
import { toleratedSeconds } from './taint-eviction-controller.ts';

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
const custom: Taint = { key: 'maintenance', value: 'now', effect: 'NoExecute' };

function tolerating({ key }: Taint, tolerationSeconds?: number): Toleration {
  return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds };
}

test('the shortest toleration counts; one that is missing means at once; none set means for ever', () => {
  expect(toleratedSeconds([], [])).toBe(Number.POSITIVE_INFINITY);
  expect(toleratedSeconds([notReady], [])).toBe(0);
  expect(toleratedSeconds([notReady], [tolerating(notReady, 300)])).toBe(300);
  expect(toleratedSeconds([notReady], [tolerating(notReady)])).toBe(Number.POSITIVE_INFINITY);
  expect(toleratedSeconds([notReady, custom], [tolerating(notReady, 300)])).toBe(0);
  expect(toleratedSeconds([notReady, custom], [tolerating(notReady, 300), tolerating(custom, 30)])).toBe(30);
  expect(toleratedSeconds([notReady], [tolerating(notReady, -5)])).toBe(0);
});
