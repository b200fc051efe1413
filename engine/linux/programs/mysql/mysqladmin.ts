import type { Task } from '../../../sim/index.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readOptions } from './client-options.ts';
import { connect } from './connection.ts';
import { askPassword } from './mysql.ts';
import { SqlError } from './sql-error.ts';

/** `mysqladmin ping`, `status`, `version` and `shutdown`: what probes and scripts ask a server. */
export function* mysqladmin(process: Process): Task<number> {
  const options = readOptions(process, 'mysqladmin');
  if (typeof options === 'string') {
    yield* printError(process, options);
    return 2;
  }
  const [command = ''] = options.args;
  if (!['ping', 'status', 'shutdown'].includes(command)) {
    yield* printError(process, `mysqladmin: Unknown command: '${command}'\n`);
    return 1;
  }
  const warning = '[Warning] Using a password on the command line interface can be insecure.\n';
  if (options.exposed) yield* printError(process, `mysqladmin: ${warning}`);
  const password = options.askPassword ? yield* askPassword(process) : options.password;
  try {
    const connection = yield* connect(process, { ...options, password });
    if (command === 'ping') yield* print(process, 'mysqld is alive\n');
    else if (command === 'shutdown') yield* connection.ask('SHUTDOWN');
    else {
      const result = yield* connection.ask('SHOW STATUS');
      const values = new Map('columns' in result ? result.rows.map(([name, value]) => [name, value]) : []);
      yield* print(process, `Uptime: ${values.get('Uptime')}  Threads: ${values.get('Threads_connected')}\n`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    // Whoever is refused has found a server that lives.
    if (command === 'ping' && error.code === 1045) {
      yield* print(process, 'mysqld is alive\n');
      return 0;
    }
    const host = options.host ?? 'localhost';
    yield* printError(process, `mysqladmin: connect to server at '${host}' failed\nerror: '${error.message}'\n`);
    return 1;
  }
}
