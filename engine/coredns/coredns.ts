import type { Transport } from '../client/transport.ts';
import { encodeMessage } from '../linux/dns/message.ts';
import { Errno } from '../linux/errno.ts';
import { serveHttp } from '../linux/http.ts';
import { sha512 } from '../linux/sha512.ts';
import type { Signal } from '../linux/signal.ts';
import { concatBytes, encode, print, printError } from '../linux/stdio.ts';
import type { Process, Program, SocketAddress } from '../linux/syscalls.ts';
import type { Simulation, Task } from '../sim/index.ts';
import { CorefileError } from './corefile.ts';
import { answerHttp } from './health.ts';
import { DnsMetrics } from './metrics.ts';
import { isDeferred, type Query, type Reply } from './query.ts';
import { ServerSet } from './server-set.ts';
import { startFailure } from './start-failure.ts';
import { readText } from './text-file.ts';
import { answerMessage, datagramOf, readQuestion } from './wire.ts';

const VERSION = '1.12.1';

/** A server that does not see the API yet waits so long before it begins to answer. */
const SYNC_LIMIT_MS = 5000;
const SYNC_LOOK_MS = 100;

export interface CorednsSurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs, as the add-on's ServiceAccount. */
  connect(process: Process): Transport;
}

/**
 * The DNS server of the cluster: it answers what its Corefile tells it to. https://coredns.io/manual/toc/
 * The real one uses threads where this one forks processes: to wait for other servers, and for TCP connections.
 */
export function corednsProgram(surroundings: CorednsSurroundings): Program {
  return function* (process) {
    const { argv } = process;
    const conf = argv[argv.indexOf('-conf') + 1];
    if (argv.includes('-version')) {
      yield* print(process, `CoreDNS-${VERSION}\nlinux/amd64, go1.24.1, 707c7c1\n`);
      return 0;
    }
    const path = argv.includes('-conf') && conf !== undefined ? conf : 'Corefile';
    return yield* new Coredns(process, path, surroundings).run();
  };
}

class Coredns {
  readonly #process: Process;
  readonly #path: string;
  readonly #surroundings: CorednsSurroundings;
  readonly #metrics = new DnsMetrics();
  /** Sockets by port, and what each is. */
  readonly #datagrams = new Map<number, number>();
  readonly #streams = new Map<number, number>();
  #lines: string[] = [];
  #set!: ServerSet;
  #text = '';
  #fatal: string | undefined;
  /** When to look at the Corefile again, and when to end. */
  #lookAtMs: number | undefined;
  #endAtMs: number | undefined;
  #wantsReload = false;

  constructor(process: Process, path: string, surroundings: CorednsSurroundings) {
    this.#process = process;
    this.#path = path;
    this.#surroundings = surroundings;
  }

  *run(): Task<number> {
    const process = this.#process;
    for (const signal of ['TERM', 'INT', 'HUP', 'USR1', 'CHLD'] as const) process.setSignalAction(signal, 'catch');
    const text = this.#corefile();
    try {
      this.#text = text ?? '';
      if (text === undefined) throw new CorefileError(`open ${this.#path}: no such file or directory`);
      this.#set = this.#build(text);
      yield* this.#synchronize();
      this.#openSockets();
    } catch (error) {
      yield* printError(process, `${startFailure(error)}\n`);
      return 1;
    }
    try {
      yield* this.#announce(true);
      for (;;) {
        const code = yield* this.#serve();
        if (code !== undefined) return code;
        yield* this.#reload();
      }
    } finally {
      this.#set.stop();
    }
  }

  #corefile(): string | undefined {
    return readText(this.#process, this.#path);
  }

  #build(text: string): ServerSet {
    const process = this.#process;
    const set = new ServerSet(text, this.#path, {
      sim: this.#surroundings.sim,
      hostname: process.hostname,
      env: process.env,
      connect: () => this.#surroundings.connect(process),
      readFile: (path) => readText(process, path),
      now: () => process.now(),
      log: (line) => this.#lines.push(line),
      onFatal: (message) => {
        this.#fatal ??= message;
        process.kill(process.pid, 'USR1');
      },
    });
    set.start();
    return set;
  }

  *#synchronize(): Task<void> {
    const process = this.#process;
    for (let waitedMs = 0; !this.#set.isReady; waitedMs += SYNC_LOOK_MS) {
      if (waitedMs >= SYNC_LIMIT_MS) {
        yield* print(process, '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API\n');
        return;
      }
      if (waitedMs > 0 && waitedMs % 500 === 0) {
        yield* print(process, '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server\n');
      }
      yield* this.#pause(SYNC_LOOK_MS);
    }
  }

  *#pause(durationMs: number): Task<void> {
    try {
      yield* this.#process.sleep(durationMs);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    }
  }

  /** Opens what the servers want and closes what they want no more. Throws Errno. */
  #openSockets(): void {
    const process = this.#process;
    const { healthPort, readyPort, metricsPort } = this.#set.settings;
    const dns = this.#set.ports;
    const http = [healthPort, readyPort, metricsPort].filter((port) => port !== undefined);
    for (const port of dns) if (!this.#datagrams.has(port)) this.#datagrams.set(port, process.openDatagram(port));
    for (const port of [...dns, ...http]) if (!this.#streams.has(port)) this.#streams.set(port, process.listen(port));
    for (const [sockets, wanted] of [
      [this.#datagrams, dns],
      [this.#streams, [...dns, ...http]],
    ] as const) {
      for (const [port, fd] of [...sockets]) {
        if (wanted.includes(port)) continue;
        process.close(fd);
        sockets.delete(port);
      }
    }
  }

  *#announce(first: boolean): Task<void> {
    const { settings, keys } = this.#set;
    const digest = `[INFO] plugin/reload: Running configuration SHA512 = ${sha512(encode(this.#text))}\n`;
    const reload = settings.reloadMs === undefined ? '' : digest;
    if (first) {
      const banner = `CoreDNS-${VERSION}\nlinux/amd64, go1.24.1, 707c7c1\n`;
      yield* print(this.#process, `${keys.map((key) => `${key}\n`).join('')}${reload}${banner}`);
    } else yield* print(this.#process, `${reload}[INFO] Reloading complete\n`);
    this.#planLook();
    for (const { probeName } of this.#set.detectors) {
      const query = { id: 1, name: probeName, type: 'HINFO', peer: { address: '127.0.0.1', port: 53 } };
      this.#answer({ ...query, protocol: 'udp', bytes: 57, udpBytes: 512 }, this.#set.ports[0] ?? 53, () => undefined);
    }
  }

  #planLook(): void {
    const { reloadMs, reloadJitterMs } = this.#set.settings;
    if (reloadMs === undefined) {
      this.#lookAtMs = undefined;
      return;
    }
    const random = this.#surroundings.sim.random(`coredns reload ${this.#process.hostname}`);
    this.#lookAtMs = this.#process.now() + reloadMs + random.float() * reloadJitterMs;
  }

  /** An exit code, or undefined when the configuration is to be read again. */
  *#serve(): Task<number | undefined> {
    const { ports } = this.#set;
    const http = [...this.#streams].filter(([port]) => !ports.includes(port)).map(([, fd]) => fd);
    const dns = [...this.#streams].filter(([port]) => ports.includes(port)).map(([, fd]) => fd);
    let code: number | undefined;
    yield* serveHttp(
      this.#process,
      http,
      (request) => {
        const ending = this.#endAtMs !== undefined;
        return answerHttp(request, {
          settings: this.#set.settings,
          ready: this.#set.isReady,
          ending,
          metrics: () => this.#metrics.text(VERSION),
        });
      },
      {
        onSignals: (signals) => {
          code = this.#obey(signals);
          return code !== undefined || this.#wantsReload ? 'stop' : 'continue';
        },
        alongside: {
          fds: [...this.#datagrams.values(), ...dns],
          readable: (fd) => (dns.includes(fd) ? this.#acceptStream(fd) : this.#receive(fd)),
          dueMs: () => this.#nextDueMs(),
          onDue: () => {
            if (this.#endAtMs !== undefined && this.#endAtMs <= this.#process.now()) code = 0;
            else this.#look();
            return code !== undefined || this.#wantsReload ? 'stop' : 'continue';
          },
        },
      },
    );
    if (this.#fatal !== undefined) this.#lines.push(this.#fatal);
    yield* this.#flush(this.#process);
    return code;
  }

  #nextDueMs(): number | undefined {
    if (this.#endAtMs === undefined || this.#lookAtMs === undefined) return this.#endAtMs ?? this.#lookAtMs;
    return Math.min(this.#endAtMs, this.#lookAtMs);
  }

  #look(): void {
    this.#planLook();
    const text = this.#corefile();
    if (text !== undefined && text !== this.#text) this.#wantsReload = true;
  }

  #obey(signals: readonly Signal[]): number | undefined {
    if (this.#fatal !== undefined) return 1;
    if (signals.includes('INT')) {
      this.#lines.push('[INFO] SIGINT: Shutting down');
      return 0;
    }
    if (signals.includes('USR1')) {
      this.#lines.push('[INFO] SIGUSR1: Reloading');
      this.#wantsReload = true;
    }
    if (!signals.includes('TERM') || this.#endAtMs !== undefined) return undefined;
    this.#lines.push('[INFO] SIGTERM: Shutting down servers then terminating');
    const { lameduckMs } = this.#set.settings;
    if (lameduckMs === 0) return 0;
    this.#lines.push(`[INFO] plugin/health: Going into lameduck mode for ${lameduckMs / 1000}s`);
    this.#endAtMs = this.#process.now() + lameduckMs;
    return undefined;
  }

  *#reload(): Task<void> {
    this.#wantsReload = false;
    const process = this.#process;
    const text = this.#corefile();
    if (text === undefined) return;
    yield* print(process, '[INFO] Reloading\n');
    let fresh: ServerSet | undefined;
    const old = this.#set;
    try {
      fresh = this.#build(text);
      this.#set = fresh;
      this.#openSockets();
    } catch (error) {
      fresh?.stop();
      this.#set = old;
      const reason = startFailure(error);
      yield* print(
        process,
        `[ERROR] Restart failed: ${reason}\n[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: ${reason}\n`,
      );
      this.#text = text;
      return;
    }
    this.#text = text;
    yield* this.#synchronize();
    old.stop();
    yield* this.#announce(false);
  }

  *#receive(fd: number): Task<void> {
    const process = this.#process;
    let received: Received | undefined;
    try {
      received = yield* process.receiveFrom(fd, 0);
    } catch (error) {
      // Somebody whom an answer was sent to is gone.
      if (!(error instanceof Errno)) throw error;
    }
    if (received === undefined) return;
    const { data, peer } = received;
    const question = readQuestion(data);
    if (question === undefined) return;
    yield* process.compute(0.1);
    const { port } = process.localAddress(fd);
    this.#answer({ ...question.query, peer, protocol: 'udp' }, port, (reply, from) => {
      const bytes = datagramOf(question.message, reply);
      try {
        from.sendTo(fd, bytes, peer);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
    });
    yield* this.#flush(process);
  }

  /** Finds the answer and hands it on, together with the process that is to send it. */
  #answer(query: Query, port: number, send: (reply: Reply, from: Process) => void): void {
    const outcome = this.#set.answer(query, port);
    const finish = (reply: Reply, from: Process) => {
      this.#metrics.count(query, reply, `:${port}`);
      send(reply, from);
    };
    if (!isDeferred(outcome)) {
      finish(outcome, this.#process);
      return;
    }
    const flush = (child: Process) => this.#flush(child);
    this.#process.fork(function* (child): Task<number> {
      defaultSignals(child);
      finish(yield* outcome.later(child), child);
      yield* flush(child);
      return 0;
    });
  }

  /** A TCP connection: questions with their lengths before them, until the other side has had enough. */
  *#acceptStream(listenFd: number): Task<void> {
    const process = this.#process;
    const { fd, peer } = yield* process.accept(listenFd);
    const { port } = process.localAddress(fd);
    const serve = (child: Process) => this.#serveStream(child, peer, port);
    process.fork(
      function* (child): Task<number> {
        defaultSignals(child);
        yield* serve(child);
        return 0;
      },
      { fds: { 0: fd, 1: 1, 2: 2 } },
    );
    process.close(fd);
  }

  *#serveStream(child: Process, peer: SocketAddress, port: number): Task<void> {
    let buffer: Uint8Array = new Uint8Array(0);
    try {
      for (;;) {
        while (buffer.length >= 2 && buffer.length >= 2 + buffer[0]! * 256 + buffer[1]!) {
          const length = buffer[0]! * 256 + buffer[1]!;
          const question = readQuestion(buffer.subarray(2, 2 + length));
          buffer = buffer.slice(2 + length);
          if (question === undefined) return;
          const query: Query = { ...question.query, peer, protocol: 'tcp' };
          const outcome = this.#set.answer(query, port);
          const reply = isDeferred(outcome) ? yield* outcome.later(child) : outcome;
          this.#metrics.count(query, reply, `:${port}`);
          const bytes = encodeMessage(answerMessage(question.message, reply));
          yield* child.write(0, concatBytes([Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes]));
        }
        const ready = yield* child.poll([0], STREAM_IDLE_MS);
        const piece = ready.length === 0 ? new Uint8Array(0) : yield* child.read(0);
        if (piece.length === 0) return;
        buffer = concatBytes([buffer, piece]);
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    } finally {
      yield* this.#flush(child);
    }
  }

  *#flush(process: Process): Task<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.map((line) => `${line}\n`).join('');
    this.#lines = [];
    yield* print(process, text);
  }
}

/** A connection on which nothing comes is closed after so long. */
const STREAM_IDLE_MS = 10_000;

interface Received {
  readonly data: Uint8Array;
  readonly peer: SocketAddress;
}

/** What waits in a process of its own ends with a signal as any process does. */
function defaultSignals(child: Process): void {
  for (const signal of ['TERM', 'INT', 'HUP', 'USR1', 'CHLD'] as const) child.setSignalAction(signal, 'default');
}
