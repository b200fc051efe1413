import type { Container, Pod } from '../../api/kinds.ts';
import type { Process } from '../../linux/syscalls.ts';

const READ_WRITE = 0o660;
const READ_ONLY = 0o440;
/** Directories can be entered, and what is made in them belongs to the same group. */
const DIRECTORY = 0o2110;

/**
 * Gives a volume to the Pod's `fsGroup`: everything in it belongs to the group and can be read (and, unless the volume
 * is read-only, written) by it. After `pkg/volume/volume_linux.go`.
 * https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#configure-volume-permission-and-ownership-change-policy-for-pods
 */
export function giveToGroup(root: Process, pod: Pod, directory: string, readOnly: boolean): void {
  const { fsGroup, fsGroupChangePolicy } = pod.spec.securityContext ?? {};
  if (fsGroup === undefined) return;
  const mask = readOnly ? READ_ONLY : READ_WRITE;
  if (fsGroupChangePolicy === 'OnRootMismatch') {
    const { gid, mode } = root.stat(directory);
    const wanted = mask | DIRECTORY;
    if (gid === fsGroup && (mode & wanted) === wanted) return;
  }
  change(root, directory, fsGroup, mask);
}

function change(root: Process, path: string, gid: number, mask: number): void {
  const { type, mode, uid } = root.lstat(path);
  if (type === 'symlink') return;
  root.chown(path, uid, gid);
  root.chmod(path, mode | mask | (type === 'directory' ? DIRECTORY : 0));
  if (type !== 'directory') return;
  for (const { name } of root.readdir(path)) change(root, `${path}/${name}`, gid, mask);
}

/** The user that all containers of the Pod run as, where they agree: a token's file is given to it. */
export function commonUser({ spec }: Pod): number | undefined {
  const userOf = ({ securityContext }: Container): number | undefined =>
    securityContext?.runAsUser ?? spec.securityContext?.runAsUser;
  const user = userOf(spec.containers[0]!);
  const isSame = (container: Container): boolean => userOf(container) === user;
  return spec.containers.every(isSame) && spec.initContainers?.every(isSame) !== false ? user : undefined;
}
