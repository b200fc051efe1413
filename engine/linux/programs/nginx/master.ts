import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Signal } from '../../signal.ts';
import { decode, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readAccounts } from '../accounts.ts';
import { type Config, eachSettings } from './config.ts';
import { ConfigError } from './directives.ts';
import { errorLine, Logs } from './log.ts';
import { versionOf } from './pages.ts';
import { LEVELS } from './settings.ts';
import { runWorker } from './worker.ts';
import { SharedState } from './worker-state.ts';

const CAUGHT: readonly Signal[] = ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'CHLD'];

interface Master {
  readonly process: Process;
  readonly logs: Logs;
  readonly shared: SharedState;
  config: Config;
  /** Listening sockets by `address:port`. */
  readonly sockets: Map<string, number>;
  workers: Set<number>;
  stopping: Signal | undefined;
}

/** The master process: opens the sockets, keeps workers running, obeys signals. */
export function* runMaster(process: Process, config: Config, logs: Logs, reread: () => Task<Config>): Task<number> {
  const master: Master = {
    process,
    logs,
    config,
    sockets: new Map(),
    workers: new Set(),
    stopping: undefined,
    shared: new SharedState(),
  };
  const failure = yield* openSockets(master);
  if (failure !== undefined) return failure;
  for (const signal of CAUGHT) process.setSignalAction(signal, 'catch');
  yield* notice(master, 'using the "epoll" event method');
  yield* notice(master, versionOf(master.process.env));
  yield* notice(master, `OS: Linux ${decode(master.process.readFile('/proc/sys/kernel/osrelease')).trim()}`);
  yield* notice(master, 'start worker processes');
  writePidFile(process, config);
  yield* startWorkers(master);
  while (master.stopping === undefined || master.workers.size > 0) {
    for (const signal of process.takeSignals()) yield* obey(master, signal, reread);
    yield* reap(master);
    if (master.stopping !== undefined && master.workers.size === 0) break;
    try {
      yield* process.pause();
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    }
  }
  yield* notice(master, 'exit');
  try {
    process.unlink(config.pidFile);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return 0;
}

function* notice(master: Master, text: string, level = 'notice'): Task<void> {
  const { path, level: least } = master.config.errorLog;
  if (LEVELS.indexOf(level) > least) return;
  yield* master.logs.write(master.process, path, errorLine(master.process, level, text));
}

function writePidFile(process: Process, config: Config): void {
  try {
    process.writeFile(config.pidFile, `${process.pid}\n`);
  } catch (error) {
    // A read-only root: nginx would refuse, which helps nobody here; `-s` then says what is missing.
    if (!(error instanceof Errno)) throw error;
  }
}

/** Opens what the configuration listens on and closes what it does no more. Returns an exit code on failure. */
function* openSockets(master: Master): Task<number | undefined> {
  const { process, config, sockets } = master;
  const wanted = new Set<string>();
  for (const { listens } of config.servers) {
    for (const { address, port } of listens) {
      const key = `${address}:${port}`;
      wanted.add(key);
      if (sockets.has(key)) continue;
      try {
        sockets.set(key, process.listen(port, address));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        const number = { EADDRINUSE: 98, EACCES: 13, EADDRNOTAVAIL: 99 }[error.code as string] ?? 22;
        const text = `bind() to ${key} failed (${number}: ${error.message})`;
        yield* printError(process, `${errorLine(process, 'emerg', text)}nginx: [emerg] ${text}\n`);
        return 1;
      }
    }
  }
  for (const [key, fd] of [...sockets]) {
    if (wanted.has(key)) continue;
    process.close(fd);
    sockets.delete(key);
  }
  return undefined;
}

function workerCount(process: Process, config: Config): number {
  if (config.workerProcesses > 0) return Math.min(config.workerProcesses, 16);
  try {
    return Math.min(4, Math.max(1, decode(process.readFile('/proc/cpuinfo')).match(/^processor/gm)?.length ?? 1));
  } catch (error) {
    if (error instanceof Errno) return 1;
    throw error;
  }
}

function* startWorkers(master: Master): Task<void> {
  const count = workerCount(master.process, master.config);
  for (let at = 0; at < count; at++) yield* startWorker(master);
}

function* startWorker(master: Master): Task<void> {
  const { process, config, logs } = master;
  const sockets = [...master.sockets.values()];
  const uid = config.user === undefined ? undefined : readAccounts(process).uid(config.user);
  openLogs(master);
  const inherited = new Logs(logs);
  const pid = process.fork((worker) => {
    if (uid !== undefined && worker.credentials.uid === 0) worker.setCredentials({ uid, gid: uid, groups: [] });
    return runWorker(worker, { config, logs: inherited, sockets, shared: master.shared });
  });
  master.workers.add(pid);
  yield* notice(master, `start worker process ${pid}`);
}

/** While the process may: the workers run as another user. */
function openLogs(master: Master): void {
  for (const { accessLogs, errorLog } of eachSettings(master.config.servers)) {
    for (const { path } of [...accessLogs, errorLog]) {
      try {
        master.logs.open(master.process, path);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
    }
  }
}

function* obey(master: Master, signal: Signal, reread: () => Task<Config>): Task<void> {
  const { process } = master;
  if (signal === 'CHLD') return;
  if (signal === 'HUP') {
    yield* notice(master, `signal 1 (SIGHUP) received from ${process.parentPid}, reconfiguring`);
    yield* reconfigure(master, reread);
    return;
  }
  if (signal === 'USR1') {
    master.logs.closeAll(process);
    return;
  }
  const graceful = signal === 'QUIT';
  yield* notice(
    master,
    graceful
      ? `signal 3 (SIGQUIT) received from ${process.parentPid}, shutting down`
      : `signal ${signal === 'TERM' ? 15 : 2} (SIG${signal}) received from ${process.parentPid}, exiting`,
  );
  master.stopping = signal;
  signalWorkers(master, master.workers, graceful ? 'QUIT' : 'TERM');
}

function signalWorkers(master: Master, workers: Iterable<number>, signal: Signal): void {
  for (const pid of workers) {
    try {
      master.process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
}

/** New workers with the new configuration; the old ones finish what they are at. */
function* reconfigure(master: Master, reread: () => Task<Config>): Task<void> {
  try {
    master.config = yield* reread();
    for (const text of master.config.warnings) yield* notice(master, text, 'warn');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* notice(master, error.message, 'emerg');
    return;
  }
  const old = [...master.workers];
  if ((yield* openSockets(master)) !== undefined) return;
  yield* notice(master, 'start worker processes');
  master.workers = new Set();
  yield* startWorkers(master);
  signalWorkers(master, old, 'QUIT');
}

function* reap(master: Master): Task<void> {
  const { process } = master;
  for (;;) {
    const ended = yield* process.waitpid(-1, { noHang: true });
    if (ended === undefined) return;
    const { pid, status } = ended;
    const known = master.workers.delete(pid);
    if (status.kind === 'signaled') {
      yield* notice(
        master,
        `worker process ${pid} exited on signal ${status.signal === 'KILL' ? 9 : status.signal}`,
        'alert',
      );
    } else
      yield* notice(master, `worker process ${pid} exited with code ${status.kind === 'exited' ? status.code : 0}`);
    if (known && master.stopping === undefined) yield* startWorker(master);
  }
}
