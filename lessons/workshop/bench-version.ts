import { createHash } from 'node:crypto';
import { withoutWords } from '@drydock/graders';
import type { BenchSetup } from '../bench/protocol.ts';

/**
 * A journal means something only on the bench it was made on: this changes when the cluster's options or what is checked
 * change, and not when words do.
 */
export function benchVersion({ options, checks }: Pick<BenchSetup, 'options' | 'checks'>): string {
  const checked = checks.map(withoutWords);
  return createHash('sha256').update(JSON.stringify({ options, checked })).digest('hex').slice(0, 16);
}
