import type { FileTree, FileTreeEntry } from '../host.ts';
import { createShell } from '../shell/index.ts';
import { BUSYBOX_PROGRAMS, DEBIAN_PROGRAMS, PACKET_FILTER_PROGRAMS, SYSTEM_MANAGER_PROGRAMS } from './names.ts';
import type { Flavour } from './program.ts';
import type { ProgramSource } from './program-source.ts';

export type { ProgramSource } from './program-source.ts';

/** The programs of a busybox or Alpine image, in /bin, /sbin and /usr/bin, with `sh` and `ash`. */
export function busyboxTree(source: ProgramSource): FileTree {
  return {
    ...layOut(source, 'busybox', BUSYBOX_PROGRAMS, 1_131_168),
    '/bin/sh': { program: createShell({ name: 'sh' }), size: 1_131_168 },
    '/bin/ash': { program: createShell({ name: 'ash' }), size: 1_131_168 },
  };
}

/** iptables and its kin, for machines and for images that configure machines. */
export function packetFilterTree(source: ProgramSource): FileTree {
  return layOut(source, 'gnu', PACKET_FILTER_PROGRAMS, 99_296);
}

/** What drives systemd, for machines. */
export function systemManagerTree(source: ProgramSource): FileTree {
  return layOut(source, 'gnu', SYSTEM_MANAGER_PROGRAMS, 1_115_424);
}

/** The programs of a Debian-like image: GNU texts, dash as `sh`, and `bash`. */
export function coreTree(source: ProgramSource): FileTree {
  const dash = createShell({ name: 'sh', dialect: 'dash' });
  return {
    ...layOut(source, 'gnu', DEBIAN_PROGRAMS, 48_144),
    '/bin/sh': { program: dash, size: 125_688 },
    '/bin/dash': { program: dash, size: 125_688 },
    '/bin/bash': { program: createShell({ name: 'bash' }), size: 1_298_416 },
  };
}

function layOut(
  source: ProgramSource,
  flavour: Flavour,
  programs: readonly (readonly [name: string, directory: string])[],
  size: number,
): FileTree {
  const tree: Record<string, FileTreeEntry> = {};
  for (const [name, directory] of programs)
    tree[`${directory}/${name}`] = { program: source.program(name, flavour), size };
  return tree;
}
