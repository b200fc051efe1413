import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { resolveHost } from '../resolve.ts';
import type { Command } from './command.ts';
import { askUdp } from './udp-server.ts';

function* complain(process: Process, text: string): Task<number> {
  yield* printError(process, `${text}\n`);
  return 1;
}

/** Says in one word why a connection fails, for tests to compare. */
export const connect: Command = {
  use: 'connect [host:port]',
  short: 'Attempts a TCP, UDP or SCTP connection and returns useful errors',
  args: 1,
  flags: {
    timeout: { type: 'duration', default: 0, usage: 'Maximum time before returning an error' },
    protocol: {
      type: 'string',
      default: 'tcp',
      usage: 'The protocol to use to perform the connection, can be tcp, udp or sctp',
    },
    'udp-data': { type: 'string', default: 'hostname', usage: 'The UDP payload send to the server' },
    'sctp-data': { type: 'string', default: 'hostname', usage: 'The SCTP payload send to the server' },
  },
  *run(process, flags) {
    const [destination = ''] = flags.args;
    const protocol = flags.string('protocol');
    if (protocol === 'sctp') return yield* complain(process, 'OTHER: SCTP is not part of this simulation');
    if (!['', 'tcp', 'udp'].includes(protocol)) return yield* complain(process, 'Unsupported protocol');
    const match = /^(.*):(\d{1,5})$/.exec(destination);
    if (match === null) return yield* complain(process, `UNKNOWN: address ${destination}: missing port in address`);
    const [, host = '', port = ''] = match;
    const address = yield* resolveHost(process, host);
    if (address === undefined) return yield* complain(process, `DNS: lookup ${host}: no such host`);
    const timeoutMs = flags.number('timeout') || undefined;
    try {
      if (protocol === 'udp') yield* askUdp(process, address, Number(port), `${flags.string('udp-data')}\n`, timeoutMs);
      else process.close(yield* process.connect(address, Number(port), timeoutMs));
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'ETIMEDOUT') return yield* complain(process, 'TIMEOUT');
      if (error.code === 'ECONNREFUSED') return yield* complain(process, 'REFUSED');
      return yield* complain(process, `OTHER: dial tcp ${destination}: connect: ${error.message.toLowerCase()}`);
    }
  },
};
