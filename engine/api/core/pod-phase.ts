import type { Pod } from '../kinds.ts';

/** Whether the Pod has come to its end: none of its containers will run again, and it has given its room back. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
