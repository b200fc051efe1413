import { readYamlText } from '../../client/yaml-text.ts';
import { configFromObject, type KubeConfig } from '../../kubectl/kubeconfig-contents.ts';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';

/** A component cannot make sense of its kubeconfig; the message is that of `clientcmd`. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/**
 * Where a component's kubeconfig sends it: the URL of the current context's cluster.
 *
 * @throws KubeconfigError for a file that is not there, is no YAML or names no server
 */
export function serverOfKubeconfig(process: Process, path: string): string {
  const { contexts, clusters, currentContext } = readKubeconfig(process, path);
  const context = contexts.find(({ name }) => name === currentContext)?.context;
  const server = clusters.find(({ name }) => name === context?.cluster)?.cluster.server;
  if (typeof server === 'string') return server;
  throw new KubeconfigError(
    'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
  );
}

/** @throws KubeconfigError for a file that is not there or is no YAML */
export function readKubeconfig(process: Process, path: string): KubeConfig {
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new KubeconfigError(`stat ${path}: ${error.message.toLowerCase()}`);
  }
  try {
    const file: unknown = readYamlText(text, { maxAliasCount: 0 });
    return configFromObject(typeof file === 'object' && file !== null ? (file as Record<string, unknown>) : {});
  } catch (error) {
    const [problem = ''] = (error as Error).message.split('\n');
    throw new KubeconfigError(`error loading config file "${path}": yaml: ${problem}`);
  }
}
