import type { Terminal } from '../tty/terminal.ts';
import { MemoryDirectory } from './directory.ts';
import type { FileSystem } from './filesystem.ts';
import { GeneratedDirectory } from './generated.ts';
import { type LowerNode, lowerDirectory } from './lower-tree.ts';

function device(major: number, minor: number, mode = 0o666): LowerNode {
  return { kind: 'device', mode, deviceNumber: [major, minor] };
}

function symlink(target: string): LowerNode {
  return { kind: 'symlink', target };
}

/** https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices */
const DEVICES = lowerDirectory(
  new Map<string, LowerNode>([
    ['null', device(1, 3)],
    ['zero', device(1, 5)],
    ['full', device(1, 7)],
    ['random', device(1, 8)],
    ['urandom', device(1, 9)],
    ['tty', device(5, 0)],
    ['fd', symlink('/proc/self/fd')],
    ['stdin', symlink('/proc/self/fd/0')],
    ['stdout', symlink('/proc/self/fd/1')],
    ['stderr', symlink('/proc/self/fd/2')],
    ['mqueue', lowerDirectory(new Map(), 0o1777)],
    ['pts', lowerDirectory(new Map())],
    ['shm', lowerDirectory(new Map(), 0o1777)],
  ]),
);

/** A container gets no kernel log, and makes no disks of files. */
const HOST_DEVICES = lowerDirectory(
  new Map([...DEVICES.children, ['kmsg', device(1, 11, 0o644)], ['loop-control', device(10, 237, 0o660)]]),
);

/** What is mounted on /dev: device nodes, and directories for what else is mounted there. */
export function deviceFileSystem(fs: FileSystem, kernelLog = false): MemoryDirectory {
  return MemoryDirectory.root(fs, kernelLog ? HOST_DEVICES : DEVICES);
}

/** What is mounted on /dev/pts: open terminals, by number. */
export function devptsRoot(fs: FileSystem, terminals: ReadonlyMap<number, Terminal>): GeneratedDirectory {
  return new GeneratedDirectory(
    fs,
    (name) => (/^\d+$/.test(name) ? terminals.get(Number(name))?.inode : undefined),
    () => [...terminals.keys()].map(String).sort(),
    { mode: 0o755 },
  );
}
