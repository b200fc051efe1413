/** What `uname -r` and `uname -v` tell: the kernel of Debian 13. */
export const KERNEL_RELEASE = '6.12.57+deb13-amd64';
export const KERNEL_VERSION = '#1 SMP PREEMPT_DYNAMIC Debian 6.12.57-1 (2025-11-05)';
