import type { Container, VolumeMount } from '../api/kinds.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';
import { expand } from './expansion.ts';
import { StartError } from './images.ts';

// Parts of volumes. https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath

export function configError(message: string): StartError {
  return new StartError('CreateContainerConfigError', message);
}

/** The path of a `subPathExpr`: every variable in it must have a value. */
export function expandSubPath(expression: string, env: ReadonlyMap<string, string>): string {
  const missing = new Set<string>();
  const path = expand(expression, {
    get(name) {
      const value = env.get(name) ?? '';
      if (value === '') missing.add(name);
      return value;
    },
  });
  if (missing.size > 0) throw configError(`missing value for ${[...missing].sort().join(', ')}`);
  return path;
}

/**
 * The host path of a volume's part, which becomes a directory if there is nothing. A symlink must not lead out of the
 * volume. After `pkg/kubelet/kubelet_pods.go` (`makeMounts`) and `pkg/volume/util/subpath`.
 *
 * @throws StartError CreateContainerConfigError
 */
export function prepareSubPath(
  root: Process,
  container: Container,
  { name }: VolumeMount,
  volumePath: string,
  subPath: string,
): string {
  if (subPath.startsWith('/')) throw configError(`error SubPath \`${subPath}\` must not be an absolute path`);
  if (subPath.split('/').includes('..')) {
    throw configError(`unable to provision SubPath \`${subPath}\`: must not contain '..'`);
  }
  const path = `${volumePath}/${subPath}`;
  const about = `for volumeMount "${name}" of container "${container.name}"`;
  try {
    makeDirectories(root, path, root.stat(volumePath).mode & 0o777);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw configError(`failed to create subPath directory ${about}`);
  }
  const real = root.realpath(path);
  const base = root.realpath(volumePath);
  if (real !== base && !real.startsWith(`${base}/`)) throw configError(`failed to prepare subPath ${about}`);
  return real;
}
