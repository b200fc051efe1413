import { StatusError } from '../../api/status-error.ts';
import { Client } from '../../client/client.ts';
import { RequestPending } from '../../client/pending-requests.ts';
import { ConnectionError } from '../../client/transport.ts';
import { readYamlText } from '../../client/yaml-text.ts';
import { credentialsOf } from '../../kubectl/credentials.ts';
import { configFromObject, type KubeConfig } from '../../kubectl/kubeconfig-contents.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { type Asked, KubeadmError } from './command.ts';

export const ADMIN_CONF = '/etc/kubernetes/admin.conf';
const ASK_AGAIN_MS = 50;

/** A kubeconfig, and whom it is for. */
export interface LoadedConfig {
  readonly server: string;
  /** PEM, if it says whom to believe. */
  readonly authority: string | undefined;
  readonly userName: string;
  readonly user: Readonly<Record<string, unknown>>;
}

/** @throws KubeadmError in the words of clientcmd */
export function loadConfig(process: Process, path: string): LoadedConfig {
  const { contexts, clusters, users, currentContext } = readConfig(process, path);
  const context = contexts.find(({ name }) => name === currentContext)?.context;
  const cluster = clusters.find(({ name }) => name === context?.cluster)?.cluster;
  if (cluster?.server === undefined) {
    throw new KubeadmError(
      'failed to load admin kubeconfig: invalid configuration: no configuration has been provided',
    );
  }
  const data = cluster['certificate-authority-data'];
  const userName = context?.user ?? '';
  return {
    server: cluster.server,
    authority: typeof data === 'string' ? atob(data) : undefined,
    userName,
    user: users.find(({ name }) => name === userName)?.user ?? {},
  };
}

/** @throws KubeadmError in the words of clientcmd */
export function readConfig(process: Process, path: string): KubeConfig {
  try {
    const file: unknown = readYamlText(process.readText(path), { maxAliasCount: 0 });
    return configFromObject(typeof file === 'object' && file !== null ? (file as Record<string, unknown>) : {});
  } catch (error) {
    const [problem = ''] = (error as Error).message.split('\n');
    const why =
      error instanceof Errno
        ? `open ${path}: ${problem.toLowerCase()}`
        : `error loading config file "${path}": ${problem}`;
    throw new KubeadmError(`failed to load admin kubeconfig: ${why}`);
  }
}

/** The file that `--kubeconfig` names; where the administrator's is not on this machine, one's own. */
export function configPath({ process, flags }: Asked): string {
  const path = flags.string('kubeconfig');
  if (path !== ADMIN_CONF || process.access(path, 'exists')) return path;
  return `${process.env['HOME'] ?? '/root'}/.kube/config`;
}

/** The API server as whoever a kubeconfig proves to be. @throws KubeadmError */
export function clientOf(asked: Asked, path = configPath(asked)): Client {
  const config = loadConfig(asked.process, path);
  const { server, userName } = config;
  const asker = { name: userName, ...credentialsOf(config, asked.process) };
  return new Client(asked.surroundings.connect(server, asker), { userAgent: 'kubeadm' });
}

/** Asks the API server, and again when it has not answered yet. @throws KubeadmError with what it says, or why it does not */
export function* ask<T>(process: Process, question: () => T, about = ''): Task<T> {
  for (;;) {
    try {
      return question();
    } catch (error) {
      if (error instanceof RequestPending) yield* process.sleep(ASK_AGAIN_MS);
      else throw asError(error, about);
    }
  }
}

function asError(error: unknown, about: string): unknown {
  if (!(error instanceof StatusError || error instanceof ConnectionError)) return error;
  return new KubeadmError(about === '' ? error.message : `${about}: ${error.message}`);
}
