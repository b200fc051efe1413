import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { CriError } from './cri.ts';

const CONFIGURATION = '/etc/containerd/config.toml';
const DEFAULT = 'runc';
/** The handler that lets containers see the GPUs that their environment names. */
export const NVIDIA = 'nvidia';

/**
 * Fails for a handler that the machine's containerd has not been configured with. Of the configuration nothing else is
 * read. https://kubernetes.io/docs/concepts/containers/runtime-class/#cri-configuration
 *
 * @throws CriError
 */
export function requireHandler(root: Process, handler: string): void {
  if (handler === '' || handler === DEFAULT || configured(root).includes(handler)) return;
  throw new CriError('Unknown', `failed to get sandbox runtime: no runtime for "${handler}" is configured`);
}

function configured(root: Process): readonly string[] {
  let text: string;
  try {
    text = decode(root.readFile(CONFIGURATION));
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
  return [...text.matchAll(/^\s*\[plugins\..*\.containerd\.runtimes\.["']?([\w-]+)["']?\]\s*$/gm)].map(
    ([, name]) => name!,
  );
}
