import { Etcd, type EtcdClient } from '../../etcd/index.ts';
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

/** What etcds on several machines have in common. */
export interface EtcdMembers {
  /** The store of a member whose data directory is empty, or holds what a snapshot was; or why there is none. */
  begin(process: Process, host: Host, base: Etcd['state'] | undefined): Etcd | { readonly problem: string };
  /** The member's process begins to serve its store; or why it may not. */
  start(process: Process, store: Etcd): RunningMember | { readonly problem: string };
  /** How API servers over such a store tell each other that they are there. */
  readonly advertise: (etcd: EtcdClient, address: string) => readonly string[];
  /** Lets a machine be a member of the cluster, without a vote; false as long as there are not so many others, or that cannot be. */
  admit(peerUrl: string, others: number): boolean;
  /** Gives it its vote, once it knows what the others know. */
  promote(peerUrl: string): boolean;
  /** Takes it out again; or why that cannot be. */
  dismiss(peerUrl: string): string | undefined;
  /** Who is one, by name and URL; a name is empty until its etcd has been started. Nobody where etcd is alone for good. */
  readonly named: readonly (readonly [name: string, peerUrl: string])[];
  /** The URL of a member that does not answer. */
  readonly silent: string | undefined;
  /** Machines hear each other no more, or again. */
  networkChanged(): void;
}

/** A member whose process serves. */
export interface RunningMember {
  /** Whether it takes part in a majority. */
  isServing(): boolean;
  /** Whether the members are about to elect a leader. */
  isElecting(): boolean;
  stop(): void;
}

/** An etcd that runs in somebody's Pod. */
export type LonelyEtcd = (process: Process) => RunningComponent;

/** What it stands on that is loaded late. */
export interface EtcdSurroundings {
  readonly database: () => EtcdDatabase;
  readonly members: () => EtcdMembers;
  readonly lonely: LonelyEtcd;
}

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
  readonly #members: () => EtcdMembers;
  #running: RunningMember | undefined;
  readonly #onStore = new Set<() => void>();
  /** All that were served, the latest last. */
  #stores: readonly Etcd[];
  /** The empty one that is looked at before any is served. */
  #unused: Etcd | undefined;

  constructor(host: Host, address: string, reachable: Reachability, { database, members, lonely }: EtcdSurroundings) {
    this.#lonely = lonely;
    this.#members = members;
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

  /** The store that is served now, if the machine's own programs reach it, and a majority agrees on it. */
  get served(): Etcd | undefined {
    return this.#running?.isServing() === false ? undefined : this.#address.dial(this.#host);
  }

  /** Whether the members are about to elect a leader, so that it will be served soon. */
  get isElecting(): boolean {
    return this.#running?.isElecting() === true;
  }

  /** As whoever is on its machine, or on another, reaches it, or why nobody answers there. */
  dial(hostPort: string, from = this.#host): Etcd | string {
    const { hostPort: own } = this.#address;
    const addresses =
      from === this.#host ? [own, own.replace('127.0.0.1', 'localhost'), this.#clientUrl] : [this.#clientUrl];
    const found = addresses.includes(hostPort) ? this.#address.dial(from) : undefined;
    if (found !== undefined) return found;
    if (from !== this.#host && addresses.includes(hostPort))
      return this.#address.dialError(from).replace(own, hostPort);
    return `dial tcp ${hostPort.replace('localhost', '127.0.0.1')}: connect: connection refused`;
  }

  /** How API servers over a store tell each other that they are there, where there can be several. */
  advertiseOn(store: Etcd): EtcdMembers['advertise'] | undefined {
    return store.isCopy ? this.#members().advertise : undefined;
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
    const member = store.isCopy ? this.#members().start(process, store) : undefined;
    if (member !== undefined && 'problem' in member) {
      yield* say(process, 'fatal', 'etcdmain/etcd.go:204', 'discovery failed', { error: member.problem });
      return undefined;
    }
    this.#running = member;
    if (store !== this.disk) {
      this.#stores = [...this.#stores.filter((other) => other !== store), store];
      for (const listener of this.#onStore) listener();
    }
    if (member === undefined) store.leases.resume();
    const stopServing = this.#address.serve(store);
    return {
      stop: () => {
        stopServing();
        store.leases.pause();
        member?.stop();
      },
    };
  }

  /** The store of a data directory; undefined, with a word to stderr, when it is no good. */
  *#open(process: Process, directory: string): Task<Etcd | undefined> {
    const path = `${directory}/${DATABASE_PATH}`;
    try {
      makeDataDirectory(process, directory);
      const found = process.access(path, 'exists') ? this.#read(process, path) : this.#begin(process);
      if (found !== undefined && 'problem' in found) {
        yield* say(process, 'fatal', 'etcdmain/etcd.go:204', 'discovery failed', { error: found.problem });
        return undefined;
      }
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

  /** As a member among others where its flags say so. */
  #begin(process: Process, base?: Etcd['state']): Etcd | { readonly problem: string } {
    if (flagValue(process.argv, 'initial-cluster') !== undefined)
      return this.#members().begin(process, this.#host, base);
    if (base !== undefined) return new Etcd(this.#host.sim, base);
    const store = this.#unused ?? new Etcd(this.#host.sim);
    this.#unused = undefined;
    return store;
  }

  #read(process: Process, path: string): Etcd | { readonly problem: string } | undefined {
    const memory = process.mappedFile(path);
    if (memory instanceof StoreMemory) return memory.store;
    const state = this.#database().readDatabase(process.readFile(path));
    return state && this.#begin(process, state);
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
