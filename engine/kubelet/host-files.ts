import type { Errno } from '../linux/errno.ts';

/** Where the kubelet keeps what belongs to Pods. */
export const PODS_DIRECTORY = '/var/lib/kubelet/pods';

export function podDirectory(uid: string): string {
  return `${PODS_DIRECTORY}/${uid}`;
}

/** The text of a system call's error as Go prints it. */
export function errnoText(error: Errno): string {
  return error.message.charAt(0).toLowerCase() + error.message.slice(1);
}
