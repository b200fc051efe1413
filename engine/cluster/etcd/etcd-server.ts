import { Etcd } from '../../etcd/index.ts';
import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { MappedMemory, Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { type Reachability, ServerAddress } from '../component/api-endpoint.ts';
import { componentProgram, type RunningComponent } from '../component/component-program.ts';

/** A store as the bytes of a file, and back: `etcd/database.ts`. */
export interface EtcdDatabase {
  writeDatabase(state: Etcd['state']): Uint8Array;
  readDatabase(bytes: Uint8Array): Etcd['state'] | undefined;
}

/** An etcd that runs in somebody's Pod. */
export type LonelyEtcd = (process: Process) => RunningComponent;

/** Where a data directory keeps the store. */
export const DATABASE_PATH = 'member/snap/db';

/** The first write-ahead log, and how much room it takes from the start. What is in it has been written to the database here. */
const LOG_PATH = 'member/wal/0000000000000000-0000000000000000.wal';
const LOG_BYTES = 64_000_000;

/**
 * etcd on its machine: the program, and the address at which it serves while its process runs. Which store that is, its data
 * directory says: the file `member/snap/db` in it is a store's memory, as long as nobody writes to it. Moved away, it is still
 * that store; a copy of its bytes is one of its own; and where there is none, a new one begins.
 */
export class EtcdServer {
  readonly program: Program;
  readonly #host: Host;
  readonly #address: ServerAddress<Etcd>;
  readonly #clientUrl: string;
  readonly #database: () => EtcdDatabase;
  readonly #lonely: LonelyEtcd;
  readonly #onStore = new Set<() => void>();
  /** All that were served, the latest last. */
  #stores: readonly Etcd[];
  /** The empty one that is looked at before any is served. */
  #unused: Etcd | undefined;

  constructor(host: Host, address: string, reachable: Reachability, database: () => EtcdDatabase, lonely: LonelyEtcd) {
    this.#lonely = lonely;
    this.#host = host;
    this.#address = new ServerAddress(host, '127.0.0.1:2379', reachable);
    this.#clientUrl = `${address}:2379`;
    this.#database = database;
    this.#unused = new Etcd(host.sim);
    this.#stores = [this.#unused];
    this.program = componentProgram({
      healthAddress: '127.0.0.1',
      healthPort: 2381,
      start: (process) => this.#start(process),
    });
  }

  /** The store that was served last: what a look at the disk finds, whether anybody serves it or not. */
  get disk(): Etcd {
    return this.#stores.at(-1)!;
  }

  /** The latest store that knows what was at this revision: after a restore, what was before is in another one. */
  diskAt(revision: number): Etcd {
    const knows = (store: Etcd): boolean => store.compactRevision <= revision && revision <= store.revision;
    return this.#stores.findLast(knows) ?? this.disk;
  }

  /** The store that is served now, if the machine's own programs reach it. */
  get served(): Etcd | undefined {
    return this.#address.dial(this.#host);
  }

  /** As whoever is on its machine reaches it, or why nobody answers there. */
  dial(hostPort: string): Etcd | string {
    const { served } = this;
    const { hostPort: own } = this.#address;
    const addresses = [own, own.replace('127.0.0.1', 'localhost'), this.#clientUrl];
    if (served !== undefined && addresses.includes(hostPort)) return served;
    return `dial tcp ${hostPort.replace('localhost', '127.0.0.1')}: connect: connection refused`;
  }

  /** Calls `listener` when another store than before is served, until the returned function is called. */
  onStore(listener: () => void): () => void {
    this.#onStore.add(listener);
    return () => this.#onStore.delete(listener);
  }

  *#start(process: Process): Task<RunningComponent | undefined> {
    // In a Pod it is somebody else's.
    if (process.hostname !== this.#host.name) return this.#lonely(process);
    const store = yield* this.#open(process, flagValue(process.argv, 'data-dir') ?? 'default.etcd');
    if (store === undefined) return undefined;
    if (store !== this.disk) {
      this.#stores = [...this.#stores.filter((other) => other !== store), store];
      for (const listener of this.#onStore) listener();
    }
    store.leases.resume();
    const stopServing = this.#address.serve(store);
    return {
      stop: () => {
        stopServing();
        store.leases.pause();
      },
    };
  }

  /** The store of a data directory; undefined, with a word to stderr, when it is no good. */
  *#open(process: Process, directory: string): Task<Etcd | undefined> {
    const path = `${directory}/${DATABASE_PATH}`;
    try {
      makeDataDirectory(process, directory);
      const found = process.access(path, 'exists') ? this.#read(process, path) : this.#fresh();
      if (found === undefined) {
        yield* say(process, 'panic', 'backend/backend.go:203', 'failed to open database', {
          path,
          error: 'invalid database',
        });
        yield* printError(process, 'panic: failed to open database\n\ngoroutine 1 [running]:\n');
      }
      return found && this.#keep(process, path, found);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const problem = `cannot access data directory: ${error.message.toLowerCase()}`;
      yield* say(process, 'fatal', 'etcdmain/etcd.go:204', 'discovery failed', { error: problem });
      return undefined;
    }
  }

  #fresh(): Etcd {
    const store = this.#unused ?? new Etcd(this.#host.sim);
    this.#unused = undefined;
    return store;
  }

  #read(process: Process, path: string): Etcd | undefined {
    const memory = process.mappedFile(path);
    if (memory instanceof StoreMemory) return memory.store;
    const state = this.#database().readDatabase(process.readFile(path));
    return state && new Etcd(this.#host.sim, state);
  }

  #keep(process: Process, path: string, store: Etcd): Etcd {
    const kept = process.access(path, 'exists') ? process.mappedFile(path) : undefined;
    if (!(kept instanceof StoreMemory)) process.mapFile(path, new StoreMemory(store, this.#database), 0o600);
    return store;
  }
}

/** A store's memory, as the file of its database. */
class StoreMemory implements MappedMemory {
  readonly store: Etcd;
  readonly #database: () => EtcdDatabase;

  constructor(store: Etcd, database: () => EtcdDatabase) {
    this.store = store;
    this.#database = database;
  }

  get version(): number {
    return this.store.revision;
  }

  bytes(): Uint8Array {
    return this.#database().writeDatabase(this.store.state);
  }
}

/** What a member has in its directory beside the database. Throws Errno. */
export function makeDataDirectory(process: Process, directory: string): void {
  for (const path of [DATABASE_PATH, LOG_PATH]) {
    makeDirectories(process, `${directory}/${path}`.replace(/\/[^/]*$/, ''), 0o700);
  }
  const log = process.open(`${directory}/${LOG_PATH}`, { write: true, create: true, mode: 0o600 });
  process.truncate(log, LOG_BYTES);
  process.close(log);
}

type Fields = Readonly<Record<string, string>>;

/** A line of etcd's log. */
function say(process: Process, level: string, caller: string, msg: string, fields: Fields): Task<void> {
  const ts = new Date(Math.floor(process.now())).toISOString().replace(/Z$/, '000Z');
  return printError(process, `${JSON.stringify({ level, ts, caller, msg, ...fields })}\n`);
}
