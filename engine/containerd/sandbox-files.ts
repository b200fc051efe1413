import { makeDirectories, removeTree } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';
import type { PodSandboxConfig } from './cri.ts';

const STATE_DIRECTORY = '/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes';

/** Where a sandbox's own /etc/hosts, /etc/hostname and /etc/resolv.conf are on the host. */
export function sandboxDirectory(id: string): string {
  return `${STATE_DIRECTORY}/${id}`;
}

/** Writes the files that every container of the sandbox gets mounted. */
export function writeSandboxFiles(root: Process, id: string, config: PodSandboxConfig): void {
  const directory = sandboxDirectory(id);
  makeDirectories(root, directory);
  root.writeFile(`${directory}/hostname`, `${config.hostname}\n`);
  root.writeFile(`${directory}/hosts`, contentOf(root, '/etc/hosts'));
  root.writeFile(`${directory}/resolv.conf`, resolvConf(root, config));
}

export function removeSandboxFiles(root: Process, id: string): void {
  removeTree(root, sandboxDirectory(id));
}

function resolvConf(root: Process, { dnsConfig }: PodSandboxConfig): string | Uint8Array {
  if (dnsConfig === undefined) return contentOf(root, '/etc/resolv.conf');
  const lines: string[] = [];
  if (dnsConfig.searches.length > 0) lines.push(`search ${dnsConfig.searches.join(' ')}`);
  for (const server of dnsConfig.servers) lines.push(`nameserver ${server}`);
  if (dnsConfig.options.length > 0) lines.push(`options ${dnsConfig.options.join(' ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** Of a file of the machine; nothing where that has none. */
function contentOf(root: Process, path: string): Uint8Array | '' {
  try {
    return root.readFile(path);
  } catch (error) {
    if (error instanceof Errno && error.code === 'ENOENT') return '';
    throw error;
  }
}
