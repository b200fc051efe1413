import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Signal } from '../../signal.ts';
import { decode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Config, readConfig } from './config.ts';
import { ConfigError, readDirectives } from './directives.ts';
import { errorLine, Logs } from './log.ts';
import { runMaster } from './master.ts';
import { versionOf } from './pages.ts';

const CONFIG = '/etc/nginx/nginx.conf';

const SIGNALS: Readonly<Record<string, Signal>> = { stop: 'TERM', quit: 'QUIT', reload: 'HUP', reopen: 'USR1' };

/** nginx: `nginx`, `nginx -t`, `nginx -s reload`, `nginx -g 'daemon off;'`. */
export function* nginx(process: Process): Task<number> {
  const args = process.argv.slice(1);
  const values = (letter: string) =>
    args.flatMap((argument, at) => (argument === `-${letter}` ? [args[at + 1] ?? ''] : []));
  if (args.includes('-v') || args.includes('-V')) {
    yield* printError(process, `nginx version: ${versionOf(process.env)}\n`);
    return 0;
  }
  const path = values('c')[0] ?? CONFIG;
  const tests = args.includes('-t') || args.includes('-T');
  let config: Config;
  try {
    config = yield* readConfig(process, path, values('g'));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* printError(process, `${errorLine(process, 'emerg', error.message)}nginx: [emerg] ${error.message}\n`);
    if (tests) yield* printError(process, `nginx: configuration file ${path} test failed\n`);
    return 1;
  }
  for (const text of config.warnings)
    yield* printError(process, `${errorLine(process, 'warn', text)}nginx: [warn] ${text}\n`);
  if (tests) {
    yield* printError(
      process,
      `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`,
    );
    if (args.includes('-T')) yield* dumpFiles(process, path);
    return 0;
  }
  const wish = values('s')[0];
  if (wish !== undefined) return yield* signalMaster(process, config, wish);
  const logs = new Logs();
  try {
    logs.open(process, config.errorLog.path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(
      process,
      `nginx: [alert] could not open error log file: open() "${config.errorLog.path}" failed (${error.message})\n`,
    );
    return 1;
  }
  const master = (self: Process) => runMaster(self, config, logs, () => readConfig(self, path, values('g')));
  if (!config.daemon) return yield* master(process);
  process.fork(function* (child) {
    child.setSession();
    return yield* master(child);
  });
  return 0;
}

/** `-T`: every file that makes up the configuration, each once. */
function* dumpFiles(process: Process, path: string): Task<void> {
  const files: string[] = [];
  readDirectives(process, path, (file) => {
    if (!files.includes(file)) files.push(file);
  });
  for (const file of files) yield* print(process, `# configuration file ${file}:\n${decode(process.readFile(file))}\n`);
}

function* signalMaster(process: Process, config: Config, wish: string): Task<number> {
  const signal = SIGNALS[wish];
  if (signal === undefined) {
    yield* printError(process, `nginx: invalid option: "-s ${wish}"\n`);
    return 1;
  }
  try {
    const pid = Number(decode(process.readFile(config.pidFile)).trim());
    process.kill(pid, signal);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(process, `nginx: [error] open() "${config.pidFile}" failed (2: ${error.message})\n`);
    return 1;
  }
}
