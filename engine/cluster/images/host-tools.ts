import type { FileTree } from '../../linux/host.ts';
export function hostTools(): FileTree {
  return {};
}
