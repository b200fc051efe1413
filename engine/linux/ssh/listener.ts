import type { Task } from '../../sim/index.ts';
import { encode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

export const SSHD_PATH = '/usr/sbin/sshd';
export const SSHD_CONFIG_PATH = '/etc/ssh/sshd_config';
const SSH_SESSION_PATH = '/usr/lib/openssh/sshd-session';

/** Where a session finds the configuration that the listener went by. */
export const CONFIG_FD = 3;
const MAX_CONFIG_LENGTH = 16_384;

/**
 * Lets a process of its own see to each connection, as OpenSSH has it since 9.8. What the configuration says is what it said
 * when the listener was started.
 */
export function* acceptSessions(process: Process, listeners: readonly number[], config: string): Task<number> {
  process.setSignalAction('CHLD', 'ignore');
  // More than fits into a pipe nobody writes by hand.
  const text = encode(config.slice(0, MAX_CONFIG_LENGTH));
  for (;;) {
    for (const listener of yield* process.poll(listeners)) {
      const { fd } = yield* process.accept(listener);
      const [from, to] = process.pipe();
      process.fork(
        function* (child) {
          child.setSignalAction('CHLD', 'default');
          return yield* child.exec(SSH_SESSION_PATH, ['sshd-session', '-R']);
        },
        { fds: { 0: fd, 1: fd, 2: 2, [CONFIG_FD]: from } },
      );
      process.close(fd);
      process.close(from);
      yield* process.write(to, text);
      process.close(to);
    }
  }
}
