import type { NamespaceKind } from '../syscalls.ts';

/** The letters by which `unshare` and `nsenter` are told of namespaces. */
export const NAMESPACE_FLAGS: Readonly<Record<string, NamespaceKind>> = {
  m: 'mnt',
  u: 'uts',
  i: 'ipc',
  n: 'net',
  p: 'pid',
  U: 'user',
  C: 'cgroup',
};
