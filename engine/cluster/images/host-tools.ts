import type { FileTree } from '../../linux/host.ts';
import { coreTree, type ProgramSource, packetFilterTree, systemManagerTree } from '../../linux/programs/index.ts';

/** The programs of a machine outside any container: a Debian installation's. */
export function hostTools(programs: ProgramSource): FileTree {
  return { ...coreTree(programs), ...packetFilterTree(programs), ...systemManagerTree(programs) };
}
