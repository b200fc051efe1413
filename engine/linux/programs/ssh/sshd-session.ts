import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { readSshKey } from '../../ssh/key.ts';
import { CONFIG_FD } from '../../ssh/listener.ts';
import { Multiplexer, type Opened } from '../../ssh/multiplexer.ts';
import { exchangeAsServer, Transport } from '../../ssh/transport.ts';
import { type FieldReader, SshError } from '../../ssh/wire.ts';
import { decode, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TaskGroup } from '../../task-group.ts';
import { program } from '../program.ts';
import { resolveHost } from '../resolve.ts';
import { carryForward } from './forwarding.ts';
import { authenticate, log, place } from './server-authentication.ts';
import { ServerSession, type SessionSurroundings } from './server-session.ts';
import { readSshdConfig, type SshdConfig } from './sshd-config.ts';

const HOST_KEY = '/etc/ssh/ssh_host_ed25519_key';

/** The end of a connection on the server, on descriptor 0: a process for each. */
export const sshdSession = program(function* (process) {
  process.setSignalAction('PIPE', 'ignore');
  const config = readSshdConfig(decode(yield* readAll(process, CONFIG_FD))).config;
  process.close(CONFIG_FD);
  const peer = process.peerAddress(0);
  try {
    return yield* serve(process, config);
  } catch (error) {
    if (!(error instanceof SshError || error instanceof Errno)) throw error;
    yield* log(process, `Connection closed by ${place(peer)} [preauth]`);
    return 255;
  }
});

function* serve(process: Process, config: SshdConfig): Task<number> {
  const key = readSshKey(decode(process.readFile(HOST_KEY)));
  if (key === undefined) {
    yield* log(process, 'sshd: no hostkeys available -- exiting.');
    return 1;
  }
  const peer = process.peerAddress(0);
  const transport = new Transport(process, 0);
  yield* transport.exchangeVersions();
  const exchanged = yield* exchangeAsServer(process, transport, key);
  const admitted = yield* authenticate(process, transport, config, exchanged, peer);
  if (admitted === undefined) return 255;
  const { name, uid } = admitted.account;
  yield* log(process, `pam_unix(sshd:session): session opened for user ${name}(uid=${uid}) by ${name}(uid=0)`);
  const group = new TaskGroup();
  const surroundings = { process, group, config, admitted, peer, local: process.localAddress(0) };
  const multiplexer: Multiplexer = new Multiplexer(process, 0, transport, group, (type, fields) =>
    open(surroundings, type, fields),
  );
  yield* group.run(() => multiplexer.ended);
  yield* log(process, `Disconnected from user ${name} ${place(peer)}`);
  yield* log(process, `pam_unix(sshd:session): session closed for user ${name}`);
  return 0;
}

function* open(surroundings: SessionSurroundings, type: string, fields: FieldReader): Task<Opened> {
  const { process, group, config } = surroundings;
  if (type === 'session') return { serve: (channel) => new ServerSession(surroundings, channel) };
  if (type !== 'direct-tcpip' || !config.allowTcpForwarding) return { refused: 'prohibited' };
  const [name, port] = [fields.text(), fields.number()];
  try {
    const address = yield* resolveHost(process, name);
    if (address === undefined) return { refused: 'Name or service not known' };
    const fd = yield* process.connect(address, port);
    return { serve: (channel) => group.start(carryForward(process, group, channel, fd)) };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return { refused: error.message };
  }
}
