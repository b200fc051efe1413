/** What a client asks for. A version of -1 is any. */
export interface WriteRequest {
  readonly type: 'create' | 'set' | 'delete';
  readonly path: string;
  readonly data?: string;
  readonly version?: number;
}

/** A write that everybody makes in the same order. */
export interface Transaction extends WriteRequest {
  readonly zxid: number;
  readonly timeMs: number;
}

export interface Stat {
  readonly czxid: number;
  readonly ctimeMs: number;
  readonly mzxid: number;
  readonly mtimeMs: number;
  readonly pzxid: number;
  readonly cversion: number;
  readonly version: number;
}

export interface Node {
  readonly data: string;
  readonly stat: Stat;
}

export type ErrorCode = 'NoNode' | 'NodeExists' | 'NotEmpty' | 'BadVersion' | 'BadArguments';

/** A tree as it travels and as it is kept: paths with their nodes. */
export type TreeImage = readonly (readonly [path: string, node: Node])[];

const NEW: Stat = { czxid: 0, ctimeMs: 0, mzxid: 0, mtimeMs: 0, pzxid: 0, cversion: 0, version: 0 };

/** A new tree: its root, and what ZooKeeper keeps for itself. */
const FRESH: TreeImage = ['/', '/zookeeper', '/zookeeper/quota'].map((path) => [
  path,
  { data: '', stat: path === '/' ? { ...NEW, cversion: -1 } : NEW },
]);

const parentOf = (path: string) => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** The data that an ensemble keeps: https://zookeeper.apache.org/doc/r3.4.10/zookeeperProgrammers.html */
export class DataTree {
  #nodes: Map<string, Node>;

  constructor(image: TreeImage = FRESH) {
    this.#nodes = new Map(image);
  }

  get image(): TreeImage {
    return [...this.#nodes];
  }

  get size(): number {
    return this.#nodes.size;
  }

  find(path: string): Node | undefined {
    return this.#nodes.get(path);
  }

  childrenOf(path: string): readonly string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.#nodes.keys()]
      .filter((each) => each !== '/' && each.startsWith(prefix) && !each.slice(prefix.length).includes('/'))
      .map((each) => each.slice(prefix.length));
  }

  /** Why a write cannot be made now. */
  problemWith({ type, path, version = -1 }: WriteRequest): ErrorCode | undefined {
    if (!/^\/([^/]+(\/[^/]+)*)?$/.test(path)) return 'BadArguments';
    const node = this.#nodes.get(path);
    if (type === 'create') {
      if (node !== undefined) return 'NodeExists';
      return this.#nodes.has(parentOf(path)) ? undefined : 'NoNode';
    }
    if (node === undefined) return 'NoNode';
    if (version !== -1 && version !== node.stat.version) return 'BadVersion';
    if (type === 'delete')
      return path === '/' ? 'BadArguments' : this.childrenOf(path).length > 0 ? 'NotEmpty' : undefined;
    return undefined;
  }

  apply({ type, path, data = '', zxid, timeMs }: Transaction): void {
    const node = this.#nodes.get(path);
    if (type === 'set') {
      if (node === undefined) return;
      const stat = { ...node.stat, mzxid: zxid, mtimeMs: timeMs, version: node.stat.version + 1 };
      this.#nodes.set(path, { data, stat });
      return;
    }
    if (type === 'delete') this.#nodes.delete(path);
    else
      this.#nodes.set(path, {
        data,
        stat: { ...NEW, czxid: zxid, ctimeMs: timeMs, mzxid: zxid, mtimeMs: timeMs, pzxid: zxid },
      });
    const parent = this.#nodes.get(parentOf(path));
    if (parent === undefined) return;
    const stat = { ...parent.stat, pzxid: zxid, cversion: parent.stat.cversion + 1 };
    this.#nodes.set(parentOf(path), { ...parent, stat });
  }
}
