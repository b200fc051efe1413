import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Configuration } from './configuration.ts';
import { DataTree, type Transaction, type TreeImage } from './tree.ts';

const hex = (zxid: number) => zxid.toString(16);

/** The zxid in a file's name. */
const zxidOf = (name: string) => Number.parseInt(name.slice(name.indexOf('.') + 1), 16);

/**
 * What outlives a server: snapshots, the log of what came behind them, and the epochs that it has promised and joined. (The files
 * have ZooKeeper's names; in them are lines of JSON.)
 */
export class Storage {
  readonly #process: Process;
  readonly #dataDir: string;
  readonly #logDir: string;
  #logPath: string | undefined;
  tree = new DataTree();
  lastZxid = 0;
  /** In the log, and not yet known to be everybody's. */
  readonly #proposed: Transaction[] = [];

  /** Throws Errno. */
  constructor(process: Process, { dataDir, dataLogDir }: Configuration) {
    this.#process = process;
    this.#dataDir = `${dataDir}/version-2`;
    this.#logDir = `${dataLogDir}/version-2`;
    for (const path of [dataDir, dataLogDir, this.#dataDir, this.#logDir])
      if (!process.access(path, 'exists')) process.mkdir(path, 0o755);
    this.#load();
  }

  #names(directory: string, kind: 'snapshot' | 'log'): readonly string[] {
    const names = this.#process.readdir(directory).map(({ name }) => name);
    return names.filter((name) => name.startsWith(`${kind}.`)).sort((a, b) => zxidOf(a) - zxidOf(b));
  }

  #load(): void {
    const newest = this.#names(this.#dataDir, 'snapshot').at(-1);
    if (newest !== undefined) {
      this.tree = new DataTree(JSON.parse(this.#read(`${this.#dataDir}/${newest}`)) as TreeImage);
      this.lastZxid = zxidOf(newest);
    }
    for (const name of this.#names(this.#logDir, 'log')) {
      for (const line of this.#read(`${this.#logDir}/${name}`).split('\n')) {
        if (line === '') continue;
        const transaction = JSON.parse(line) as Transaction;
        if (transaction.zxid <= this.lastZxid) continue;
        this.tree.apply(transaction);
        this.lastZxid = transaction.zxid;
      }
    }
  }

  #read(path: string): string {
    return decode(this.#process.readFile(path));
  }

  /** Writes a transaction to the log, before anybody is told that it is there. Throws Errno. */
  append(transaction: Transaction): void {
    this.#logPath ??= `${this.#logDir}/log.${hex(transaction.zxid)}`;
    this.#process.writeFile(this.#logPath, `${JSON.stringify(transaction)}\n`, { append: true });
    this.lastZxid = transaction.zxid;
    this.#proposed.push(transaction);
  }

  /** The oldest transaction of the log that was open is everybody's. */
  commit(): void {
    const transaction = this.#proposed.shift();
    if (transaction !== undefined) this.tree.apply(transaction);
  }

  /** What is in the log counts, whoever leads next: at most it is told to leave it out. */
  settle(): void {
    while (this.#proposed.length > 0) this.commit();
  }

  /** Takes a leader's tree for its own: what was in the log is gone. Throws Errno. */
  replace(image: TreeImage, zxid: number): void {
    for (const name of this.#names(this.#logDir, 'log')) this.#process.unlink(`${this.#logDir}/${name}`);
    for (const name of this.#names(this.#dataDir, 'snapshot'))
      if (zxidOf(name) > zxid) this.#process.unlink(`${this.#dataDir}/${name}`);
    this.#process.writeFile(`${this.#dataDir}/snapshot.${hex(zxid)}`, JSON.stringify(image));
    this.#logPath = undefined;
    this.tree = new DataTree(image);
    this.lastZxid = zxid;
  }

  epoch(kind: 'accepted' | 'current'): number {
    try {
      return Number(this.#read(`${this.#dataDir}/${kind}Epoch`));
    } catch (error) {
      if (error instanceof Errno) return 0;
      throw error;
    }
  }

  setEpoch(kind: 'accepted' | 'current', epoch: number): void {
    this.#process.writeFile(`${this.#dataDir}/${kind}Epoch`, String(epoch));
  }
}
