import type { FileTree, FileTreeEntry, Layer } from '../host.ts';
import { type Executable, Executables } from './executables.ts';

/** A node of an immutable tree. Many containers look at the same one. */
export type LowerNode = LowerFile | LowerDirectory | LowerSymlink | LowerDevice;

class LowerFile {
  readonly kind = 'file';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly executable: Executable | undefined;
  #content: Uint8Array | string;

  constructor(content: Uint8Array | string, mode: number, uid = 0, gid = 0, executable?: Executable) {
    this.#content = content;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.executable = executable;
  }

  /** Text is encoded when it is first needed. */
  get bytes(): Uint8Array {
    if (typeof this.#content === 'string') this.#content = new TextEncoder().encode(this.#content);
    return this.#content;
  }
}

export interface LowerDirectory {
  readonly kind: 'directory';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly children: ReadonlyMap<string, LowerNode>;
}

interface LowerSymlink {
  readonly kind: 'symlink';
  readonly target: string;
}

interface LowerDevice {
  readonly kind: 'device';
  readonly mode: number;
  readonly deviceNumber: readonly [number, number];
}

interface Building {
  mode: number;
  uid: number;
  gid: number;
  readonly kind: 'directory';
  readonly children: Map<string, LowerNode>;
}

/** As OCI layers spell "this name is gone". https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
const WHITEOUT_PREFIX = '.wh.';

function lowerTreeOf(tree: FileTree, executables: Executables): LowerDirectory {
  const root = newDirectory();
  for (const path of Object.keys(tree)) insert(root, path, tree[path]!, executables);
  return root;
}

/** A directory of ready nodes. */
export function lowerDirectory(children: ReadonlyMap<string, LowerNode>, mode = 0o755): LowerDirectory {
  return { kind: 'directory', mode, uid: 0, gid: 0, children };
}

function newDirectory(): Building {
  return { kind: 'directory', mode: 0o755, uid: 0, gid: 0, children: new Map() };
}

function insert(root: Building, path: string, entry: FileTreeEntry, executables: Executables): void {
  const names = path.split('/').filter((name) => name !== '');
  const last = names.pop();
  let directory = root;
  for (const name of names) {
    let next = directory.children.get(name) as Building | undefined;
    if (next === undefined) {
      next = newDirectory();
      directory.children.set(name, next);
    }
    if (next.kind !== 'directory') throw new Error(`${path}: ${name} is not a directory in this tree`);
    directory = next;
  }
  if ('directory' in entry) {
    let target = root;
    if (last !== undefined) {
      target = (directory.children.get(last) as Building | undefined) ?? newDirectory();
      directory.children.set(last, target);
    }
    target.mode = entry.mode ?? 0o755;
    target.uid = entry.uid ?? 0;
    target.gid = entry.gid ?? 0;
  } else if (last !== undefined) {
    directory.children.set(last, leafOf(entry, executables));
  }
}

function leafOf(entry: Exclude<FileTreeEntry, { directory: true }>, executables: Executables): LowerNode {
  if ('symlink' in entry) return { kind: 'symlink', target: entry.symlink };
  if ('program' in entry) {
    const executable = executables.of(entry.program, entry.size);
    return new LowerFile(executable.image, entry.mode ?? 0o755, 0, 0, executable);
  }
  return new LowerFile('text' in entry ? entry.text : entry.bytes, entry.mode ?? 0o644, entry.uid, entry.gid);
}

/** What one sees when `upper` lies over `lower`. Subtrees that only one of them has are shared with it. */
function overlay(lower: LowerDirectory, upper: LowerDirectory): LowerDirectory {
  const children = new Map(lower.children);
  for (const [name, node] of upper.children) {
    if (name.startsWith(WHITEOUT_PREFIX)) {
      children.delete(name.slice(WHITEOUT_PREFIX.length));
      continue;
    }
    const below = lower.children.get(name);
    children.set(name, node.kind === 'directory' && below?.kind === 'directory' ? overlay(below, node) : node);
  }
  return { ...upper, children };
}

interface Stack {
  readonly tree: LowerDirectory;
  readonly above: WeakMap<Layer, Stack>;
}

/** Builds each layer, and each stack of layers, once. */
export class LayerStore {
  readonly executables = new Executables();
  readonly #bottom: Stack = { tree: lowerDirectory(new Map()), above: new WeakMap() };
  readonly #trees = new WeakMap<FileTree, LowerDirectory>();

  /** The merged tree of the layers, the bottom one first. */
  stack(layers: readonly Layer[]): LowerDirectory {
    let stack = this.#bottom;
    for (const layer of layers) {
      let next = stack.above.get(layer);
      if (next === undefined) {
        const tree = this.#build(layer.tree);
        next = { tree: stack === this.#bottom ? tree : overlay(stack.tree, tree), above: new WeakMap() };
        stack.above.set(layer, next);
      }
      stack = next;
    }
    return stack.tree;
  }

  /** The disk of a machine. */
  disk(tree: FileTree, base?: Layer): LowerDirectory {
    return base === undefined ? this.#build(tree) : overlay(this.stack([base]), this.#build(tree));
  }

  #build(tree: FileTree): LowerDirectory {
    let built = this.#trees.get(tree);
    if (built === undefined) {
      built = lowerTreeOf(tree, this.executables);
      this.#trees.set(tree, built);
    }
    return built;
  }
}
