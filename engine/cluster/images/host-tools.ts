import type { FileTree } from '../../linux/host.ts';
import { coreTree } from '../../linux/programs/index.ts';

/** The programs of a machine outside any container: a Debian installation's. */
export function hostTools(): FileTree {
  return coreTree();
}
