import type { Mount } from '../../vfs/mount.ts';
import type { TaskStruct } from '../kernel.ts';

// The mounts of a process as text: /proc/<pid>/mounts and mountinfo. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html

export function mountsText(task: TaskStruct): string {
  return task.mountNamespace.mounts
    .map((mount) => `${mount.source} ${mount.path} ${typeOf(mount)} ${flags(mount)}${details(mount)} 0 0\n`)
    .join('');
}

/** Ids count from the root mount's on: they are only good for telling which is mounted on which. */
const FIRST_ID = 20;

export function mountInfoText(task: TaskStruct): string {
  const { mounts } = task.mountNamespace;
  const idOf = (mount: Mount | undefined) => (mount === undefined ? 1 : FIRST_ID + mounts.indexOf(mount));
  return mounts
    .map((mount) => {
      const { root, point, path, source } = mount;
      const tags = [
        ...(mount.peers === undefined ? [] : [`shared:${root.fs.device}`]),
        ...(mount.master === undefined ? [] : [`master:${root.fs.device}`]),
      ];
      const fields = [
        idOf(mount),
        idOf(point?.mount),
        `0:${root.fs.device}`,
        rootPath(mount),
        path,
        flags(mount),
        ...tags,
        '-',
      ];
      return `${fields.join(' ')} ${typeOf(mount)} ${source} rw${details(mount)}\n`;
    })
    .join('');
}

function flags({ readOnly }: Mount): string {
  return `${readOnly ? 'ro' : 'rw'},relatime`;
}

function typeOf({ root, remote }: Mount): string {
  return remote === undefined ? root.fs.type : 'nfs4';
}

function details({ root, remote }: Mount): string {
  if (remote !== undefined) return ',vers=4.2,soft,proto=tcp';
  const { type, quota } = root.fs;
  return type === 'tmpfs' && Number.isFinite(quota.limitBytes) ? `,size=${Math.ceil(quota.limitBytes / 1024)}k` : '';
}

/** Which part of its file system is mounted. */
function rootPath({ root }: Mount): string {
  let path = '';
  for (let inode = root; inode.type === 'directory'; ) {
    const { parent, name } = inode as typeof inode & { parent?: typeof inode; name?: string };
    if (parent === undefined || name === undefined || name === '') break;
    path = `/${name}${path}`;
    inode = parent;
  }
  return path === '' ? '/' : path;
}
