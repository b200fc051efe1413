import { hash32, type Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { Errno } from '../../errno.ts';
import { encode, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Blocked } from './command.ts';
import { Keyspace } from './keyspace.ts';
import { appendCommand, readCommands, saveSnapshot } from './persistence.ts';
import { encodeReply, type Reply, RespReader } from './reply.ts';

/** Who is connected, and in the middle of what. */
export interface Client {
  readonly id: number;
  readonly fd: number;
  readonly address: string;
  readonly reader: RespReader;
  name: string;
  protocol: 2 | 3;
  database: number;
  authenticated: boolean;
  /** Commands since MULTI. */
  queue: (readonly string[])[] | undefined;
  /** A command since MULTI could not be queued. */
  dirty: boolean;
  /** What watched keys looked like, by database and key. */
  watched: Map<string, string>;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  /** The database that it was last told of, of a replica. */
  replica: { database: number } | undefined;
  /** Where a replica itself serves. */
  listeningPort: string;
  blocked: { readonly wait: Blocked; readonly deadlineMs: number; readonly words: readonly string[] } | undefined;
  closing: boolean;
}

interface Change {
  readonly database: number;
  readonly words: readonly string[];
}

/** Whom a replica follows. */
export interface Primary {
  readonly host: string;
  readonly port: number;
  isUp: boolean;
}

/** Of `host port`; `no one` is none. */
export function readPrimary(text: string): Primary | undefined {
  const [host = '', port = ''] = text.split(' ');
  return host === '' || text.toLowerCase() === 'no one' ? undefined : { host, port: Number(port), isUp: false };
}

/** Forty hexadecimal digits. */
function historyName(seed: string): string {
  return [0, 1, 2, 3, 4].map((part) => hash32(seed, part).toString(16).padStart(8, '0')).join('');
}

/** The server's state: what commands about the server itself work on. */
export class RedisServer {
  readonly process: Process;
  readonly config: Map<string, string>;
  readonly databases: readonly Keyspace[];
  readonly clients = new Map<number, Client>();
  readonly startedMs: number;
  /** Changes since the last snapshot. */
  changes = 0;
  lastSaveMs: number;
  savingPid: number | undefined;
  connections = 0;
  commands = 0;
  stopping: 'save' | 'nosave' | undefined;
  /** Whom it is a copy of, if it is one. */
  primary: Primary | undefined;
  /** Names the history that its replicas have a part of. */
  readonly replicationId: string;
  /** Changes so far, as replicas count them. */
  offset = 0;
  #outgoing: Change[] = [];
  #appendDatabase = -1;

  constructor(process: Process, config: Map<string, string>) {
    this.process = process;
    this.config = config;
    this.startedMs = process.now();
    this.primary = readPrimary(config.get('replicaof') ?? '');
    this.replicationId = historyName(`${process.hostname} ${process.pid} ${this.startedMs}`);
    this.lastSaveMs = this.startedMs;
    const count = Math.max(1, Number(config.get('databases')));
    this.databases = Array.from({ length: count }, () => new Keyspace(() => this.nowMs));
  }

  /** Whole milliseconds: what the ends of keys are counted in. */
  get nowMs(): number {
    return Math.floor(this.process.now());
  }

  setting(name: string): string {
    return this.config.get(name) ?? '';
  }

  *log(level: '#' | '*' | '-', text: string, role = 'M'): Task<void> {
    const nowMs = this.process.now();
    const time = `${formatDate('%d %b %Y %H:%M:%S', nowMs)}.${String(Math.floor(nowMs % 1000)).padStart(3, '0')}`;
    const line = `${this.process.pid}:${role} ${time} ${level} ${text}\n`;
    const file = this.setting('logfile');
    if (file === '') yield* this.process.write(1, encode(line));
    else this.process.writeFile(file, line, { append: true });
  }

  get snapshotPath(): string {
    return `${this.setting('dir')}/${this.setting('dbfilename')}`;
  }

  get appendPath(): string {
    return `${this.setting('dir')}/${this.setting('appenddirname')}/${this.setting('appendfilename')}.1.incr.aof`;
  }

  /** Reads what an earlier server left. Throws Errno, Error. */
  *load(run: (server: RedisServer, database: number, words: readonly string[]) => void): Task<boolean> {
    const appending = this.setting('appendonly') === 'yes';
    const path = appending ? this.appendPath : this.snapshotPath;
    const commands = readCommands(this.process, path, appending ? 'append-only' : 'snapshot');
    if (appending) this.openAppendFile();
    if (commands === undefined) return true;
    let database = 0;
    for (const words of commands) {
      yield* this.process.compute(0.1);
      if (words[0]?.toLowerCase() === 'select') database = Number(words[1]);
      else run(this, database, words);
    }
    this.changes = 0;
    const keys = this.databases.reduce((sum, each) => sum + each.keys().length, 0);
    yield* this.log('*', `DB loaded from ${appending ? 'append only file' : 'disk'}: 0.001 seconds (${keys} keys)`);
    return true;
  }

  /** Throws Errno. */
  openAppendFile(): void {
    const directory = `${this.setting('dir')}/${this.setting('appenddirname')}`;
    if (!this.process.access(directory, 'exists')) this.process.mkdir(directory, 0o755);
    const name = this.setting('appendfilename');
    this.process.writeFile(`${directory}/${name}.manifest`, `file ${name}.1.incr.aof seq 1 type i\n`);
    if (!this.process.access(this.appendPath, 'exists')) this.process.writeFile(this.appendPath, '');
  }

  /** Notes a change: in the append-only file, and for the next snapshot. */
  changed(database: number, words: readonly string[]): void {
    this.changes += 1;
    this.#note(database, words);
    if (this.setting('appendonly') !== 'yes') return;
    if (this.#appendDatabase !== database) appendCommand(this.process, this.appendPath, ['SELECT', String(database)]);
    this.#appendDatabase = database;
    appendCommand(this.process, this.appendPath, words);
  }

  /** Keeps a change for whoever has a copy. */
  #note(database: number, words: readonly string[]): void {
    this.offset += 1;
    for (const { replica } of this.clients.values()) {
      if (replica === undefined) continue;
      this.#outgoing.push({ database, words });
      return;
    }
  }

  /** The changes that replicas have not been told of. */
  takeOutgoing(): readonly Change[] {
    const changes = this.#outgoing;
    if (changes.length > 0) this.#outgoing = [];
    return changes;
  }

  /** Starts the append-only file again from what there is now. Throws Errno. */
  rewriteAppendFile(): void {
    this.openAppendFile();
    saveSnapshot(this.process, this.snapshotPath, this.databases);
    const commands = readCommands(this.process, this.snapshotPath, 'snapshot') ?? [];
    this.process.writeFile(this.appendPath, '');
    for (const words of commands) appendCommand(this.process, this.appendPath, words);
    this.#appendDatabase = -1;
  }

  /** SAVE: everybody waits. */
  *save(): Task<boolean> {
    try {
      saveSnapshot(this.process, this.snapshotPath, this.databases);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* this.log(
        '#',
        `Failed opening the temp RDB file temp-${this.process.pid}.rdb (in server root dir ${this.setting('dir')}) for saving: ${error.message}`,
      );
      return false;
    }
    this.changes = 0;
    this.lastSaveMs = this.process.now();
    yield* this.log('*', 'DB saved on disk');
    return true;
  }

  /** BGSAVE: a child writes what is there now. */
  *saveInBackground(): Task<void> {
    const { snapshotPath, databases } = this;
    const changes = this.changes;
    this.savingPid = this.process.fork(function* (child) {
      yield* child.compute();
      try {
        saveSnapshot(child, snapshotPath, databases);
        return 0;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* printError(child, `Failed opening the temp RDB file for saving: ${error.message}\n`);
        return 1;
      }
    });
    this.changes -= changes;
    this.lastSaveMs = this.process.now();
    yield* this.log('*', `Background saving started by pid ${this.savingPid}`);
  }

  *reapChildren(): Task<void> {
    for (;;) {
      const ended = yield* this.process.waitpid(-1, { noHang: true });
      if (ended === undefined) return;
      if (ended.pid !== this.savingPid) continue;
      this.savingPid = undefined;
      const ok = ended.status.kind === 'exited' && ended.status.code === 0;
      if (ok) yield* this.log('*', 'Background saving terminated with success');
      else yield* this.log('#', 'Background saving error');
    }
  }

  /** The rules `seconds changes` of `save`. */
  get saveRules(): readonly { readonly seconds: number; readonly changes: number }[] {
    const numbers = this.setting('save').split(' ').filter(Boolean).map(Number);
    return numbers.flatMap((seconds, at) => (at % 2 === 0 ? [{ seconds, changes: numbers[at + 1]! }] : []));
  }

  /** When the next snapshot is due; Infinity as long as nothing has changed. */
  get nextSaveMs(): number {
    const due = this.saveRules
      .filter(({ changes }) => this.changes >= changes)
      .map(({ seconds }) => this.lastSaveMs + seconds * 1000);
    return Math.min(Number.POSITIVE_INFINITY, ...due);
  }

  /** Bytes of data, roughly as allocated. */
  usedMemory(): number {
    let bytes = 900_000;
    for (const keys of this.databases)
      for (const key of keys.keys()) {
        const value = keys.get(key)!;
        bytes += 64 + key.length + JSON.stringify(value.type === 'string' ? value.text : value).length;
        if (value.type === 'hash') for (const [name, text] of value.fields) bytes += 32 + name.length + text.length;
        if (value.type === 'set') for (const member of value.members) bytes += 24 + member.length;
        if (value.type === 'zset') for (const member of value.scores.keys()) bytes += 40 + member.length;
      }
    return bytes;
  }

  *send(client: Client, reply: Reply): Task<void> {
    try {
      yield* this.process.write(client.fd, encodeReply(reply, client.protocol));
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
      client.closing = true;
    }
  }

  close(client: Client): void {
    if (this.clients.delete(client.fd)) this.process.close(client.fd);
  }

  accept(fd: number, address: string): void {
    this.connections += 1;
    this.clients.set(fd, {
      id: this.connections,
      fd,
      address,
      reader: new RespReader(),
      name: '',
      protocol: 2,
      database: 0,
      authenticated: this.setting('requirepass') === '',
      queue: undefined,
      dirty: false,
      watched: new Map(),
      channels: new Set(),
      patterns: new Set(),
      replica: undefined,
      listeningPort: '0',
      blocked: undefined,
      closing: false,
    });
  }
}
