import type { FileTree } from '../../linux/host.ts';
import { KEY_BYTES, makeSshKey, publicLine, type SshKey } from '../../linux/ssh/key.ts';
import { acceptSessions, SSHD_CONFIG_PATH, SSHD_PATH } from '../../linux/ssh/listener.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Simulation, Task } from '../../sim/index.ts';
import type { ServiceUnit } from '../systemd/service-unit.ts';

const PORT = 22;
const RESTART_MS = 100;

/** What Debian's installer leaves, without passwords: nobody has one. */
const SSHD_CONFIG = `# See the sshd_config(5) manpage for details.
#Port 22
#ListenAddress 0.0.0.0

#PermitRootLogin prohibit-password
#PubkeyAuthentication yes
#AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2
PasswordAuthentication no
KbdInteractiveAuthentication no

UsePAM yes
X11Forwarding no
PrintMotd yes
AcceptEnv LANG LC_*
`;

const SSH_CONFIG = `Host *
    SendEnv LANG LC_*
    HashKnownHosts no
`;

/** sshd as Debian's package has it; Ubuntu's answers to both names as well. */
export const SSH_UNIT: ServiceUnit = {
  name: 'ssh',
  description: 'OpenBSD Secure Shell server',
  documentation: 'man:sshd(8) man:sshd_config(5)',
  path: SSHD_PATH,
  args: ['-D'],
  program: listen,
  restartDelayMs: RESTART_MS,
};

/**
 * As long as nobody has changed the configuration it need not be read: what reads it is loaded late, with the programs. Then the
 * real sshd takes over.
 */
function* listen(process: Process): Task<number> {
  const text = process.access(SSHD_CONFIG_PATH, 'read') ? decode(process.readFile(SSHD_CONFIG_PATH)) : undefined;
  if (text !== SSHD_CONFIG) return yield* process.exec(SSHD_PATH, process.argv);
  return yield* acceptSessions(process, [process.listen(PORT)], SSHD_CONFIG);
}

/**
 * The keys of a cluster's machines, all in place before anybody comes, as on the machines of an exam: root of each may go to every
 * other, and each knows the others.
 */
export class SshKeys {
  readonly #sim: Simulation;
  readonly #user: SshKey;
  readonly #hosts: ReadonlyMap<string, SshKey>;
  readonly #knownHosts: string;

  /** @param addresses by the machine's name */
  constructor(sim: Simulation, addresses: ReadonlyMap<string, string>) {
    this.#sim = sim;
    this.#user = this.#make('root', 'root@workstation');
    this.#hosts = new Map([...addresses.keys()].map((name) => [name, this.#make(name, `root@${name}`)]));
    this.#knownHosts = [...addresses]
      .map(([name, address]) => `${name},${address} ${publicLine({ ...this.#hosts.get(name)!, comment: '' })}\n`)
      .join('');
  }

  #make(whose: string, comment: string): SshKey {
    const random = this.#sim.random(`ssh key/${whose}`);
    return makeSshKey(
      Uint8Array.from({ length: KEY_BYTES }, () => random.below(256)),
      comment,
    );
  }

  /** What lets root of a machine go to others. */
  clientFiles(): FileTree {
    return {
      '/root/.ssh': { directory: true, mode: 0o700 },
      '/root/.ssh/id_ed25519': { text: this.#user.pem, mode: 0o600 },
      '/root/.ssh/id_ed25519.pub': { text: `${publicLine(this.#user)}\n` },
      '/root/.ssh/known_hosts': { text: this.#knownHosts, mode: 0o600 },
      '/etc/ssh/ssh_config': { text: SSH_CONFIG },
    };
  }

  /** What a machine shows those who come. */
  serverFiles(name: string): FileTree {
    const key = this.#hosts.get(name)!;
    return {
      '/root/.ssh/authorized_keys': { text: `${publicLine(this.#user)}\n`, mode: 0o600 },
      '/etc/ssh/ssh_host_ed25519_key': { text: key.pem, mode: 0o600 },
      '/etc/ssh/ssh_host_ed25519_key.pub': { text: `${publicLine(key)}\n` },
      [SSHD_CONFIG_PATH]: { text: SSHD_CONFIG },
      '/etc/systemd/system/sshd.service': { symlink: '/usr/lib/systemd/system/ssh.service' },
    };
  }
}
