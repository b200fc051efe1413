import { CAPABILITIES, type Capability, type Credentials } from '../linux/credentials.ts';
import type { Layer } from '../linux/host.ts';
import { decode } from '../linux/stdio.ts';
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
  const merged = security.supplementalGroupsPolicy === 'Strict' ? [] : groupsOf(image.layers, entry?.name);
  const groups = [...new Set([gid, ...(security.supplementalGroups ?? []), ...merged])];
  return {
    credentials: { uid, gid, groups, ...privileges(security) },
    home: entry?.home ?? (uid === 0 ? '/root' : '/'),
  };
}

function privileges({
  privileged = false,
  capabilities = {},
  noNewPrivileges = false,
}: Security): Pick<Credentials, 'bounding' | 'noNewPrivileges'> {
  return {
    bounding: privileged ? ALL_CAPABILITIES : boundingSet(capabilities),
    noNewPrivileges,
  };
}

type Security = ContainerConfig['linux']['security'];

/** What containerd leaves a container that asks for nothing. */
const DEFAULT_CAPABILITIES: ReadonlySet<Capability> = new Set<Capability>([
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
]);

const ALL_CAPABILITIES: ReadonlySet<Capability> = new Set(CAPABILITIES);

/** `ALL` first, then the single ones: `drop: [ALL]`, `add: [NET_BIND_SERVICE]` leaves just that one. */
function boundingSet({ add = [], drop = [] }: NonNullable<Security['capabilities']>): ReadonlySet<Capability> {
  if (add.length === 0 && drop.length === 0) return DEFAULT_CAPABILITIES;
  const all = (list: readonly string[]): boolean => list.some((name) => name.toUpperCase() === 'ALL');
  const set = new Set<Capability>(all(add) ? CAPABILITIES : all(drop) ? [] : DEFAULT_CAPABILITIES);
  for (const name of add.map(capabilityOf)) if (name !== undefined) set.add(name);
  for (const name of drop.map(capabilityOf)) if (name !== undefined) set.delete(name);
  return set;
}

/** @throws CriError for a name that the kernel does not know */
function capabilityOf(name: string): Capability | undefined {
  const full = `CAP_${name.toUpperCase().replace(/^CAP_/, '')}`;
  if (full === 'CAP_ALL') return undefined;
  if ((CAPABILITIES as readonly string[]).includes(full)) return full as Capability;
  throw new CriError('Unknown', `failed to generate container spec: unknown capability "${full}"`);
}

function readPasswd(layers: readonly Layer[]): PasswdEntry[] {
  return linesOf(layers, '/etc/passwd').flatMap((line) => {
    const [name = '', , uid, gid, , home = '/'] = line.split(':');
    return uid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid), home }];
  });
}

/** The groups that name the user among their members. */
function groupsOf(layers: readonly Layer[], user: string | undefined): number[] {
  if (user === undefined) return [];
  return linesOf(layers, '/etc/group').flatMap((line) => {
    const [, , gid, members = ''] = line.split(':');
    return members.split(',').includes(user) ? [Number(gid)] : [];
  });
}

/** A text file of the image; the topmost layer that has it counts. */
function linesOf(layers: readonly Layer[], path: string): readonly string[] {
  for (const { tree } of layers.toReversed()) {
    const file = tree[path];
    if (file === undefined) continue;
    const text = 'text' in file ? file.text : 'bytes' in file ? decode(file.bytes) : '';
    return text.split('\n');
  }
  return [];
}
