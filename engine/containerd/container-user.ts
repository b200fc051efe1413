import type { Layer } from '../linux/host.ts';
import { decode } from '../linux/stdio.ts';
import type { Credentials } from '../linux/syscalls.ts';
import { type ContainerConfig, CriError } from './cri.ts';
import type { Image } from './image.ts';

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface ContainerUser {
  readonly credentials: Credentials;
  readonly home: string;
}

/**
 * Who a container's processes run as: the Pod's `runAsUser` before the image's `user`; names are looked up in the image's
 * own /etc/passwd.
 *
 * @throws CriError when the image does not know the name.
 */
export function resolveUser(image: Image, security: ContainerConfig['linux']['security']): ContainerUser {
  const entries = readPasswd(image.layers);
  const [imageUser = '', imageGroup] = (image.user ?? '').split(':');
  const wanted = security.runAsUser === undefined ? imageUser : String(security.runAsUser);
  const entry = entries.find(({ name, uid }) => name === wanted || String(uid) === wanted);
  const uid = entry?.uid ?? (wanted === '' ? 0 : Number(wanted));
  if (Number.isNaN(uid)) {
    throw new CriError(
      'Unknown',
      `failed to generate container spec: unable to find user ${wanted}: no matching entries in passwd file`,
    );
  }
  const group = security.runAsUser === undefined && imageGroup !== undefined ? Number(imageGroup) : undefined;
  const gid = security.runAsGroup ?? (Number.isInteger(group) ? group : undefined) ?? entry?.gid ?? 0;
  const groups = [...new Set([gid, ...(security.supplementalGroups ?? [])])];
  return { credentials: { uid, gid, groups }, home: entry?.home ?? (uid === 0 ? '/root' : '/') };
}

function readPasswd(layers: readonly Layer[]): PasswdEntry[] {
  for (const { tree } of layers.toReversed()) {
    const file = tree['/etc/passwd'];
    if (file === undefined) continue;
    const text = 'text' in file ? file.text : 'bytes' in file ? decode(file.bytes) : '';
    return text.split('\n').flatMap(parseEntry);
  }
  return [];
}

function parseEntry(line: string): PasswdEntry[] {
  const [name = '', , uid, gid, , home = '/'] = line.split(':');
  return uid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid), home }];
}
