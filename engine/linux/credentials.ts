import type { Confinement } from './confinement.ts';

/** By number, from 0 on. https://man7.org/linux/man-pages/man7/capabilities.7.html */
export const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

type CapabilitySet = ReadonlySet<Capability>;

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** The user who started a setuid program; `uid` unless told. */
  readonly realUid?: number;
  /** What the process and its children may ever get; all unless told. Root has all of it. */
  readonly bounding?: CapabilitySet;
  /** What it may do without being root; nothing unless told. */
  readonly ambient?: CapabilitySet;
  /** Setuid bits of what it executes have no effect (prctl(2) PR_SET_NO_NEW_PRIVS). */
  readonly noNewPrivileges?: boolean;
  /** What it is held to beside all this; nothing unless told. */
  readonly confinement?: Confinement;
}

/** Root may do what its bounding set allows; others what was handed to them. */
export function hasCapability(credentials: Credentials, capability: Capability): boolean {
  if (credentials.uid === 0) return credentials.bounding?.has(capability) ?? true;
  return credentials.ambient?.has(capability) ?? false;
}

/** What `CapEff` of /proc/<pid>/status means. */
export function effectiveCapabilities(credentials: Credentials): readonly Capability[] {
  return CAPABILITIES.filter((capability) => hasCapability(credentials, capability));
}

/** As /proc/<pid>/status writes a set: 16 hexadecimal digits. */
export function capabilityMask(set: Iterable<Capability>): string {
  let bits = 0n;
  for (const capability of set) bits |= 1n << BigInt(CAPABILITIES.indexOf(capability));
  return bits.toString(16).padStart(16, '0');
}
