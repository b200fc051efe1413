import type { Simulation } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { FileSystem } from '../vfs/filesystem.ts';
import { Inode, type Ownership } from '../vfs/inode.ts';
import { ListeningSocket } from './listening-socket.ts';
import { type Link, StreamSocket } from './stream-socket.ts';

/** Copying bytes within one kernel. */
const LATENCY_MS = 0.02;

/** The name of a Unix socket in the file tree. It outlives the listener, as the real one does. */
export class SocketInode extends Inode {
  override readonly type = 'socket';
  readonly listener: ListeningSocket;

  constructor(fs: FileSystem, owner: Ownership) {
    super(fs, owner);
    this.listener = new ListeningSocket(this, '', 0, () => {});
  }

  /** Throws ECONNREFUSED when nobody listens any more, EAGAIN when the backlog is full. */
  connect(sim: Simulation): StreamSocket {
    if (this.listener.closed) throw new Errno('ECONNREFUSED');
    if (this.listener.full) throw new Errno('EAGAIN');
    const link: Link = { sim, latencyMs: () => LATENCY_MS };
    const nowhere = { address: '', port: 0 };
    const options = { link, inode: this, local: nowhere, remote: nowhere };
    const [client, accepted] = StreamSocket.pair(options, options);
    this.listener.offer(accepted);
    return client;
  }
}
